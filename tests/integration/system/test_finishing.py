"""The end of a deployment, with models that hang, crash and fail."""

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from acoupi.data import Recording
from acoupi.errors import DeploymentError
from acoupi.system import Settings, load_program, setup_program
from acoupi.system.deployments import get_current_deployment, start_deployment
from acoupi.system.lifecycle import stop_and_finish, stop_program

RATE_HZ = 8000
PROGRAM = Path(__file__).parents[2] / "tools" / "moody_program.py"
LIMIT_S = 5
"""Long enough for a recording on a busy computer."""


class Sensor:
    """A home with recordings that nobody has processed, and nothing that runs."""

    def __init__(self, settings: Settings, tmp_path: Path) -> None:
        self.settings = settings
        self.moods = tmp_path / "moods"
        self.program: Any = load_program(settings)
        self.deployment = start_deployment(settings, "wood")
        self.program.on_start(self.deployment)

    def record(self) -> Recording:
        recording = self.program.recorder.record(self.deployment)
        self.program.store.store_recording(recording)
        return recording

    def feel(self, who: object, mood: str) -> None:
        (self.moods / str(who)).write_text(mood)

    def outputs(self, recording: Recording) -> int:
        return len(self.program.store.get_recording_model_outputs(recording))

    def path(self, recording: Recording) -> Path:
        [(found, _)] = self.program.store.get_recordings([recording.id])
        return found.path


