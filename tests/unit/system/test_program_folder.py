import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from acoupi.system.program_folder import folder_of
from acoupi.system.programs import load_program
from acoupi.system.settings import Settings
from acoupi.system.setups import setup_program

PROGRAM = """
from acoupi.programs.test import TestProgram as Base

class Program(Base):
    pass
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a program that is not installed, to stand in."""
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "my_program.py").write_text(PROGRAM)
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield folder
    sys.modules.pop("my_program", None)


def forget(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Be a new process that runs elsewhere."""
    sys.modules.pop("my_program", None)
    monkeypatch.setattr(sys, "path", [path for path in sys.path if path != str(folder)])
    monkeypatch.chdir("/")


def test_a_program_in_the_working_folder_is_found_again_from_elsewhere(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(home=tmp_path / "home")
    setup_program(settings, "my_program")
    forget(monkeypatch, folder)
    assert type(load_program(settings)).__module__ == "my_program"


def test_an_installed_program_needs_no_folder(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(home=tmp_path / "home")
    setup_program(settings, "my_program")
    setup_program(settings, "acoupi.programs.test")
    assert not settings.program_folder_file.exists()


def test_only_a_module_that_lies_in_the_folder_itself_is_from_there(tmp_path: Path) -> None:
    assert folder_of(Settings, tmp_path) is None
    assert folder_of(Settings, Path(sys.modules["acoupi"].__file__ or "").parent) is None
    above = Path(sys.modules["acoupi"].__file__ or "").parent.parent
    assert folder_of(Settings, above) == above
