import logging
from pathlib import Path

import pytest

from acoupi.components.stores import SqliteStore
from acoupi.data import Deployment
from acoupi.tasks import generate_recording_task
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
