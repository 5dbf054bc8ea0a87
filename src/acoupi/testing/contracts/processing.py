"""What every store with a processing log must keep."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, cast

import pytest

from acoupi.components.types import MAX_ATTEMPTS, ProcessingLog, Store
from acoupi.data import Recording
from acoupi.testing import samples
from acoupi.testing.contracts.stores import close_if_possible

__all__ = ["ProcessingLogContract"]


class ProcessingLogContract:
    """Tests that every store with a processing log passes."""

    def make_store(self, tmp_path: Path) -> Store:
        """Return a store that keeps its data below ``tmp_path``, and is a processing log."""
        raise NotImplementedError

    @pytest.fixture
    def log(self, tmp_path: Path) -> Iterator[ProcessingLog]:
        """Return the log of a store."""
        store = self.make_store(tmp_path)
        assert isinstance(store, ProcessingLog)
        yield store
        close_if_possible(store)

    @pytest.fixture
    def recordings(self, log: ProcessingLog) -> list[Recording]:
        """Return two recordings that are stored, the older first."""
        store = cast("Store", log)
        deployment = samples.deployment()
        store.store_deployment(deployment)
        younger, older = (
            samples.recording(deployment, Path(f"/audio/{n}.wav"), minute=n) for n in (1, 0)
        )
        for recording in (younger, older):
            store.store_recording(recording)
        return [older, younger]

    def test_attempts_are_counted_for_each_recording(
        self, log: ProcessingLog, recordings: list[Recording]
    ) -> None:
        attempts = [log.begin_processing(recordings[0]) for _ in range(3)]
        assert attempts == [1, 2, 3]
        assert log.begin_processing(recordings[1]) == 1

    def test_what_has_not_ended_is_found_again_oldest_first(
        self, log: ProcessingLog, recordings: list[Recording]
    ) -> None:
        log.begin_processing(recordings[1])
        assert log.get_unprocessed_recordings() == recordings
        assert log.get_unprocessed_recordings(limit=1) == recordings[:1]
        assert log.get_unprocessed_recordings(folder=Path("/audio")) == recordings
        assert log.get_unprocessed_recordings(folder=Path("/aud")) == []

    @pytest.mark.parametrize("state", ["done", "skipped", "failed"])
    def test_each_ending_is_an_end(
        self,
        log: ProcessingLog,
        recordings: list[Recording],
        state: Literal["done", "skipped", "failed"],
    ) -> None:
        ended, waiting = recordings
        log.begin_processing(ended)
        log.end_processing(ended, state, "because")
        assert [log.is_processed(each) for each in recordings] == [True, False]
        assert log.get_unprocessed_recordings() == [waiting]

    def test_only_a_failure_has_a_reason(
        self, log: ProcessingLog, recordings: list[Recording]
    ) -> None:
        failed, done = recordings
        for recording in recordings:
            log.begin_processing(recording)
        log.end_processing(failed, "failed", "the model fell over")
        log.end_processing(done, "done")
        assert log.get_failure(failed) == "the model fell over"
        assert log.get_failure(done) is None

    def test_why_nobody_heard_a_recording_is_told_of_those_that_failed(
        self, log: ProcessingLog, recordings: list[Recording]
    ) -> None:
        failed, refused = recordings
        log.begin_processing(failed)
        log.end_processing(failed, "failed", "the model fell over")
        log.end_processing(refused, "skipped", "a filter said no")
        assert log.get_unheard(failed) == "the model fell over"
        assert log.get_unheard(refused) is None
        assert not any(map(log.is_asked_for, recordings))

    def test_the_sound_that_waits_is_that_of_what_has_not_ended(
        self, log: ProcessingLog, recordings: list[Recording]
    ) -> None:
        waiting = [(each.created_on, each.duration) for each in recordings]
        assert log.get_waiting_sound(Path("/audio")) == waiting
        assert log.get_waiting_sound(Path("/aud")) == []
        log.end_processing(recordings[0], "done")
        assert log.get_waiting_sound(Path("/audio")) == waiting[1:]

    def test_a_recording_without_a_file_waits_for_nothing(
        self, log: ProcessingLog, recordings: list[Recording]
    ) -> None:
        cast("Store", log).update_recording_path(recordings[0], None)
        assert log.get_unprocessed_recordings() == recordings[1:]

    def test_what_keeps_failing_is_set_aside_with_its_reason(
        self, log: ProcessingLog, recordings: list[Recording]
    ) -> None:
        failing, other = recordings
        n_failures = 1
        while log.fail_attempt(failing, log.begin_processing(failing), "the model fell over"):
            n_failures += 1
        assert n_failures == MAX_ATTEMPTS
        assert log.get_failure(failing) == "the model fell over"
        assert log.get_unprocessed_recordings() == [other]

    def test_what_is_due_has_not_ended(
        self, log: ProcessingLog, recordings: list[Recording]
    ) -> None:
        ended, waiting = recordings
        log.begin_processing(ended)
        log.end_processing(ended, "done")
        assert log.get_due_recordings(waiting.created_on) == [waiting]
