"""Models that are damaged or answer nonsense, in a real program beside one that does not."""

import os
import signal
import sys
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from small_models import linear_network

from acoupi.components.stores.sqlite.listing import RecordingLine, Selection, list_recordings
from acoupi.models.shelf import find_model
from acoupi.models.shelf.install import hashes_of
from acoupi.models.shelf.manifest import write_manifest
from acoupi.models.shelf.own_file import OwnFile, install_file
from acoupi.system import Settings, get_status, load_program, setup_program, start_program
from acoupi.system.deployments import start_deployment
from acoupi.system.lifecycle import stop_and_finish
from acoupi.system.supervisor.locks import holders

RATE_HZ = 8000
OVERFLOW = [[3e38, 3e38], [0, 0]]
TOO_MUCH = [[3.0, 0], [0, 0]]
NOTHING = [[0.0, 0], [0, 0]]


def network(path: Path, rows: list[list[float]]) -> Path:
    """Write one that says 0.9 and 0.2, and something else where sound begins with a click."""
    bias = [0.9, 0.2, 0.2][: len(rows)]
    return linear_network(path, RATE_HZ, np.array(rows, np.float32), bias)


def install(folder: Path, name: str, rows: list[list[float]]) -> None:
    labels = folder / "labels.txt"
    labels.write_text("toad\nnewt\n")
    path = network(folder / f"{name}.onnx", rows)
    install_file(name, OwnFile(path, labels, RATE_HZ, window_s=1.0))


def tape(path: Path) -> Path:
    """Write two seconds, the second of which begins with a click."""
    sound = np.zeros(2 * RATE_HZ, "<i2")
    sound[RATE_HZ : RATE_HZ + 2] = 32_767
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        file.writeframes(sound.tobytes())
    return path


def cut_off(network: Path) -> None:
    network.write_bytes(network.read_bytes()[:200])


def exchange(path: Path) -> None:
    """Exchange it for one that answers well, and differently."""
    network(path, [[0.05, 0], [0, 0]])


def widen(path: Path) -> None:
    """Exchange it for one with an answer more."""
    network(path, [[0.0, 0], [0, 0], [0, 0]])


def sign_again(folder: Path) -> None:
    """Do as if the files had always been these."""
    model = find_model(folder.name)
    files = hashes_of(folder)
    write_manifest(folder, model.manifest.model_copy(update={"files": files}))


class Sensor:
    """A home with two models, that records both seconds of the tape and ends."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = Settings(home=folder / "home", supervision="detached")
        options = {
            "--microphone.device_name": f"replay:{tape(folder / 'tape.wav')}?loop=yes",
            "--recording.duration": "1",
            "--recording.interval": "1",
            "--recording.schedule_start": "00:00",
            "--recording.schedule_end": "00:00",
            "--models": '["frogs", "toads"]',
            "--paths.tmp_audio": str(folder / "waiting"),
            "--paths.recordings": str(folder / "recordings"),
            "--paths.db_metadata": str(folder / "data" / "metadata.db"),
            "--messaging.messages_db": str(folder / "messages.db"),
        }
        pairs = [text for pair in options.items() for text in pair]
        setup_program(self.settings, "acoupi.programs.models", pairs)

    def hear(self) -> list[RecordingLine]:
        """Record, process and end; return what became of the recordings."""
        program = load_program(self.settings)
        deployment = start_deployment(self.settings, "pond")
        program.on_start(deployment)
        for _ in range(2):
            program.store.store_recording(program.recorder.record(deployment))  # type: ignore[attr-defined]
        stop_and_finish(self.settings)
        return self.recordings()

    def recordings(self) -> list[RecordingLine]:
        path = self.folder / "data" / "metadata.db"
        lines = list_recordings(path, self.folder / "waiting", Selection())
        return sorted(lines, key=lambda line: line.recorded_on)

    def end(self) -> None:
        """Kill whatever still runs."""
        self.settings.pid_file("supervisor").unlink(missing_ok=True)  # for its keeper
        for pid in holders(self.settings.lock_file):
            os.kill(pid, signal.SIGKILL)

    def heard_by(self, name: str) -> list[int]:
        """Tell which recordings a model has answered for."""
        program = load_program(self.settings)
        outputs = program.store.get_model_outputs()  # type: ignore[attr-defined]
        starts = sorted({output.recording.created_on for output in outputs})
        heard = (o for o in outputs if o.name_model.startswith(name))
        return sorted(starts.index(output.recording.created_on) for output in heard)


@pytest.fixture
def sensor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sensor]:
    monkeypatch.setenv("ACOUPI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setattr(sys, "path", [*sys.path])
    (tmp_path / "home").mkdir(mode=0o700)
    install(tmp_path, "frogs", NOTHING)
    install(tmp_path, "toads", NOTHING)
    sensor = Sensor(tmp_path)
    yield sensor
    sensor.end()


def is_kept(line: RecordingLine) -> bool:
    return line.path is not None and line.path.parent.name != "waiting" and line.path.is_file()


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (OVERFLOW, "answers with what is no number"),
        (TOO_MUCH, "gives scores from 0.2 to 3.89991, not from 0 to 1"),
    ],
)
def test_a_recording_to_which_a_model_says_nonsense_is_kept_and_the_others_go_on(
    sensor: Sensor, rows: list[list[float]], reason: str
) -> None:
    install(sensor.folder, "toads", rows)

    good, bad = sensor.hear()

    assert (good.state, bad.state) == ("kept", "failed")
    assert "toads" in bad.reason
    assert reason in bad.reason
    assert is_kept(bad)
    assert (sensor.heard_by("frogs"), sensor.heard_by("toads")) == ([0, 1], [0])
    assert get_status(sensor.settings).overview.failed_recordings == 1


def test_a_sensor_that_runs_goes_on_past_nonsense(
    sensor: Sensor, wait_until: Callable[..., None]
) -> None:
    install(sensor.folder, "toads", OVERFLOW)
    start_program(sensor.settings, "pond")
    wait_until(lambda: len(sensor.heard_by("toads")) >= 3, timeout_s=60)
    stop_and_finish(sensor.settings)

    lines = sensor.recordings()
    every_other = list(range(0, len(lines), 2))
    assert sensor.heard_by("frogs") == list(range(len(lines)))
    assert sensor.heard_by("toads") == every_other
    failed = [n for n, line in enumerate(lines) if line.state == "failed"]
    assert failed == list(range(1, len(lines), 2))
    assert all("answers with what is no number" in lines[n].reason for n in failed)
    assert all(is_kept(line) for line in lines)


@pytest.mark.parametrize(
    ("harm", "signed", "reason"),
    [
        (cut_off, False, "network.onnx is damaged: its SHA-256 is not that of the installation"),
        (exchange, False, "network.onnx is damaged: its SHA-256 is not that of the installation"),
        (cut_off, True, "network.onnx cannot be run"),
        (widen, True, "answers in the shape (1, 3) instead of (1, 2)"),
        (Path.unlink, False, "network.onnx is missing"),
    ],
)
def test_a_model_that_is_damaged_costs_only_its_own_answers(
    sensor: Sensor, harm: Callable[[Path], object], signed: bool, reason: str
) -> None:
    folder = find_model("toads").folder
    harm(folder / "network.onnx")
    if signed:
        sign_again(folder)

    lines = sensor.hear()

    assert {line.state for line in lines} == {"failed"}
    assert all(reason in line.reason and is_kept(line) for line in lines)
    assert (sensor.heard_by("frogs"), sensor.heard_by("toads")) == ([0, 1], [])
    assert get_status(sensor.settings).overview.failed_recordings == 2
