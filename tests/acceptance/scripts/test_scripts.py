"""The scripts in ``bin/`` of a home, as a person or a cron job calls them."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from acoupi.system import Settings, setup_program
from acoupi.system.supervisor.locks import holders, noted_pid, supervisor_pid

Wait = Callable[..., None]
Result = subprocess.CompletedProcess[str]
PROGRAM = Path(__file__).parents[2] / "integration" / "system" / "tiny_program.py"
ODD = "a \"home\" of 100% 'odd' $HOME `id` \\z [x]* -rf ä "
SHADOWS = ("acoupi", "click", "celery", "random", "typing")


class Scripts:
    """A home whose name is as odd as can be, and its scripts, called from an unkind folder."""

    def __init__(self, settings: Settings, folder: Path, trace: Path) -> None:
        self.settings = settings
        self.folder = folder
        self.trace = trace
        self.beats: list[subprocess.Popen[str]] = []

    def call(self, path: Path) -> Result:
        return subprocess.run(
            ["/usr/bin/env", "-i", path],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )

    def start(self) -> Result:
        return self.call(self.settings.start_script_path)

    def stop(self) -> Result:
        return self.call(self.settings.stop_script_path)

    def restart(self) -> Result:
        return self.call(self.settings.restart_script_path)

    def beat(self) -> "subprocess.Popen[str]":
        beat = subprocess.Popen(
            ["/usr/bin/env", "-i", self.settings.beat_script_path],
            cwd=self.folder,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.beats.append(beat)
        return beat

    def pid(self) -> int | None:
        return supervisor_pid(self.settings)

    def processes(self) -> set[int]:
        settings = self.settings
        return holders(settings.lock_file) | holders(settings.beat_lock_file)

    def ticks(self) -> int:
        return self.trace.read_text().count("tick") if self.trace.exists() else 0

    def end(self) -> None:
        self.settings.pid_file("supervisor").unlink(missing_ok=True)  # for its keeper
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)
        for beat in self.beats:
            beat.kill()
            beat.communicate()


@pytest.fixture
def scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripts]:
    home = tmp_path / ODD
    home.mkdir(mode=0o700)
    (home / "tiny_program.py").write_bytes(PROGRAM.read_bytes())
    folder = tmp_path / "unkind"
    folder.mkdir()
    for name in SHADOWS:
        (folder / f"{name}.py").write_text("raise SystemExit('the wrong module')\n")
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "tiny_program", raising=False)
    settings = Settings(home=home)
    setup_program(settings, "tiny_program", ["--trace", str(tmp_path / "trace")])
    scripts = Scripts(settings, folder, tmp_path / "trace")
    yield scripts
    scripts.end()


@pytest.fixture
def stranger() -> Iterator["subprocess.Popen[bytes]"]:
    """A process that is not ours, whose number a file of ours may name."""
    process = subprocess.Popen(["sleep", "600"])
    yield process
    process.kill()
    process.wait()


def state(settings: Settings) -> set[str]:
    """Return what a sensor notes about its processes while they run."""
    return {path.name for path in settings.run_dir.iterdir() if path.suffix in {".pid", ".status"}}


def test_each_script_can_be_called_twice_and_all_that_ran_is_gone_in_the_end(
    scripts: Scripts,
) -> None:
    first, pid = scripts.start(), scripts.pid()
    second = scripts.start()
    assert (first.returncode, first.stderr) == (0, "the workers have started\n")
    assert (second.returncode, scripts.pid()) == (0, pid)

    restarted = scripts.restart()
    assert (restarted.returncode, restarted.stderr) == (0, "the workers have restarted\n")
    assert scripts.pid() not in {None, pid}

    stops = [scripts.stop(), scripts.stop()]
    assert [(stop.returncode, stop.stderr) for stop in stops] == [
        (0, "the workers have stopped\n")
    ] * 2
    assert scripts.processes() == set()
    assert state(scripts.settings) == set()

    assert scripts.restart().returncode == 0
    assert scripts.pid() is not None


def test_a_process_that_was_given_an_old_number_of_ours_is_left_alone(
    scripts: Scripts, stranger: "subprocess.Popen[bytes]"
) -> None:
    for name in ("supervisor", "beat", "recording", "detection"):
        scripts.settings.pid_file(name).write_text(f"{stranger.pid}\n")

    stopped = scripts.stop()
    assert stopped.returncode == 0
    assert stranger.poll() is None
    assert state(scripts.settings) == set()

    scripts.settings.pid_file("supervisor").write_text(f"{stranger.pid}\n")
    assert scripts.start().returncode == 0
    assert scripts.pid() not in {None, stranger.pid}

    scripts.settings.pid_file("supervisor").write_text(f"{stranger.pid}\n")
    assert scripts.stop().returncode == 0
    assert stranger.poll() is None
    assert scripts.processes() == set()


def test_after_a_kill_what_is_left_is_ended_or_taken_over(
    scripts: Scripts, wait_until: Wait
) -> None:
    scripts.start()
    killed = scripts.pid()
    assert killed is not None
    os.kill(killed, signal.SIGKILL)

    assert scripts.start().returncode == 0
    assert scripts.pid() not in {None, killed}

    os.kill(scripts.pid() or 0, signal.SIGKILL)
    wait_until(lambda: scripts.pid() is None)
    assert scripts.stop().returncode == 0
    assert scripts.processes() == set()
    assert state(scripts.settings) == set()


def test_beat_rings_until_it_is_told_to_stop_and_is_the_only_one(
    scripts: Scripts, wait_until: Wait
) -> None:
    scripts.start()
    beat = scripts.beat()
    wait_until(lambda: scripts.ticks() > 2)
    assert noted_pid(scripts.settings.pid_file("beat")) == beat.pid

    second = scripts.beat()
    _, told = second.communicate(timeout=30)
    assert second.returncode == 8
    assert f"running already (process {beat.pid})" in told
    assert beat.poll() is None

    beat.terminate()
    assert beat.wait(10) == 0
    assert scripts.stop().returncode == 0
    assert state(scripts.settings) == set()


def test_beat_is_not_kept_from_its_work_by_a_number_that_is_not_its_own(
    scripts: Scripts, stranger: "subprocess.Popen[bytes]", wait_until: Wait
) -> None:
    pid_file = scripts.settings.pid_file("beat")
    pid_file.write_text(f"{stranger.pid}\n")

    beat = scripts.beat()
    wait_until(lambda: noted_pid(pid_file) == beat.pid)

    beat.terminate()
    assert beat.wait(10) == 0
    assert stranger.poll() is None


def test_scripts_work_from_a_folder_that_is_gone(scripts: Scripts, tmp_path: Path) -> None:
    command = 'cd "$0" && rmdir "$0" && exec /usr/bin/env -i "$1"'
    gone = tmp_path / "gone"
    for script in (scripts.settings.start_script_path, scripts.settings.stop_script_path):
        gone.mkdir()

        done = subprocess.run(
            ["sh", "-c", command, gone, script], capture_output=True, text=True, check=False
        )

        assert (done.returncode, done.stderr.count("the workers have")) == (0, 1), done.stderr
