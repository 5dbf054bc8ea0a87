"""A model is loaded only where it runs, and before the first recording."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from acoupi.components.stores import SqliteStore
from acoupi.data import Deployment
from acoupi.system import Settings, setup_program
from acoupi.system.brokers import create_app
from acoupi.testing import FakeRecorder

Wait = Callable[..., None]
PROGRAM = Path(__file__).with_name("listening_program.py")


class Sensor:
    """A home with the program, and its supervisor in the foreground; nothing rings by itself."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings = settings
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, fail: str = "", **environment: str) -> None:
        paths = ["--paths.db_metadata", str(self.folder / "metadata.db")]
        paths += ["--paths.tmp_audio", str(self.folder / "tmp")]
        paths += ["--messaging.messages_db", str(self.folder / "messages.db")]
        flags = ["--microphone.device_name", "none", "--trace", str(self.folder / "trace")]
        setup_program(self.settings, "listening_program", [*flags, *paths, "--fail", fail])
        self.process = subprocess.Popen(
            [sys.executable, "-m", "acoupi", "run", "--no-beat"],
            env=os.environ | environment,
            stderr=subprocess.DEVNULL,
        )

    def is_ready(self) -> bool:
        path = self.settings.status_file
        text = path.read_text() if path.exists() else ""
        return text.startswith("running: recording, detection, default")

    def pid(self, worker: str) -> int:
        return int(self.settings.pid_file(worker).read_text())

    def marks(self) -> list[tuple[str, int]]:
        path = self.folder / "trace"
        lines = path.read_text().splitlines() if path.exists() else []
        return [(line.split()[0], int(line.split()[1])) for line in lines]

    def hear(self) -> None:
        """Hand the sensor a recording."""
        deployment = Deployment(name="wood")
        recording = FakeRecorder(self.folder / "tmp").record(deployment)
        with closing(SqliteStore(self.folder / "metadata.db")) as store:
            store.store_deployment(deployment)
            store.store_recording(recording)
        with create_app(self.settings) as app:
            app.send_task("detection_task", (recording,), queue="detection")

    def end(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)


@pytest.fixture
def sensor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sensor]:
    monkeypatch.setenv("ACOUPI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "listening_program", raising=False)
    settings = Settings(supervision="detached")
    settings.home.mkdir(mode=0o700)
    (settings.home / PROGRAM.name).write_bytes(PROGRAM.read_bytes())
    sensor = Sensor(settings, tmp_path)
    yield sensor
    sensor.end()


def test_a_model_is_loaded_and_warm_before_the_first_recording_and_nowhere_else(
    sensor: Sensor, wait_until: Wait
) -> None:
    sensor.start()
    wait_until(sensor.is_ready)
    where = sensor.pid("detection")
    assert sensor.marks() == [("load", where), ("warm", where)]
    sensor.hear()
    wait_until(lambda: ("run", where) in sensor.marks())
    assert sensor.marks() == [("load", where), ("warm", where), ("run", where)]


def test_numpy_keeps_one_core_busy_unless_it_is_told_to_take_more(
    sensor: Sensor, wait_until: Wait
) -> None:
    sensor.start()
    wait_until(sensor.is_ready)
    sensor.hear()
    wait_until(lambda: any(what == "run" for what, _ in sensor.marks()))
    assert (sensor.folder / "threads").read_text() == "0"


def test_in_a_pool_of_processes_it_is_loaded_behind_the_fork(
    sensor: Sensor, wait_until: Wait
) -> None:
    sensor.start(ACOUPI_CELERY_POOL_TYPE="prefork")
    wait_until(sensor.is_ready)
    wait_until(lambda: len(sensor.marks()) == 2)
    (_, where), (_, also) = sensor.marks()
    assert where == also
    assert where != sensor.pid("detection")
    sensor.hear()
    wait_until(lambda: ("run", where) in sensor.marks())
    assert len(sensor.marks()) == 3


@pytest.mark.parametrize("fail", ["load", "warm"])
def test_one_that_cannot_be_made_ready_keeps_no_worker_from_starting(
    sensor: Sensor, wait_until: Wait, fail: str
) -> None:
    sensor.start(fail=fail)
    wait_until(sensor.is_ready)
    where = sensor.pid("detection")
    log = sensor.settings.log_file("detection")
    wait_until(lambda: "the weights are gone" in log.read_text())
    sensor.hear()
    if fail == "warm":  # which is no reason not to run
        wait_until(lambda: ("run", where) in sensor.marks())
    else:
        wait_until(lambda: sensor.marks().count(("load", where)) > 1)
    assert sensor.is_ready()


def test_one_that_brings_its_process_down_is_left_until_a_recording_needs_it(
    sensor: Sensor, wait_until: Wait
) -> None:
    sensor.start(fail="crash")
    wait_until(sensor.is_ready)
    assert [what for what, _ in sensor.marks()] == ["load", "warm"]
    where = sensor.pid("detection")
    assert where not in {pid for _, pid in sensor.marks()}
    sensor.hear()
    wait_until(lambda: ("run", where) in sensor.marks())
