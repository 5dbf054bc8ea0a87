"""A home of its own for each test, and programs to put into it."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from acoupi.system import Settings

PROGRAM = """
from pydantic import BaseModel
from acoupi.programs import AcoupiProgram

class Config(BaseModel):
    name: str
    seconds: float = 3.0

class Program(AcoupiProgram[Config]):
    config_schema = Config

    def setup(self, config):
        def greet():
            return f"hello {config.name}"

        self.add_task(greet)
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("ACOUPI_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def settings(home: Path) -> Settings:
    return Settings()


@pytest.fixture
def write_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """``write_module(name, text)``: make a module that can be imported during the test."""
    folder = tmp_path / "modules"
    folder.mkdir()
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
    known = set(sys.modules)

    def write(name: str, text: str = PROGRAM) -> str:
        (folder / f"{name}.py").write_text(text)
        return name

    yield write
    for name in set(sys.modules) - known:
        if getattr(sys.modules[name], "__file__", "") == str(folder / f"{name}.py"):
            del sys.modules[name]
