"""Standard output that is no file."""

import io
import sys

import pytest

from acoupi.cli import main


def test_a_program_that_calls_the_command_line_may_keep_what_it_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = io.StringIO()
    monkeypatch.setattr(sys, "stdout", kept)
    monkeypatch.setattr(sys, "argv", ["acoupi", "--version"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert kept.getvalue().startswith("acoupi")
