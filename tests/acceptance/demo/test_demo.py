"""A whole sensor, from set-up to stop, watched from outside."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from acoupi.audio.wav import open_wav

SECONDS = 21
FRAME_BYTES = 2

WaitUntil = Callable[..., None]


@dataclass
class Demo:
    """A demo that is running."""

    process: "subprocess.Popen[str]"
    home: Path

    def finish(self) -> dict[str, object]:
        out, err = self.process.communicate(timeout=120)
        assert self.process.returncode == 0, err
        return json.loads(out)

    def worker(self, name: str) -> int | None:
        """Return the process id of a worker, if it runs."""
        pid_file = self.home / "run" / f"{name}.pid"
        return int(pid_file.read_text().split()[0]) if pid_file.exists() else None

    def rows(self, query: str, database: str = "metadata.db") -> list[tuple[object, ...]]:
        path = self.home / "storages" / database
        if not path.exists():
            return []
        connection = sqlite3.connect(path)
        try:
            made = connection.execute("PRAGMA user_version").fetchone()[0]
            return connection.execute(query).fetchall() if made else []
        finally:
            connection.close()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[Path], Demo]]:
    demos: list[Demo] = []

    def start_demo(audio: Path) -> Demo:
        home = tmp_path / "home"
        options = ["--home", str(home), "--audio", str(audio), "--seconds", str(SECONDS), "--json"]
        process = subprocess.Popen(
            [sys.executable, "-m", "acoupi", "demo", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        demos.append(Demo(process, home))
        return demos[-1]

    yield start_demo
    for demo in demos:
        demo.process.terminate()  # it stops its sensor; nothing happens if it has ended
        demo.process.communicate(timeout=60)


def processes_of(home: Path) -> list[int]:
    found: list[int] = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("ACOUPI_HOME") == str(home):
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def samples_of(path: Path) -> bytes:
    wav = open_wav(path)
    return b"".join(wav.blocks(0, wav.frames))


def check_every_second_is_in_one_recording(demo: Demo, source: Path) -> None:
    """Compare each kept recording with the stretch of the source that is its turn."""
    played = samples_of(source)
    position = 0
    kept = demo.rows("SELECT path, duration_s, samplerate_hz FROM recording ORDER BY datetime")
    assert kept
    for path, duration_s, rate_hz in kept:
        n_bytes = round(float(str(duration_s)) * int(str(rate_hz))) * FRAME_BYTES
        if path is not None:
            assert samples_of(Path(str(path))) == played[position : position + n_bytes]
        position += n_bytes


def check_accounts(demo: Demo, figures: dict[str, object]) -> None:
    assert figures["unaccounted"] == 0
    assert figures["problems"] == []
    [(n_recordings, recorded_s)] = demo.rows("SELECT count(*), sum(duration_s) FROM recording")
    assert (figures["recordings"], figures["recorded_s"]) == (n_recordings, recorded_s)
    outputs = demo.rows("SELECT recording_id FROM model_output")
    assert len(outputs) == len(set(outputs)) == n_recordings == figures["processed"]
    [(n_messages,)] = demo.rows("SELECT count(*) FROM message", "messages.db")
    assert figures["messages_delivered"] == n_messages
    assert processes_of(demo.home) == []
    assert list((demo.home / "tmp").glob("*.wav*")) == []


@pytest.mark.timeout(200)
def test_every_second_of_the_source_is_in_exactly_one_recording(
    start: Callable[[Path], Demo], real_audio: Path
) -> None:
    source = real_audio / "soundscape.wav"
    demo = start(source)
    figures = demo.finish()
    assert SECONDS <= float(str(figures["recorded_s"])) <= 2 * SECONDS
    assert figures["detections"]
    check_accounts(demo, figures)
    check_every_second_is_in_one_recording(demo, source)


@pytest.mark.timeout(200)
def test_workers_killed_at_any_time_are_replaced_and_nothing_is_lost(
    start: Callable[[Path], Demo], real_audio: Path, wait_until: WaitUntil
) -> None:
    source = real_audio / "soundscape.wav"
    demo = start(source)
    for n, name in enumerate(("recording", "detection", "default", "recording", "beat"), 1):
        query = "SELECT count(*) FROM recording"
        wait_until(lambda n=n, q=query: (demo.rows(q) or [(0,)])[0] >= (n,), timeout_s=60)
        pid = demo.worker(name)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda name=name, pid=pid: demo.worker(name) not in (None, pid), timeout_s=20)
    figures = demo.finish()
    check_accounts(demo, figures)
    check_every_second_is_in_one_recording(demo, source)


@pytest.mark.timeout(120)
def test_a_demo_that_is_interrupted_stops_in_order(
    start: Callable[[Path], Demo], real_audio: Path, wait_until: WaitUntil
) -> None:
    demo = start(real_audio / "bats")
    wait_until(lambda: bool(demo.rows("SELECT 1 FROM recording")), timeout_s=60)
    demo.process.send_signal(signal.SIGINT)
    figures = demo.finish()
    check_accounts(demo, figures)
    assert not (demo.home / "run" / "supervisor.pid").exists()


@pytest.mark.timeout(120)
def test_a_demo_whose_reader_leaves_stops_its_sensor(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with subprocess.Popen(
        [sys.executable, "-m", "acoupi", "demo", "--home", str(home), "--seconds", "600"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as demo:
        assert demo.stdout is not None
        for line in demo.stdout:
            if "detections" in line:
                break
        demo.stdout.close()
        demo.wait(timeout=60)
    assert processes_of(home) == []
    assert json.loads((home / "config" / "deployment.json").read_text())["ended_on"]
