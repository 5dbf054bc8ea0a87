"""The conditions, filters and schedulers of acoupi keep what every one must."""

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest

from acoupi.components import (
    AfterDawnDusk,
    BeforeDawnDusk,
    DawnTimeInterval,
    DetectionTags,
    DetectionTagValue,
    FrequencySchedule,
    HasSufficientSpace,
    IntervalScheduler,
    IsInInterval,
    IsInIntervals,
    SaveIfInInterval,
    SavingThreshold,
    TrivialProcessingFilter,
)
from acoupi.components.types import (
    ProcessingFilter,
    RecordingCondition,
    RecordingSavingFilter,
    RecordingScheduler,
)
from acoupi.data import Tag, TimeInterval
from acoupi.testing import (
    Answer,
    ConditionContract,
    ProcessingFilterContract,
    SavingFilterContract,
    SchedulerContract,
)

LONDON = ZoneInfo("Europe/London")
NIGHT = TimeInterval(start=dt.time(22), end=dt.time(4))

CONDITIONS: list[Callable[[], RecordingCondition]] = [
    lambda: IsInInterval(NIGHT, LONDON),
    lambda: IsInIntervals([NIGHT, NIGHT], LONDON),
    lambda: DawnTimeInterval(30, LONDON),
    lambda: HasSufficientSpace(min_space=1),
    lambda: Answer(True),
]
SAVING_FILTERS: list[Callable[[], RecordingSavingFilter]] = [
    lambda: SaveIfInInterval(NIGHT, LONDON),
    lambda: FrequencySchedule(5, 120, timezone=LONDON),
    lambda: BeforeDawnDusk(30),
    lambda: AfterDawnDusk(30),
    lambda: SavingThreshold(0.5),
    lambda: DetectionTags([Tag("species", "Turdus merula")]),
    lambda: DetectionTagValue(["song"]),
    lambda: Answer(False),
]
PROCESSING_FILTERS: list[Callable[[], ProcessingFilter]] = [
    TrivialProcessingFilter,
    lambda: Answer(False),
]


def kind(make: Callable[[], object]) -> str:
    return type(make()).__name__


@pytest.mark.parametrize("make", CONDITIONS, ids=kind)
class TestConditions(ConditionContract):
    @pytest.fixture
    def condition(self, make: Callable[[], RecordingCondition]) -> RecordingCondition:
        return make()


@pytest.mark.parametrize("make", SAVING_FILTERS, ids=kind)
class TestSavingFilters(SavingFilterContract):
    @pytest.fixture(autouse=True)
    def _make(self, make: Callable[[], RecordingSavingFilter]) -> None:
        self.make_filter = make


@pytest.mark.parametrize("make", PROCESSING_FILTERS, ids=kind)
class TestProcessingFilters(ProcessingFilterContract):
    @pytest.fixture(autouse=True)
    def _make(self, make: Callable[[], ProcessingFilter]) -> None:
        self.make_filter = make


class TestIntervalScheduler(SchedulerContract):
    def make_scheduler(self) -> RecordingScheduler:
        return IntervalScheduler(90)
