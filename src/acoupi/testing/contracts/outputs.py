"""What everything that works on model outputs must keep."""

import copy
import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

import pytest

from acoupi.components.stores import SqliteStore
from acoupi.components.types import MessageBuilder, ModelOutputCleaner, Summariser
from acoupi.data import Detection, Message, ModelOutput
from acoupi.testing import samples

__all__ = ["CleanerContract", "MessageBuilderContract", "SummariserContract"]

FOUND: dict[str, Sequence[Detection]] = {
    "nothing": [],
    "one": [samples.detection()],
    "many": [samples.detection(n / 10) for n in range(11)],
    "bare": [Detection()],
}


class _OnOutputs:
    @pytest.fixture(params=FOUND)
    def output(self, request: pytest.FixtureRequest) -> ModelOutput:
        """Return an output with nothing, with one detection, and with many."""
        recording = samples.recording(samples.deployment())
        return samples.output(recording, *FOUND[request.param])


class CleanerContract(_OnOutputs):
    """Tests that every output cleaner passes."""

    def make_cleaner(self) -> ModelOutputCleaner:
        """Return the cleaner."""
        raise NotImplementedError

    def test_the_output_given_is_left_as_it_is(self, output: ModelOutput) -> None:
        before = copy.deepcopy(output)
        self.make_cleaner().clean(output)
        assert output == before

    def test_it_is_the_same_output_with_no_more_detections(self, output: ModelOutput) -> None:
        clean = self.make_cleaner().clean(output)
        assert (clean.id, clean.name_model) == (output.id, output.name_model)
        assert clean.recording == output.recording
        assert {d.id for d in clean.detections} <= {d.id for d in output.detections}


class MessageBuilderContract(_OnOutputs):
    """Tests that every builder of messages about model outputs passes."""

    def make_builder(self) -> MessageBuilder[[ModelOutput]]:
        """Return the builder."""
        raise NotImplementedError

    def test_it_builds_one_message_several_or_none(self, output: ModelOutput) -> None:
        assert are_messages(self.make_builder().build_message(output))

    def test_it_leaves_the_output_as_it_is(self, output: ModelOutput) -> None:
        before = copy.deepcopy(output)
        self.make_builder().build_message(output)
        assert output == before

    def test_one_output_gives_one_content(self, output: ModelOutput) -> None:
        first, second = (contents(self.make_builder().build_message(output)) for _ in range(2))
        assert first == second


class SummariserContract:
    """Tests that every summariser passes."""

    def make_summariser(self, store: SqliteStore) -> Summariser:
        """Return a summariser of what is in the store."""
        raise NotImplementedError

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[SqliteStore]:
        """Return an empty store."""
        store = SqliteStore(tmp_path / "metadata.db")
        yield store
        store.close()

    @pytest.fixture
    def now(self) -> dt.datetime:
        """Return an instant a minute after the outputs of the tests."""
        return samples.STARTED_ON + dt.timedelta(minutes=1)

    def test_nothing_can_be_summarised(self, store: SqliteStore, now: dt.datetime) -> None:
        assert are_messages(self.make_summariser(store).build_summary(now))

    def test_a_summary_changes_nothing_in_the_store(
        self, store: SqliteStore, now: dt.datetime
    ) -> None:
        for n, found in enumerate(FOUND.values()):
            recording = samples.recording(samples.deployment())
            store.store_model_output(samples.output(recording, *found, model=f"model {n}"))
        before = store.get_model_outputs()
        assert are_messages(self.make_summariser(store).build_summary(now))
        assert store.get_model_outputs() == before

    def test_one_stretch_gives_one_content(self, store: SqliteStore, now: dt.datetime) -> None:
        store.store_model_output(
            samples.output(samples.recording(samples.deployment()), samples.detection())
        )
        summariser = self.make_summariser(store)
        first, second = (contents(summariser.build_summary(now)) for _ in range(2))
        assert first == second


def are_messages(built: object) -> bool:
    """Tell whether one message, several or none were built, and nothing else."""
    several = cast("list[object]", built) if isinstance(built, list) else [built]
    return built is None or all(isinstance(message, Message) for message in several)


def contents(built: Message | list[Message] | None) -> list[str | bytes]:
    """Return what is in the messages."""
    several = built if isinstance(built, list) else [built]
    return [message.content for message in several if message is not None]
