import datetime as dt
import logging
from pathlib import Path

import pytest

from acoupi.audio.guano import read_identity
from acoupi.audio.loss import Lost
from acoupi.audio.sieve import Withheld
from acoupi.audio.wav import open_wav
from acoupi.components import DawnTimeInterval
from acoupi.components.solar import Place
from acoupi.components.stores import SqliteStore
from acoupi.data import Deployment, EffortState, Recording
from acoupi.tasks import generate_recording_task
from acoupi.tasks.recording import add_guano_metadata
from acoupi.testing import Answer, FakeRecorder


def test_a_recording_is_stored_before_it_is_handed_on(
    store: SqliteStore, deployment: Deployment, tmp_path: Path
) -> None:
    recording = generate_recording_task(FakeRecorder(tmp_path), store)()
    assert recording is not None
    [(stored, outputs)] = store.get_recordings([recording.id])
    assert stored == recording
    assert outputs == []
    assert stored.deployment.id == deployment.id


def test_one_condition_that_says_no_is_enough(
    store: SqliteStore,
    deployment: Deployment,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    recorder = FakeRecorder(tmp_path)
    conditions = [Answer(True), Answer(False)]
    with caplog.at_level(logging.INFO):
        assert generate_recording_task(recorder, store, recording_conditions=conditions)() is None
    assert recorder.recordings == []
    assert "Answer said no" in caplog.text


def test_a_broken_microphone_is_logged_with_what_to_do(
    store: SqliteStore,
    deployment: Deployment,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert generate_recording_task(FakeRecorder(tmp_path, broken=True), store)() is None
    assert "the fake microphone is broken (mend it)" in caplog.text


def test_nothing_is_recorded_outside_a_deployment(
    store: SqliteStore, deployment: Deployment, tmp_path: Path
) -> None:
    ended = deployment.model_copy(update={"ended_on": deployment.started_on})
    store.update_deployment(ended)
    recorder = FakeRecorder(tmp_path)
    assert generate_recording_task(recorder, store)() is None
    assert recorder.recordings == []


def test_metadata_can_be_added_to_a_file_that_a_recorder_left_without(
    deployment: Deployment, tmp_path: Path
) -> None:
    recording = FakeRecorder(tmp_path, duration_s=2).record(deployment)
    assert recording.path is not None
    samples = open_wav(recording.path)
    before = b"".join(samples.blocks(0, samples.frames))
    add_guano_metadata(recording)
    identity = read_identity(recording.path)
    assert identity is not None
    assert identity.recording_id == recording.id
    after = open_wav(recording.path)
    assert b"".join(after.blocks(0, after.frames)) == before
    assert [path.name for path in tmp_path.glob("*.part")] == []


def test_metadata_of_a_recording_without_a_file_goes_nowhere(
    deployment: Deployment, caplog: pytest.LogCaptureFixture
) -> None:
    add_guano_metadata(Recording(duration=1, samplerate=8000, deployment=deployment))
    assert "no file to annotate" in caplog.text


def test_a_condition_that_goes_by_the_sun_is_told_where_the_deployment_is(
    store: SqliteStore, deployment: Deployment, tmp_path: Path
) -> None:
    dawn = DawnTimeInterval(24 * 60, dt.UTC)
    task = generate_recording_task(FakeRecorder(tmp_path), store, recording_conditions=[dawn])
    assert task() is not None
    assert dawn.place == Place.of_deployment(deployment)


class Quiet(FakeRecorder):
    """Hears nothing worth keeping, and takes something out of it."""

    def record(self, deployment: Deployment) -> Recording:
        withheld = Withheld(EffortState.QUIET, "too quiet")
        withheld.recording = Recording(duration=1, samplerate=8000, deployment=deployment)
        start = withheld.recording.created_on
        self.lost = [Lost(start, start, 5, "private")]
        raise withheld


def test_the_ledger_tells_what_was_withheld_and_what_was_taken_out(
    store: SqliteStore, deployment: Deployment, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert generate_recording_task(Quiet(tmp_path), store)() is None
    private, quiet = sorted(
        (span for span in store.get_spans() if span.state is not EffortState.PAUSED),
        key=lambda span: span.state,
    )
    assert (quiet.state, quiet.reason) == (EffortState.QUIET, "too quiet")
    assert (quiet.ended_on - quiet.started_on).total_seconds() == 1
    assert (private.state, private.lost_samples) == (EffortState.PRIVATE, 0)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


class QuietForHours(FakeRecorder):
    """Withholds recordings that join, but for what instants are rounded to."""

    started_on = dt.datetime(2026, 5, 1, 3, 30, tzinfo=dt.UTC)
    n_asked = 0

    def record(self, deployment: Deployment) -> Recording:
        self.n_asked += 1
        if self.n_asked == 60:
            self.started_on += dt.timedelta(seconds=1)
        jitter = dt.timedelta(microseconds=[-400, 0, 1, 300][self.n_asked % 4])
        withheld = Withheld(EffortState.QUIET, "too quiet")
        withheld.recording = Recording(
            created_on=self.started_on + self.n_asked * dt.timedelta(seconds=3) + jitter,
            duration=3,
            samplerate=8000,
            deployment=deployment,
        )
        raise withheld


def test_hours_of_quiet_are_a_row_of_the_ledger_and_a_pause_begins_another(
    store: SqliteStore, deployment: Deployment, tmp_path: Path
) -> None:
    task = generate_recording_task(QuietForHours(tmp_path), store)
    for _ in range(100):
        task()
    quiet = [span for span in store.get_spans() if span.state is EffortState.QUIET]
    lengths_s = [(span.ended_on - span.started_on).total_seconds() for span in quiet]
    assert lengths_s == pytest.approx([3 * 59, 3 * 41], abs=0.002)
