"""The wizard of ``acoupi setup`` at a real pseudo-terminal, wide and narrow."""

import contextlib
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

PROGRAM = "acoupi.programs.connected"
ARECORD = """#!/bin/sh
case "$*" in
*-L*) printf 'null\\n    Nothing\\nbatmic\\n    Hears bats\\nbirdmic\\n    Hears birds\\n' ;;
*batmic*) printf 'CHANNELS: 1\\nRATE: 384000\\n' >&2; exit 1 ;;
*birdmic*) printf 'CHANNELS: [1 2]\\nRATE: [44100 48000]\\n' >&2; exit 1 ;;
*) exit 1 ;;
esac
"""
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
QUESTION = re.compile(r"(\]:|\(required\):) $")
WAIT_S = 60

WIDTHS = pytest.mark.parametrize("columns", [80, 40])


class Terminal:
    """The wizard at a terminal of its own."""

    def __init__(self, home: Path, tools: Path, columns: int, env: dict[str, str]) -> None:
        self.columns = columns
        program = env.pop("PROGRAM", PROGRAM) or None
        self.fd, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        kept = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES", "NO_COLOR")}
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "acoupi", "setup"),
                *(() if program is None else ("--program", program)),
                *env.pop("ARGS", "").split(),
            ],
            env=kept
            | {"ACOUPI_HOME": str(home), "PATH": str(tools), "TZ": "UTC", "TERM": "xterm"}
            | env,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self.raw = ""
        self.typed: set[str] = set()

    @property
    def shown(self) -> str:
        return ESCAPES.sub("", self.raw).replace("\r\n", "\n")

    def read(self) -> bool:
        """Wait for more to be shown; false when the wizard has ended."""
        assert select.select([self.fd], [], [], WAIT_S)[0], f"nothing more came:\n{self.shown}"
        try:
            block = os.read(self.fd, 65536)
        except OSError:  # the terminal is gone with its last process
            return False
        self.raw += block.decode()
        return bool(block)

    def question(self) -> str:
        """Wait for the next question; empty when the wizard has ended."""
        start = len(self.raw)
        while not QUESTION.search(ESCAPES.sub("", self.raw[start:])):
            if not self.read():
                return ""
        return self.shown.splitlines()[-1].strip()

    def answer(self, line: str) -> str:
        """Type a line, and return what is asked next."""
        self.typed.add(f": {line}")
        os.write(self.fd, f"{line}\n".encode())
        return self.question()

    def answer_until(self, word: str, line: str = "") -> str:
        """Answer everything with one line until a question has that word."""
        asked = self.answer(line)
        while asked and word not in asked:
            asked = self.answer(line)
        return asked

    def interrupt(self) -> int:
        """Press Ctrl-C when it already waits for an answer."""
        stat = Path(f"/proc/{self.process.pid}/stat")
        deadline = time.monotonic() + WAIT_S
        while stat.read_text().rpartition(")")[2].split()[0] != "S":
            assert time.monotonic() < deadline
        self.process.send_signal(signal.SIGINT)
        return self.end()

    def end(self) -> int:
        while self.read():
            pass
        return self.process.wait(timeout=WAIT_S)

    def too_long(self) -> list[str]:
        """Return the lines that do not fit, but for what was typed, and paths."""
        typed = tuple(self.typed)
        lines = [line for line in self.shown.splitlines() if len(line) > self.columns]
        return [line for line in lines if not line.endswith(typed) and line[0] != "/"]

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.fd)


Start = Callable[..., Terminal]


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """Return a PATH with no program but an ``arecord`` that knows two microphones."""
    folder = tmp_path / "tools"
    folder.mkdir()
    (folder / "arecord").write_text(ARECORD)
    (folder / "arecord").chmod(0o755)
    return folder


@pytest.fixture
def wizard(home: Path, tools: Path) -> Generator[Start]:
    """Start the wizard; end what a test leaves."""
    with contextlib.ExitStack() as stack:

        def start(columns: int = 80, **env: str) -> Terminal:
            terminal = Terminal(home, tools, columns, env)
            stack.callback(terminal.close)
            return terminal

        yield start


def written(home: Path) -> dict[str, dict[str, object]]:
    return json.loads((home / "config" / "program.json").read_text())