@pytest.fixture
def sensor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sensor:
    home, tape = tmp_path / "home", tmp_path / "tape.wav"
    monkeypatch.setenv("ACOUPI_HOME", str(home))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "moody_program", raising=False)
    settings = Settings(supervision="detached")
    home.mkdir(mode=0o700)
    (tmp_path / "moods").mkdir()
    (home / "moody_program.py").write_bytes(PROGRAM.read_bytes())
    with wave.open(str(tape), "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        file.writeframes(bytes(2 * RATE_HZ))
    options = {
        "--microphone.device_name": f"replay:{tape}?speed=max&loop=yes",
        "--recording.duration": "0.5",
        "--paths.tmp_audio": str(tmp_path / "waiting"),
        "--moods": str(tmp_path / "moods"),
    }
    setup_program(settings, "moody_program", [text for pair in options.items() for text in pair])
    limits = json.loads(settings.celery_config_file.read_text()) | {"task_time_limit": LIMIT_S}
    settings.celery_config_file.write_text(json.dumps(limits))
    return Sensor(settings, tmp_path)


@pytest.mark.parametrize(
    ("mood", "why"),
    [("hang", "it took longer than its time limit"), ("crash", "killed by SIGSEGV")],
)
def test_a_model_that_hangs_or_crashes_holds_up_only_its_own_recording(
    sensor: Sensor, mood: str, why: str
) -> None:
    recordings = [sensor.record() for _ in range(3)]
    sensor.feel(recordings[1].id, mood)

    stopped = stop_and_finish(sensor.settings)

    assert get_current_deployment(sensor.settings) is None
    assert [sensor.outputs(recording) for recording in recordings] == [1, 0, 1]
    [left] = stopped.leftovers.recordings
    assert (left.id, left.path) == (recordings[1].id, recordings[1].path)
    assert why in left.why
    assert stopped.leftovers.messages == 2
    assert recordings[1].path is not None
    assert recordings[1].path.exists()


def test_a_model_that_eats_memory_at_the_end_holds_up_only_its_own_recording(
    sensor: Sensor,
) -> None:
    limits = json.loads(sensor.settings.celery_config_file.read_text()) | {"task_time_limit": 100}
    sensor.settings.celery_config_file.write_text(json.dumps(limits))
    recordings = [sensor.record() for _ in range(2)]
    sensor.feel(recordings[0].id, "eat")

    stopped = stop_and_finish(sensor.settings.model_copy(update={"worker_memory_mb": 300}))

    assert [sensor.outputs(recording) for recording in recordings] == [0, 1]
    [left] = stopped.leftovers.recordings
    assert (left.id, left.why) == (recordings[0].id, "it took more than 300 MB of memory")


def test_what_was_left_is_finished_by_the_next_deployment(sensor: Sensor) -> None:
    recording = sensor.record()
    sensor.feel(recording.id, "hang")
    stop_and_finish(sensor.settings)
    (sensor.moods / str(recording.id)).unlink()

    second = start_deployment(sensor.settings, "lake")
    sensor.program.on_start(second)
    stopped = stop_and_finish(sensor.settings)

    assert stopped.leftovers.recordings == []
    assert sensor.outputs(recording) == 1
    assert sensor.path(recording).is_relative_to(sensor.program.config.paths.recordings)


def test_all_of_it_takes_no_longer_than_it_may(sensor: Sensor) -> None:
    recordings = [sensor.record() for _ in range(3)]
    sensor.feel("model", "hang")

    stopped = stop_and_finish(sensor.settings, timeout_s=0.5)

    assert [left.id for left in stopped.leftovers.recordings] == [r.id for r in recordings]
    assert {left.why for left in stopped.leftovers.recordings} == {"there was no time left for it"}
    assert stopped.deployment.ended_on is not None


def test_a_model_that_fails_has_its_recording_set_aside_and_kept(sensor: Sensor) -> None:
    recording = sensor.record()
    sensor.feel("model", "fail")

    stopped = stop_and_finish(sensor.settings)

    assert stopped.leftovers.recordings == []
    assert "not today" in sensor.program.store.get_failure(recording)
    assert sensor.path(recording).is_relative_to(sensor.program.config.paths.recordings)


def test_an_end_that_fails_still_ends_the_deployment(sensor: Sensor) -> None:
    sensor.settings.program_config_file.write_text("{}")
    with pytest.raises(DeploymentError, match="has ended, but not well"):
        stop_program(sensor.settings)
    assert get_current_deployment(sensor.settings) is None
    with pytest.raises(DeploymentError, match="no deployment is running"):
        stop_program(sensor.settings)


def test_after_a_power_cut_a_stop_finishes_what_is_there_and_lists_nothing_that_is_gone(
    sensor: Sensor,
) -> None:
    there, gone = sensor.record(), sensor.record()
    assert gone.path is not None
    gone.path.unlink()
    sensor.feel(gone.id, "fail")

    stopped = stop_and_finish(sensor.settings)

    assert sensor.outputs(there) == 1
    assert all(left.id == gone.id for left in stopped.leftovers.recordings)


def stop_command(sensor: Sensor, *options: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "acoupi", "deployment", "stop", *options],
        env=os.environ | {"ACOUPI_SUPERVISION": "detached"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_ctrl_c_ends_it_and_lists_what_was_not_reached(
    sensor: Sensor, wait_until: Callable[..., None]
) -> None:
    recording = sensor.record()
    sensor.feel("model", "hang")
    limits = json.loads(sensor.settings.celery_config_file.read_text()) | {"task_time_limit": 100}
    sensor.settings.celery_config_file.write_text(json.dumps(limits))
    with stop_command(sensor, "--json") as command:
        assert command.stderr is not None
        assert "1 recording, 0 messages left" in command.stderr.readline()
        command.send_signal(signal.SIGINT)
        out, err = command.communicate(timeout=20)

    assert command.returncode == 130
    assert "the deployment has ended" in err
    [left] = json.loads(out)["left"]["recordings"]
    assert (left["id"], left["why"]) == (str(recording.id), "the end was interrupted")
    assert dt.datetime.fromisoformat(json.loads(out)["deployment"]["ended_on"])
    assert get_current_deployment(sensor.settings) is None


def test_what_was_left_is_listed_with_its_file(sensor: Sensor) -> None:
    recording = sensor.record()
    sensor.feel("model", "crash")
    with stop_command(sensor) as command:
        out, _ = command.communicate(timeout=30)
    assert command.returncode == 0
    assert out.splitlines() == [
        "not finished: 1 recording",
        f"{recording.path}: its process was ended: killed by SIGSEGV",
        "all of it stays in the stores, for the next deployment",
    ]


def test_a_stop_that_is_killed_takes_its_model_along_and_can_be_repeated(
    sensor: Sensor, wait_until: Callable[..., None]
) -> None:
    recording = sensor.record()
    sensor.feel("model", "wait")
    with stop_command(sensor) as command:
        assert command.stderr is not None
        assert "1 recording" in command.stderr.readline()
        command.kill()
    assert get_current_deployment(sensor.settings) is not None
    (sensor.moods / "model").unlink()

    stopped = stop_and_finish(sensor.settings)

    assert stopped.leftovers.recordings == []
    assert sensor.outputs(recording) == 1
