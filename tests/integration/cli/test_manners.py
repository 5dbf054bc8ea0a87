"""How the command line behaves towards shells, scripts and people in a hurry."""

import contextlib
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable, Generator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from acoupi._clock import utc_now
from acoupi.cli import acoupi
from acoupi.data import Deployment

Run = Callable[..., subprocess.CompletedProcess[str]]

HEAVY = ("celery", "kombu", "pydantic", "jinja2", "requests", "numpy", "rich", "psutil", "astral")

NEED_A_HOME = [
    "check --json",
    "check",
    "config get",
    "config set 5",
    "config set",
    "deployment start --name x",
    "deployment start",
    "deployment start --latitude 95",
    "deployment stop",
    "deployment status",
    "deployment status --json",
    "deployment status --watch",
    "logs",
    "logs -f",
    "recordings --json",
    "detections --csv",
    "effort --json",
    "recordings retry --all",
    "messages",
    "messages retry",
    "task list",
    "task failed",
    "task retry --all",
    "task run x",
    "task run",
    "task profile x",
    "workers start",
    "workers restart",
    "workers stop",
    "workers purge --yes",
    "celery report",
    "run",
]

MODELS = tuple(
    f"models {name}" for name in ("list", "install", "info", "verify", "bench", "run", "remove")
)
OWN_HOME = (
    *("setup", "demo", "completion", "devices", "models", "uninstall"),
    *("privacy install", "privacy scan"),
)

HELPFUL = [
    "",
    "setup",
    "demo",
    "completion",
    "devices",
    *("privacy", "privacy install", "privacy scan"),
    "models",
    *MODELS,
    *sorted({" ".join(c.split()[:2]) for c in NEED_A_HOME[1:-2]}),
    "run",
]


