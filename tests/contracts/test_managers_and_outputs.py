"""What keeps recordings and works on outputs in acoupi does what every one must."""

from collections.abc import Callable
from pathlib import Path

import pytest

from acoupi.components import (
    DateFileManager,
    DetectionThresholdMessageBuilder,
    DynamicThreshold,
    FullModelOutputMessageBuilder,
    IDFileManager,
    RepeatConfirmation,
    SaveRecordingManager,
    SqliteStore,
    StatisticsDetectionsSummariser,
    ThresholdDetectionCleaner,
    ThresholdsDetectionsSummariser,
)
from acoupi.components.types import (
    MessageBuilder,
    ModelOutputCleaner,
    RecordingSavingManager,
    Summariser,
)
from acoupi.data import ModelOutput
from acoupi.testing import (
    CleanerContract,
    MessageBuilderContract,
    SavingManagerContract,
    SummariserContract,
)


def same_second(directory: Path) -> RecordingSavingManager:
    """Give all recordings of one second one name."""
    return DateFileManager(directory, "{recording.created_on:%H%M%S}.wav")


MANAGERS: list[Callable[[Path], RecordingSavingManager]] = [
    DateFileManager,
    same_second,
    IDFileManager,
    SaveRecordingManager,
]


@pytest.mark.parametrize("make", MANAGERS, ids=lambda make: make.__name__)
class TestSavingManagers(SavingManagerContract):
    @pytest.fixture(autouse=True)
    def _make(self, make: Callable[[Path], RecordingSavingManager]) -> None:
        self.make_manager = make


class TestThresholdDetectionCleaner(CleanerContract):
    def make_cleaner(self) -> ModelOutputCleaner:
        return ThresholdDetectionCleaner(0.5)


class TestRepeatConfirmation(CleanerContract):
    def make_cleaner(self) -> ModelOutputCleaner:
        return RepeatConfirmation(2, 60)


class TestDynamicThreshold(CleanerContract):
    def make_cleaner(self) -> ModelOutputCleaner:
        return DynamicThreshold(0.5, 0.2, 0.8, 3600)


class TestFullModelOutputMessageBuilder(MessageBuilderContract):
    def make_builder(self) -> MessageBuilder[[ModelOutput]]:
        return FullModelOutputMessageBuilder()


class TestDetectionThresholdMessageBuilder(MessageBuilderContract):
    def make_builder(self) -> MessageBuilder[[ModelOutput]]:
        return DetectionThresholdMessageBuilder(0.5)


class TestStatisticsDetectionsSummariser(SummariserContract):
    def make_summariser(self, store: SqliteStore) -> Summariser:
        return StatisticsDetectionsSummariser(store)


class TestThresholdsDetectionsSummariser(SummariserContract):
    def make_summariser(self, store: SqliteStore) -> Summariser:
        return ThresholdsDetectionsSummariser(store)
