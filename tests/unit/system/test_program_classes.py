from collections.abc import Callable

import pytest

from acoupi.errors import InvalidProgramError, ProgramNotFoundError
from acoupi.system import load_program_class

BASE = """
from pydantic import BaseModel
from acoupi.programs import AcoupiProgram

class Config(BaseModel):
    pass
"""
ONE = BASE + "class Sensor(AcoupiProgram[Config]):\n    def setup(self, config): pass\n"
TWO = ONE + "class Other(AcoupiProgram[Config]):\n    def setup(self, config): pass\n"

Write = Callable[..., str]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ONE, "Sensor"),
        (ONE + "class Better(Sensor): pass\n", "Better"),
        (TWO + "class Program(Other): pass\n", "Program"),
        ("from other_program import Program as Base\nclass Program(Base): pass\n", "Program"),
        ("from other_program import Program as Base\nclass Mine(Base): pass\n", "Mine"),
        ("from other_program import Program\n", "Program"),
        (
            "from other_program import Program as Base\n"
            "import sys\n__all__ = ['Lazy']\n"
            "def __getattr__(name):\n"
            "    if name == 'Lazy':\n"
            "        return Base\n"
            "    raise AttributeError(name)\n",
            "Program",
        ),
    ],
)
def test_the_program_of_a_module_is_found(write_module: Write, text: str, expected: str) -> None:
    write_module("other_program", ONE.replace("Sensor", "Program"))

    found = load_program_class(write_module("some_program", text))

    assert found.__name__ == expected


def test_a_program_derived_from_an_imported_one_of_the_same_name_is_the_derived_one(
    write_module: Write,
) -> None:
    write_module("other_program", ONE.replace("Sensor", "Program"))
    name = write_module(
        "derived_program",
        "import other_program\nclass Program(other_program.Program):\n    derived = True\n",
    )

    assert load_program_class(name).__module__ == name


@pytest.mark.parametrize(
    ("text", "reason"),
    [("x = 1", "no acoupi program"), (BASE, "no acoupi program"), (TWO, "several")],
)
def test_a_module_without_one_program_is_refused(
    write_module: Write, text: str, reason: str
) -> None:
    with pytest.raises(InvalidProgramError, match=reason):
        load_program_class(write_module("bad_program", text))


@pytest.mark.parametrize("name", ["no_such_program", "acoupi.programs.nope", "", "..", "a/b"])
def test_a_module_that_is_not_there_is_not_found(name: str) -> None:
    with pytest.raises(ProgramNotFoundError, match="cannot be imported"):
        load_program_class(name)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import no_such_library", "no_such_library"),
        ("raise RuntimeError('no microphone')", "no microphone"),
        ("def f(:", "SyntaxError"),
    ],
)
def test_why_a_module_does_not_import_is_said(write_module: Write, text: str, reason: str) -> None:
    with pytest.raises(ProgramNotFoundError, match=reason):
        load_program_class(write_module("broken_program", text))


def test_a_package_can_announce_a_program_under_a_name(
    write_module: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    from importlib.metadata import EntryPoint

    name = write_module("announced_module", TWO)
    found = [EntryPoint("nice-name", f"{name}:Other", "acoupi.programs")]

    def entry_points(group: str, name: str) -> list[EntryPoint]:
        return [e for e in found if (e.group, e.name) == (group, name)]

    monkeypatch.setattr("acoupi.system.program_classes.entry_points", entry_points)

    assert load_program_class("nice-name").__name__ == "Other"


def test_where_a_module_is_wrong_is_said(write_module: Write) -> None:
    name = write_module("wrong_program", "x = 1\nconfig_schema = defalt.ConfigSchema\n")
    with pytest.raises(ProgramNotFoundError, match=r"'defalt' is not .*wrong_program\.py, line 2"):
        load_program_class(name)


@pytest.mark.parametrize("path", ["owls.py", "./owls", "programs/owls.py"])
def test_whoever_names_the_file_of_a_module_is_told_its_name(path: str) -> None:
    with pytest.raises(ProgramNotFoundError) as caught:
        load_program_class(path)
    assert "name the module: owls" in (caught.value.help or "")
