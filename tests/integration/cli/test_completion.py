"""``acoupi completion``, and what shells are told."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

DEFAULT = "acoupi.programs.default"


@pytest.fixture
def completed(run: Run) -> Callable[[str], list[str]]:
    """Return what could be the last word of a line."""

    def complete(line: str) -> list[str]:
        last = str(len(line.split(" ")) - 1)
        result = run(COMP_WORDS=line, COMP_CWORD=last, _ACOUPI_COMPLETE="bash_complete")
        assert result.stderr == ""
        return [word.partition(",")[2] for word in result.stdout.splitlines() if word]

    return complete


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_one_that_the_shell_can_read(run: Run, shell: str, tmp_path: Path) -> None:
    result = run("completion", shell)
    assert result.returncode == 0
    assert "_ACOUPI_COMPLETE" in result.stdout
    program = shutil.which(shell)
    if program:
        script = tmp_path / "script"
        script.write_text(result.stdout)
        subprocess.run([program, "-n", str(script)], check=True)


def test_another_shell_is_a_wrong_call(run: Run) -> None:
    assert run("completion", "csh").returncode == 2


def test_commands_and_programs_are_completed(completed: Callable[[str], list[str]]) -> None:
    assert "setup" in completed("acoupi ")
    assert completed("acoupi depl") == ["deployment"]
    assert completed("acoupi setup --program ")[0] == DEFAULT
    assert completed("acoupi setup --program acoupi.programs.c") == ["acoupi.programs.connected"]


def test_options_of_the_program_are_completed_beside_those_of_the_command(
    completed: Callable[[str], list[str]],
) -> None:
    assert "--no-prompt" in completed("acoupi setup --")
    named = completed(f"acoupi setup --program {DEFAULT} --microphone.s")
    assert named == ["--microphone.samplerate"]
    mqtt = completed("acoupi setup --program acoupi.programs.connected --no-mess")
    assert mqtt[0] == "--no-messaging.mqtt.use_tls"


def test_a_program_that_cannot_be_loaded_has_no_options(
    completed: Callable[[str], list[str]],
) -> None:
    assert completed("acoupi setup --program nothing.here --micro") == []


def test_completing_makes_no_home(completed: Callable[[str], list[str]], home: Path) -> None:
    completed(f"acoupi setup --program {DEFAULT} --")
    assert not home.exists()
