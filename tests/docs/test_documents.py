"""What the documents say is true: their Python runs, their commands and links are there."""

import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from acoupi.cli import acoupi

REPOSITORY = Path(__file__).parents[2]
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "examples/**/*.md")
    for path in REPOSITORY.glob(pattern)
)
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
NO_TESTS_IN_IT = 5

BlocksOf = Callable[[Path, str], list[str]]
each_document = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda path: str(path.relative_to(REPOSITORY))
)


def commands(text: str) -> Iterator[list[str]]:
    """Yield the words of each ``acoupi`` command of a fence."""
    for line in text.replace("\\\n", " ").splitlines():
        command = line.removeprefix("$ ").partition(" && ")[0]
        if command.startswith("acoupi ") and "…" not in command:
            yield shlex.split(command, comments=True)[1:]


def missing(words: list[str]) -> list[str]:
    """Return the words of a command that the command line does not know."""
    command: click.Command = acoupi
    context = click.Context(command)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(context, words[0])
        if found is None:
            return words[:1]
        command, words = found, words[1:]
    known = {flag for each in command.params for flag in (*each.opts, *each.secondary_opts)}
    flags = [word.partition("=")[0] for word in words if word.startswith("--")]
    is_field = command.name == "setup"
    return [f for f in flags if f not in known | {"--help"} and not (is_field and "." in f)]


@each_document
def test_every_command_and_option_is_there(document: Path, blocks_of: BlocksOf) -> None:
    fences = [text for kind in ("sh", "console", "bash") for text in blocks_of(document, kind)]
    for text in fences:
        for words in commands(text):
            assert missing(words) == [], " ".join(["acoupi", *words])


@each_document
def test_every_link_within_the_repository_leads_somewhere(document: Path) -> None:
    targets = [t for t in LINK.findall(document.read_text()) if "://" not in t]
    assert [t for t in targets if not (document.parent / t).exists()] == []


@each_document
def test_every_line_of_python_runs(document: Path, blocks_of: BlocksOf, tmp_path: Path) -> None:
    blocks = blocks_of(document, "python")
    if not blocks:
        return
    (tmp_path / "test_document.py").write_text("\n\n".join(blocks))
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_document.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode in (0, NO_TESTS_IN_IT), result.stdout


@pytest.mark.parametrize(
    ("command", "wrong"),
    [
        ("acoupi deployment begin --name x", ["begin"]),
        ("acoupi check --all", ["--all"]),
        ("acoupi setup --program x --recording.duration 3 --prompted", ["--prompted"]),
        ("acoupi deployment start --name=x", []),
    ],
)
def test_a_command_that_is_not_there_would_be_found(command: str, wrong: list[str]) -> None:
    [words] = commands(f"$ {command}")
    assert missing(words) == wrong