@WIDTHS
def test_all_of_it_fits_the_terminal_and_is_written_when_confirmed(
    wizard: Start, home: Path, columns: int
) -> None:
    terminal = wizard(columns)
    assert "timezone" in terminal.question()
    assert "device_name [1]" in terminal.answer("Europe/London")
    assert "samplerate [48000]" in terminal.answer("2")
    assert "Write this?" in terminal.answer_until("Write this?")
    assert not home.exists()
    assert terminal.answer("y") == ""
    assert terminal.end() == 0
    assert terminal.too_long() == []
    assert written(home)["microphone"]["device_name"] == "birdmic"
    assert written(home)["timezone"] == "Europe/London"


@WIDTHS
def test_a_question_tells_what_the_field_is_its_default_and_its_bounds(
    wizard: Start, columns: int
) -> None:
    terminal = wizard(columns)
    terminal.question()
    assert terminal.answer_until("duration") == "duration [3]:"
    said = " ".join(terminal.shown.split())
    assert "Length of a recording (s). Number, more than 0." in said
    assert "Recording (4 of 10)" in said
    assert "What to record, and when." in said


@WIDTHS
def test_a_wrong_answer_is_explained_and_asked_again(wizard: Start, columns: int) -> None:
    terminal = wizard(columns)
    terminal.question()
    terminal.answer_until("duration")
    for wrong, reason in (
        ("-5", "should be more than 0"),
        ("soon", "should be a number"),
        ("☃\x1b", "should be a number"),
        ("9" * 90, ""),
    ):
        asked = terminal.answer(wrong)
        if reason:
            assert asked == "duration [3]:"
            assert reason in " ".join(terminal.shown.split())
    assert "\x1b" not in terminal.shown


@WIDTHS
@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("99", "99 is none of these"),
        ("?", "? is none of these"),
        ("owls", "the program 'owls' cannot be imported: No module named 'owls'"),
        ("acoupi.nothing", "cannot be imported"),
    ],
)
def test_what_is_no_program_is_asked_for_again(
    wizard: Start, home: Path, columns: int, wrong: str, reason: str
) -> None:
    terminal = wizard(columns, PROGRAM="")
    asked = terminal.question()
    assert terminal.answer(wrong) == asked
    assert reason in " ".join(terminal.shown.split())
    assert "timezone" in terminal.answer("")
    assert not home.exists()


def test_enter_keeps_the_program_that_the_home_has(wizard: Start, home: Path) -> None:
    first = wizard()
    first.question()
    first.answer_until("Write this?")
    first.answer("y")
    again = wizard(PROGRAM="")
    assert again.question() == "Its number, or the module of another [5]:"
    again.answer("")
    again.answer_until("Write this?")
    again.answer("y")
    assert again.end() == 0
    assert (home / "config" / "name").read_text().strip() == PROGRAM


@WIDTHS
def test_one_can_go_back_even_into_a_section_that_asks_by_itself(
    wizard: Start, home: Path, columns: int
) -> None:
    terminal = wizard(columns)
    terminal.question()
    assert "timezone" in terminal.answer("<")
    assert "this is the first question" in terminal.shown
    terminal.answer("")
    assert "samplerate" in terminal.answer("1")
    assert "device_name [1]" in terminal.answer("back")
    assert "timezone" in terminal.answer("<")
    assert "device_name" in terminal.answer("")
    assert "interval" in terminal.answer_until("interval")
    assert "duration [3]" in terminal.answer("<")
    assert "Is there a further microphone? [y/N]" in terminal.answer("<")
    assert "keep these? [Y/n]" in terminal.answer("<")
    assert "device_name" in terminal.answer("n")
    assert "samplerate" in terminal.answer("birdmic")
    terminal.answer("44100")
    assert "Write this?" in terminal.answer("!")
    terminal.answer("")
    assert terminal.end() == 0
    assert written(home)["microphone"]["device_name"] == "birdmic"
    assert written(home)["microphone"]["samplerate"] == 44_100


@WIDTHS
def test_the_rates_of_the_microphone_are_offered_and_no_other_is_taken(
    wizard: Start, columns: int
) -> None:
    terminal = wizard(columns)
    terminal.question()
    terminal.answer("")
    assert "Hears bats" in terminal.shown
    assert terminal.answer("1") == "samplerate [384000]:"
    assert terminal.answer("48000") == "samplerate [384000]:"
    assert "is none that batmic has: 384000" in " ".join(terminal.shown.split())
    assert "audio_channels" in terminal.answer("384000")


