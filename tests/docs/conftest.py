"""Commands from a document, run as a reader would run them."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from acoupi.components import SqliteStore

REPOSITORY = Path(__file__).parents[2]
FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(document: Path, language: str) -> list[str]:
    """Return what a document has in fences of a language."""
    return [text for kind, text in FENCED.findall(document.read_text()) if kind == language]


@dataclass
class Reader:
    """Somebody with a shell, a home and a folder to work in."""

    home: Path
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("ACOUPI_", "PYTEST_"))}
        own = {
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(self.home / "runtime"),
            "ACOUPI_SUPERVISION": "detached",
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }
        return kept | own

    @property
    def store(self) -> SqliteStore:
        return SqliteStore(self.home / "storages" / "metadata.db")

    def run(self, script: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def succeed(self, script: str) -> str:
        result = self.run(script)
        assert result.returncode == 0, f"{script}\n{result.stdout}\n{result.stderr}"
        return result.stdout + result.stderr


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    reader = Reader(tmp_path / "home", tmp_path / "folder")
    for folder in (reader.home, reader.folder):
        folder.mkdir()
    yield reader
    reader.run("acoupi deployment stop")
    monkeypatch.setenv("HOME", str(reader.home))
    monkeypatch.delenv("ACOUPI_HOME", raising=False)
    from acoupi._home import temp_audio_dir

    shutil.rmtree(temp_audio_dir(), ignore_errors=True)


@pytest.fixture(scope="session")
def blocks_of() -> Callable[[Path, str], list[str]]:
    """``blocks_of(document, language)``: what a document has in fences of a language."""
    return blocks


@pytest.fixture(scope="session")
def repository() -> Path:
    """Return the repository's folder."""
    return REPOSITORY
