"""What a command says where its results cannot be written."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Write = Callable[..., subprocess.CompletedProcess[str]]

FULL = Path("/dev/full")
COMMANDS = ["--version", "--help", "recordings --help", "recordings --csv", "config show"]


@pytest.fixture
def write(home: Path, prepared: Path) -> Write:
    """Run the command line with standard output somewhere."""
    shutil.copytree(prepared, home, symlinks=True)

    def run(words: str, **how: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "acoupi", *words.split()],
            env=os.environ | {"ACOUPI_HOME": str(home)},
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            **how,
        )

    return run


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", [*COMMANDS, "task profile recovery_task"])
def test_a_full_disk_under_standard_output_is_named(
    write: Write, words: str, unbuffered: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    with FULL.open("w") as full:
        result = write(words, stdout=full)
    said = [line for line in result.stderr.splitlines() if line.startswith(("error", "hint"))]
    assert result.returncode == 1
    assert said == [
        "error: standard output cannot be written: No space left on device",
        "hint: make space where it goes, or send it elsewhere",
    ]
    assert "Traceback" not in result.stderr
    assert "Exception" not in result.stderr


@pytest.mark.parametrize("words", COMMANDS)
def test_of_a_reader_that_has_left_nothing_is_said(write: Write, words: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    result = write(words, stdout=writing)
    os.close(writing)
    assert (result.returncode, result.stderr) == (1, "")


def test_where_standard_output_is_closed_a_command_still_does_its_work(write: Write) -> None:
    result = write("recordings", preexec_fn=lambda: os.close(1))
    assert (result.returncode, result.stderr) == (0, "nothing found\n")
