"""``acoupi check`` as a person has it before their eyes."""

import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

from pseudo_terminal import PseudoTerminal

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def test_what_it_tells_beside_its_findings_fits_the_terminal(
    run: Callable[..., CompletedProcess[str]], home: Path
) -> None:
    values = ("setup", "--program", "acoupi.programs.activity", "--no-prompt")
    assert run(*values, "--microphone.device_name", "replay:nothing.wav").returncode == 0
    with PseudoTerminal(40, "check", env={"ACOUPI_HOME": str(home)}) as terminal:
        terminal.end()
        lines = ESCAPES.sub("", terminal.shown).splitlines()
    told = lines[lines.index("keeps recordings that any of these") :]
    assert told[1] == "wants: SavingThreshold from 0.5"
    assert max(map(len, told)) <= 40