@pytest.mark.parametrize("words", NEED_A_HOME)
def test_without_a_home_a_command_does_nothing_but_say_so(
    home: Path, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACOUPI_HOME", str(home))
    result = CliRunner().invoke(acoupi, words.split())
    assert result.exit_code == 9
    assert result.stdout == ""
    assert result.stderr.splitlines()[0] == f"error: {home} is not set up"
    assert "hint: run acoupi setup --program" in result.stderr
    assert not home.exists()


def test_without_a_home_the_exit_code_reaches_the_shell(run: Run, home: Path) -> None:
    result = run("task", "run", "recording_task")
    assert (result.returncode, result.stdout) == (9, "")
    assert not home.exists()


def test_every_command_is_among_those_tried_without_a_home() -> None:
    tried = {" ".join(words.split()[:2]) for words in NEED_A_HOME}
    for name in acoupi.list_commands(click.Context(acoupi)):
        command = acoupi.get_command(click.Context(acoupi), name)
        children = list(command.commands) if isinstance(command, click.Group) else []
        for call in [f"{name} {child}" for child in children] or [name]:
            assert any(t == call or t.split()[0] == call for t in tried) or call in OWN_HOME


@pytest.mark.parametrize("words", HELPFUL)
def test_help_needs_neither_a_home_nor_anything_heavy(run: Run, home: Path, words: str) -> None:
    result = run(*words.split(), "--help", PYTHONPROFILEIMPORTTIME="1")
    assert result.returncode == 0
    assert result.stdout.startswith("Usage: acoupi")
    loaded = {line.rpartition("|")[2].strip().split(".")[0] for line in result.stderr.splitlines()}
    assert "click" in loaded
    assert not loaded & set(HEAVY)
    assert not home.exists()


def test_the_version_is_the_installed_one(run: Run) -> None:
    from acoupi import __version__

    assert run("--version").stdout == f"acoupi {__version__}\n"


def test_a_command_that_is_none_is_a_wrong_call(run: Run) -> None:
    assert run("recrod").returncode == 2


@pytest.mark.parametrize("value", ["", "0"])
def test_debug_is_off_where_the_variable_says_so(run: Run, value: str) -> None:
    assert "Traceback" not in run("check", ACOUPI_DEBUG=value).stderr


def test_debug_can_be_asked_for_by_option_and_by_variable(run: Run) -> None:
    assert "Traceback" in run("--debug", "check").stderr
    assert "Traceback" in run("check", ACOUPI_DEBUG="1").stderr


def test_a_variable_that_cannot_be_used_is_named(run: Run) -> None:
    result = run("config", "get", ACOUPI_LOG_LEVEL="LOUD")
    assert result.returncode == 3
    assert "ACOUPI_LOG_LEVEL" in result.stderr


def test_a_reader_that_leaves_early_is_no_error(ready: Run, home: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    result = subprocess.run(
        [sys.executable, "-m", "acoupi", "config", "get"],
        env=os.environ | {"ACOUPI_HOME": str(home)},
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    os.close(writing)
    assert result.stderr == ""


class Terminal:
    """A command at a pseudo-terminal of its own."""

    def __init__(self, home: Path, *args: str) -> None:
        self.fd, slave = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "acoupi", *args],
            env=os.environ | {"ACOUPI_HOME": str(home)},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self.shown = ""

    def read(self) -> bool:
        """Wait for more to be shown; false when the command has ended."""
        try:
            block = os.read(self.fd, 4096)
        except OSError:  # the terminal is gone with its last process
            return False
        self.shown += block.decode()
        return bool(block)

    def question(self) -> str:
        """Wait for the next question; empty when the command has ended."""
        start = len(self.shown)
        while not self.shown[start:].endswith(("]: ", "): ")):
            if not self.read():
                return ""
        return self.shown[start:].splitlines()[-1]

    def answer(self, line: str) -> None:
        os.write(self.fd, f"{line}\n".encode())

    def interrupt(self, wait_until: Callable[..., None]) -> None:
        """Press Ctrl-C, as people do, when the command already waits for an answer."""
        stat = Path(f"/proc/{self.process.pid}/stat")
        wait_until(lambda: stat.read_text().rpartition(")")[2].split()[0] == "S")
        self.process.send_signal(signal.SIGINT)

    def end(self) -> int:
        while self.read():
            pass
        return self.process.wait(timeout=30)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.fd)


@pytest.fixture
def at_terminal(home: Path) -> Generator[Callable[..., Terminal]]:
    """Run the command line at a terminal; end what a test leaves."""
    with contextlib.ExitStack() as stack:

        def start(*args: str) -> Terminal:
            terminal = Terminal(home, *args)
            stack.callback(terminal.close)
            return terminal

        yield start


CONNECTED = ("setup", "--program", "acoupi.programs.connected")


def test_ctrl_c_while_being_asked_ends_with_130_and_leaves_no_home(
    home: Path, at_terminal: Callable[..., Terminal], wait_until: Callable[..., None]
) -> None:
    terminal = at_terminal(*CONNECTED)
    assert "timezone" in terminal.question()
    terminal.interrupt(wait_until)
    assert terminal.end() == 130
    assert "Traceback" not in terminal.shown
    assert not home.exists()


def test_a_secret_typed_at_a_terminal_is_not_echoed(
    home: Path, at_terminal: Callable[..., Terminal]
) -> None:
    given = ["--messaging.mqtt.host", "localhost", "--microphone.device_name", "hw:1"]
    terminal = at_terminal(*CONNECTED, *given)
    while question := terminal.question():
        terminal.answer("qwertzui" if "password" in question else "")
    assert terminal.end() == 0, terminal.shown
    assert "qwertzui" not in terminal.shown
    assert "qwertzui" in (home / "config" / "program.json").read_text()


def test_the_name_of_a_deployment_is_proposed_at_a_terminal(
    ready: Run, at_terminal: Callable[..., Terminal], wait_until: Callable[..., None]
) -> None:
    terminal = at_terminal("deployment", "start")
    assert "Name of the deployment [" in terminal.question()
    terminal.interrupt(wait_until)
    assert terminal.end() == 130


@pytest.mark.parametrize("answer", ["", "n"])
def test_the_place_of_the_stay_before_is_proposed_at_a_terminal(
    ready: Run, home: Path, at_terminal: Callable[..., Terminal], answer: str
) -> None:
    before = Deployment(name="meadow", latitude=-1.5, longitude=36.8, ended_on=utc_now())
    (home / "config" / "deployment.json").write_text(before.model_dump_json())
    terminal = at_terminal("deployment", "start", "--name", "wood")
    assert terminal.question().startswith("Still at -1.50000, 36.80000, as 'meadow' was?")
    terminal.answer(answer)
    assert terminal.end() == 4, terminal.shown  # its microphone is not there
    assert "not started" in terminal.shown


def test_a_status_that_is_watched_is_drawn_again_where_it_stands_until_ctrl_c(
    ready: Run, at_terminal: Callable[..., Terminal]
) -> None:
    terminal = at_terminal("deployment", "status", "--watch", "--every", "0.1")
    while terminal.shown.count("program") < 3:
        assert terminal.read()
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.end() == 0
    for clearing in ("\x1b[2J", "\x1b[3J", "\x1b[?1049h"):
        assert clearing not in terminal.shown


def test_logs_are_followed_until_ctrl_c(
    ready: Run, home: Path, at_terminal: Callable[..., Terminal]
) -> None:
    log = home / "log" / "recording.log"
    log.parent.mkdir(exist_ok=True)
    log.write_text("2026-05-01T06:00:00.000Z INFO    recording x: one\n")
    terminal = at_terminal("logs", "-f")
    while "one" not in terminal.shown:
        assert terminal.read()
    with log.open("a") as file:
        file.write("2026-05-01T06:00:01.000Z INFO    recording x: two\n")
    while "two" not in terminal.shown:
        assert terminal.read()
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.end() == 0


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize("words", ["check", "deployment status"])
def test_what_people_look_at_fits_their_terminal(
    ready: Run,
    at_terminal: Callable[..., Terminal],
    words: str,
    columns: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("NO_COLOR", "1")
    terminal = at_terminal(*words.split())
    terminal.end()
    assert "\x1b" not in terminal.shown
    # What has no spaces, such as a path, cannot be folded and still be copied.
    assert all(len(line) <= columns for line in terminal.shown.splitlines() if " " in line.strip())
