"""A thousand things that people may type, and what becomes of them: a line, and nothing else."""

import random
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from acoupi.cli import acoupi
from acoupi.config import walk
from acoupi.config.values import json_from_text
from acoupi.system.program_classes import load_program_class

PROGRAM = "acoupi.programs.connected"
TEXTS = [
    *("", " ", "-", "--", "soon", "-1", "-0.5", "1e999", "-1e400", "NaN", "Infinity", "0x10"),
    *("9" * 400, "-" + "9" * 5000, "1" * 20000, "0", "null", "true", "yes", "[]", "{}", "[[["),
    *("[" * 9000, '{"a":' * 3000, '{"a": 1', '["a"', "'a'", '"a"', '"\\ud800"', "{'a': 1}"),
    *(
        "\x01",
        "\x1b[31mred",
        "a\nb",
        "a\r\nb",
        "\t",
        "\x7f",
        "\u202e",
        "\ufeff",
        "ünï",
        "日本",
        "🦇",
    ),
    *("\udcff", "25:00", "06:00:99", "24:60", "dawn", "2026-02-30", "Europe/Atlantis", "../etc"),
    *("/no/such/path", "~nobody/x", "/dev/null/x", "a" * 4000, "%s%n", "$(reboot)", "`id`", "{0}"),
    *("ftp://", "http://", "http://[::1", "not a url", "tcp://", "-inf", "1_000", "1,5", "٣"),
]
UNKNOWN = [
    "recordin.duration",
    "x",
    "recording.duratio",
    "a.b.c",
    "__class__",
    "paths.",
    "é",
    "\x07",
]


def wrong_pairs() -> Iterator[tuple[str, str]]:
    """Yield fields with texts that they do not take, and names that are no field."""
    section = walk(load_program_class(PROGRAM).get_config_schema())
    for leaf in section.leaves():
        for text in TEXTS:
            try:
                json_from_text(leaf.adapter, text)
            except ValueError:
                yield leaf.name, text
    for name in UNKNOWN:
        for text in TEXTS:
            yield name, text


PAIRS = random.Random(4).sample(sorted(set(wrong_pairs())), 1000)


def snapshot(home: Path) -> dict[str, tuple[int, int, bytes]]:
    paths = sorted(home.rglob("*")) if home.exists() else []
    return {
        str(path): (
            stat.S_IMODE(path.lstat().st_mode),
            path.lstat().st_mtime_ns,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in paths
    }


def is_kindly_refused(result: Result) -> bool:
    """Tell whether a command said in a few printable lines what is wrong, and nothing more."""
    *problems, hint = result.stderr.rstrip("\n").split("\n")
    lines = [*problems, hint] if not hint.startswith("hint: ") else problems
    return (
        result.exit_code not in (0, 1, 70)
        and result.stdout == ""
        and "Traceback" not in result.stderr
        and (lines[0].startswith("error: ") or result.exit_code == 2)
        and all(line.isprintable() and len(line) < 500 for line in [*lines, hint])
        and (len(lines) == 1 or "problems with" in lines[0] or result.exit_code == 2)
    )


@pytest.mark.parametrize("part", range(4))
def test_a_thousand_wrong_values_are_refused_in_a_line_and_change_nothing(
    home: Path, prepared: Path, part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACOUPI_HOME", str(home))
    shutil.copytree(prepared, home, symlinks=True)
    before = snapshot(home)
    runner = CliRunner()
    for field, text in PAIRS[part::4]:
        result = runner.invoke(acoupi, ["config", "set", f"--field={field}", "--", text])
        assert is_kindly_refused(result), (field, text[:80], result.output[:900])
    assert snapshot(home) == before


@pytest.mark.parametrize("is_new", [True, False])
def test_a_thousand_wrong_flags_are_refused_a_line_each_and_change_nothing(
    home: Path, prepared: Path, is_new: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACOUPI_HOME", str(home))
    if not is_new:
        shutil.copytree(prepared, home, symlinks=True)
    before = snapshot(home)
    runner = CliRunner()
    device = [] if is_new else ["--microphone.device_name=hw:1"]
    for field, text in PAIRS[is_new::2]:
        words = ["setup", "--program", PROGRAM, "--no-prompt", f"--{field}={text}"]
        extra = [] if field == "microphone.device_name" else device
        result = runner.invoke(acoupi, [*words, *extra])
        assert is_kindly_refused(result), (field, text[:80], result.output[:900])
    assert snapshot(home) == before
    assert home.exists() is not is_new


@pytest.mark.parametrize(
    "words",
    [
        ("set", "{"),
        ("set", "[]"),
        ("set", '{"nope": 1}'),
        ("set", "--field", "recording", "[1]"),
        ("unset", "--field", "nope"),
        ("unset", "--field", "\x1b[31m"),
        ("get", "--field", "nope.nope"),
        ("diff", "/no/such/file"),
        ("diff", "12345678901234567890"),
        ("validate", "/no/such/file"),
        ("validate", "/"),
        ("validate", "\x00"),
        ("import", "/no/such/file"),
        ("export", "/no/such/folder/x.json"),
        ("undo", "99"),
        ("undo", "--to", "99"),
        ("undo", "0"),
        ("undo", "x"),
    ],
)
def test_wrong_words_for_the_other_commands_are_refused_in_a_line(
    home: Path, prepared: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACOUPI_HOME", str(home))
    shutil.copytree(prepared, home, symlinks=True)
    before = snapshot(home)
    assert is_kindly_refused(CliRunner().invoke(acoupi, ["config", *words]))
    assert snapshot(home) == before