def test_of_a_microphone_that_is_not_there_any_rate_is_taken_with_a_warning(
    wizard: Start,
) -> None:
    terminal = wizard()
    terminal.question()
    terminal.answer("")
    assert "samplerate [48000]" in terminal.answer("hw:CARD=Later,DEV=0")
    assert "is none of those found; it is taken as you wrote it" in terminal.shown
    assert "audio_channels" in terminal.answer("192000")
    assert "can do is not known here" in terminal.shown


def test_without_any_microphone_it_says_what_to_do(wizard: Start, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    terminal = wizard(40, PATH=str(tmp_path / "empty"))
    terminal.question()
    assert terminal.answer("") == "device_name (required):"
    assert "No microphone was found. Plug one in and press Enter" in " ".join(
        terminal.shown.split()
    )
    assert terminal.answer("") == "device_name (required):"
    assert "samplerate" in terminal.answer("replay:/tmp/a.wav")


@WIDTHS
def test_optional_sections_are_skipped_unless_they_are_wanted(
    wizard: Start, home: Path, columns: int
) -> None:
    terminal = wizard(columns)
    terminal.question()
    asked = terminal.answer_until("Configure messaging.http")
    assert asked.endswith("[y/N]:")
    assert "neither yes nor no" not in terminal.shown
    assert "Configure" in terminal.answer("perhaps")
    assert "base_url (required)" in terminal.answer("y")
    assert "content_type" in terminal.answer("http://example.org")
    assert "Write this?" in terminal.answer("!")
    terminal.answer("")
    assert terminal.end() == 0
    assert written(home)["messaging"]["http"] is not None
    assert written(home)["messaging"]["mqtt"] is None


@WIDTHS
def test_the_summary_marks_what_differs_and_lets_a_section_be_changed(
    wizard: Start, home: Path, columns: int
) -> None:
    terminal = wizard(columns)
    terminal.question()
    terminal.answer_until("duration")
    terminal.answer("7")
    assert "Write this?" in terminal.answer("!")
    summary = terminal.shown.partition("What will be written")[2]
    assert re.search(r"^ +\* duration +7$", summary, re.M)
    assert re.search(r"^ +interval +10$", summary, re.M)
    assert "* differs from the default" in summary
    assert "Write this?" in terminal.answer("nonsense")
    assert "there is nothing called 'nonsense' to change" in " ".join(terminal.shown.split())
    assert terminal.answer("recording") == "duration [7]:"
    assert terminal.answer("8") == "interval [10]:"
    assert "Write this?" in terminal.answer("!")
    assert terminal.answer("recording.interval") == "interval [10]:"
    assert "Write this?" in terminal.answer("<")
    terminal.answer("yes")
    assert terminal.end() == 0
    assert written(home)["recording"]["duration"] == 8
    assert terminal.too_long() == []


@WIDTHS
def test_what_is_not_confirmed_is_not_written(wizard: Start, home: Path, columns: int) -> None:
    terminal = wizard(columns)
    terminal.question()
    assert "Write this?" in terminal.answer("!")
    terminal.answer("n")
    assert terminal.end() == 1
    assert "nothing was written" in terminal.shown
    assert not home.exists()


@WIDTHS
@pytest.mark.parametrize("last", ["timezone", "device_name", "duration", "Write this?"])
def test_ctrl_c_leaves_no_home_wherever_it_is_pressed(
    wizard: Start, home: Path, columns: int, last: str
) -> None:
    terminal = wizard(columns)
    if last not in terminal.question():
        terminal.answer_until(last)
    assert terminal.interrupt() == 130
    assert "Traceback" not in terminal.shown
    assert "nothing was written" in terminal.shown
    assert not home.exists()


def test_ctrl_c_leaves_a_home_that_is_there_as_it_was(wizard: Start, home: Path) -> None:
    first = wizard(ARGS="--no-prompt --microphone.device_name=hw:1")
    assert first.end() == 0
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    terminal = wizard()
    terminal.question()
    terminal.answer_until("duration")
    terminal.answer("9")
    assert terminal.interrupt() == 130
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before


@WIDTHS
def test_a_secret_is_never_on_the_screen(wizard: Start, home: Path, columns: int) -> None:
    terminal = wizard(columns)
    terminal.question()
    terminal.answer_until("Configure messaging.mqtt")
    assert "host (required)" in terminal.answer("y")
    terminal.answer("localhost")
    assert "password" in terminal.answer_until("password")
    terminal.answer("qwertzui")
    assert "password [keep]" in terminal.answer("<")
    terminal.answer("")
    assert "Write this?" in terminal.answer("!")
    assert re.search(r"\* password +\*{10}$", terminal.shown, re.M)
    terminal.answer("")
    assert terminal.end() == 0
    assert "qwertzui" not in terminal.raw
    assert written(home)["messaging"]["mqtt"]["password"] == "qwertzui"
    again = wizard(columns)
    again.question()
    again.answer("!")
    again.answer("")
    assert again.end() == 0
    assert "qwertzui" not in again.raw
    assert written(home)["messaging"]["mqtt"]["password"] == "qwertzui"


@WIDTHS
@pytest.mark.parametrize("how", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_colour_is_only_for_who_wants_it(wizard: Start, columns: int, how: dict[str, str]) -> None:
    terminal = wizard(columns, **how)
    terminal.question()
    terminal.answer_until("duration")
    terminal.answer("no")
    assert ("\x1b[" in terminal.raw) is not bool(how)


def test_nothing_clears_the_screen_or_moves_about_it(wizard: Start) -> None:
    terminal = wizard()
    terminal.question()
    terminal.answer("!")
    terminal.answer("")
    terminal.end()
    assert "\x1b" not in ESCAPES.sub("", terminal.raw)


@WIDTHS
def test_a_question_mark_tells_more(wizard: Start, columns: int) -> None:
    terminal = wizard(columns)
    terminal.question()
    terminal.answer_until("duration")
    assert terminal.answer("?") == "duration [3]:"
    assert "--recording.duration VALUE" in terminal.shown
    assert terminal.too_long() == []


@WIDTHS
def test_models_are_chosen_from_a_list_that_says_what_they_are(
    wizard: Start, home: Path, columns: int
) -> None:
    terminal = wizard(columns, PROGRAM="acoupi.programs.models")
    terminal.question()
    assert terminal.answer("") == "models (required):"
    said = " ".join(terminal.shown.split())
    assert "birdnet: BirdNET v2.4: 6522 species" in said
    assert "not installed yet: acoupi models install birdnet" in said
    assert terminal.answer("9") == "models (required):"
    assert "device_name" in terminal.answer("3, activity")
    assert terminal.answer("<") == "models [birdnet, activity]:"
    assert "Write this?" in terminal.answer("!")
    terminal.answer("")
    assert terminal.end() == 0
    assert terminal.too_long() == []
    document = json.loads((home / "config" / "program.json").read_text())
    assert [model["name"] for model in document["models"]] == ["birdnet", "activity"]


@WIDTHS
def test_further_microphones_are_chosen_from_those_that_are_left(
    wizard: Start, home: Path, columns: int
) -> None:
    terminal = wizard(columns)
    terminal.question()
    terminal.answer("")
    terminal.answer("2")
    assert "Is there a further microphone? [y/N]" in terminal.answer_until("further")
    assert terminal.answer("y") == "device_name [1]:"
    assert "1 further microphone was found" in " ".join(terminal.shown.split())
    assert terminal.answer("birdmic") == "device_name [1]:"
    assert terminal.answer("") == "samplerate [384000]:"
    assert terminal.answer_until("name (req") == "name (required):"
    assert "recording? [y/N]" in terminal.answer("bats")
    assert "Is there a further microphone? [y/N]" in terminal.answer("")
    assert "duration" in terminal.answer("")
    assert "Write this?" in terminal.answer("!")
    assert "Is there a further microphone? [Y/n]" in terminal.answer("further")
    assert "keep these?" in terminal.answer("")
    assert "Write this?" in terminal.answer("!")
    terminal.answer("")
    assert terminal.end() == 0
    assert terminal.too_long() == []
    said = " ".join(terminal.shown.split())
    assert "acoupi config set --field microphone.name NAME" in said
    document = json.loads((home / "config" / "program.json").read_text())
    further = [
        (m["name"], m["device_name"], m["samplerate"]) for m in document["further_microphones"]
    ]
    assert document["microphone"]["device_name"] == "birdmic"
    assert further == [("bats", "batmic", 384_000)]


def test_who_has_one_microphone_is_told_nothing_of_others(wizard: Start, home: Path) -> None:
    terminal = wizard()
    terminal.question()
    assert "Write this?" in terminal.answer("!")
    assert "urther" not in terminal.shown
    terminal.answer("")
    assert terminal.end() == 0
    assert "microphone.name" not in terminal.shown
    assert json.loads((home / "config" / "program.json").read_text())["further_microphones"] == []
