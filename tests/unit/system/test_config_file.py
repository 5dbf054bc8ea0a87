"""A configuration that is changed, kept, migrated, and brought back."""

import json
import os
import stat
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import BaseModel

from acoupi.config import set_config_field
from acoupi.errors import ConfigurationError
from acoupi.system import Settings, load_config_schema, setup_program
from acoupi.system.config_export import export_config, read_export
from acoupi.system.config_file import ConfigChange, change_config, load_home_config
from acoupi.system.config_history import LONGEST_HISTORY, read_history
from acoupi.system.config_import import import_config
from acoupi.system.config_undo import undo_config
from acoupi.system.home_lock import changing
from acoupi.system.pending import HomeFile, finish_writing, write_together

Write = Callable[..., str]

VERSIONED = """
from typing import ClassVar
from pydantic import BaseModel
from acoupi.programs import AcoupiProgram

class Config(BaseModel):
    config_version: ClassVar[int] = 2
    name: str
    minutes: float = 1.0

    @classmethod
    def migrate(cls, document, version):
        seconds = document.pop("seconds", 60)
        return {**document, "minutes": seconds / 60}

class Program(AcoupiProgram[Config]):
    config_schema = Config

    def setup(self, config):
        pass
"""


@pytest.fixture
def ready(settings: Settings, write_module: Write) -> Settings:
    setup_program(settings, write_module("greeter"), ["--name", "bat"])
    return settings


def put(settings: Settings, field: str, value: object) -> ConfigChange:
    return change_config(
        settings,
        load_config_schema(settings),
        lambda config: set_config_field(config, field, value),
        f"put {field}",
    )


def fork() -> int:
    with warnings.catch_warnings():  # the child does nothing that a thread could have locked
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def held(settings: Settings) -> dict[str, object]:
    return json.loads(settings.program_config_file.read_text())


def undo(settings: Settings, steps: int = 1, number: int | None = None) -> dict[str, object]:
    undo_config(settings, load_config_schema(settings), steps, number)
    return held(settings)


def test_every_change_is_kept_with_what_made_it(ready: Settings) -> None:
    assert put(ready, "seconds", 5).is_made
    assert not put(ready, "seconds", 5).is_made
    entries = read_history(ready)
    assert [(e.number, e.command) for e in entries] == [
        (1, "acoupi setup --program greeter"),
        (2, "put seconds"),
    ]
    assert entries[0].made_on <= entries[1].made_on
    assert entries[1].config == held(ready)


def test_the_history_is_for_its_owner_only(ready: Settings) -> None:
    folder = ready.program_config_file.with_name("history")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_the_history_does_not_grow_for_ever(ready: Settings) -> None:
    for n in range(LONGEST_HISTORY + 5):
        put(ready, "seconds", n + 10)
    entries = read_history(ready)
    assert len(entries) == LONGEST_HISTORY
    assert entries[-1].number == LONGEST_HISTORY + 6


def test_undoing_goes_back_a_change_at_a_time_and_can_itself_be_undone(ready: Settings) -> None:
    for seconds in (5, 6, 7):
        put(ready, "seconds", seconds)
    assert undo(ready)["seconds"] == 6
    assert undo(ready)["seconds"] == 5
    put(ready, "seconds", 8)
    assert undo(ready)["seconds"] == 5
    assert undo(ready)["seconds"] == 3
    with pytest.raises(ConfigurationError, match="does not go back that far"):
        undo(ready)
    assert undo(ready, number=4)["seconds"] == 7
    assert undo(ready, steps=2)["seconds"] == 5


@pytest.mark.parametrize("broken", [b"", b'{"name": ', b"\xff\xfe", b"[]", b'{"name": 5}', None])
def test_undoing_brings_back_the_last_whole_file(ready: Settings, broken: bytes | None) -> None:
    put(ready, "seconds", 5)
    whole, path = held(ready), ready.program_config_file
    path.unlink() if broken is None else path.write_bytes(broken)
    with pytest.raises(ConfigurationError) as caught:
        put(ready, "seconds", 6)
    assert str(path) in str(caught.value)
    assert "acoupi config undo" in str(caught.value.help)

    assert undo(ready) == whole
    if broken is not None:
        assert path.with_name("program.json.bak").read_bytes() == broken
    assert undo(ready)["seconds"] == 3


def test_what_was_changed_by_hand_can_be_had_back(ready: Settings) -> None:
    ready.program_config_file.write_text('{"name": "by hand", "seconds": 1}')
    put(ready, "seconds", 2)
    assert undo(ready) == {"name": "by hand", "seconds": 1}
    assert undo(ready)["name"] == "bat"


def test_what_a_set_up_replaces_can_be_had_back(ready: Settings) -> None:
    ready.program_config_file.write_text('{"name": "by hand", "seconds": 1}')
    setup_program(ready, "greeter", ["--name", "owl"], keep=False)
    assert undo(ready) == {"name": "by hand", "seconds": 1}


def test_a_state_of_another_program_is_not_brought_back(
    ready: Settings, write_module: Write
) -> None:
    setup_program(ready, write_module("other"), ["--name", "owl"])
    with pytest.raises(ConfigurationError, match="configuration of greeter; other is set up"):
        undo(ready)
    assert held(ready)["name"] == "owl"


def test_an_entry_that_is_not_there_is_named(ready: Settings) -> None:
    with pytest.raises(ConfigurationError, match="no entry 9"):
        undo(ready, number=9)


def test_a_configuration_of_an_earlier_version_is_migrated_and_kept_beside(
    settings: Settings, write_module: Write
) -> None:
    setup_program(settings, write_module("versioned", VERSIONED), ["--name", "bat"])
    path, version = settings.program_config_file, settings.program_config_file.with_name("version")
    assert version.read_text() == "2\n"
    version.unlink()  # the first version has none
    path.write_text('{"name": "bat", "seconds": 120}')

    config = load_home_config(settings, load_config_schema(settings))

    assert config.model_dump() == {"name": "bat", "minutes": 2}
    assert held(settings) == {"name": "bat", "minutes": 2}
    assert version.read_text() == "2\n"
    backup = path.with_name("program.json.v1.bak")
    assert json.loads(backup.read_text()) == {"name": "bat", "seconds": 120}
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert read_history(settings)[-1].command == "migrated from version 1 to 2"
    undo(settings)
    assert held(settings) == {"name": "bat", "minutes": 2}


def test_a_set_up_keeps_values_of_an_earlier_version(
    settings: Settings, write_module: Write
) -> None:
    name = write_module("versioned", VERSIONED)
    setup_program(settings, name, ["--name", "bat"])
    settings.program_config_file.with_name("version").unlink()
    settings.program_config_file.write_text('{"name": "bat", "seconds": 120}')
    setup_program(settings, name, [])
    assert held(settings) == {"name": "bat", "minutes": 2}


@pytest.mark.parametrize(("text", "said"), [("3", "of version 3"), ("x", "whole number")])
def test_a_version_that_cannot_be_read_changes_nothing(
    settings: Settings, write_module: Write, text: str, said: str
) -> None:
    setup_program(settings, write_module("versioned", VERSIONED), ["--name", "bat"])
    settings.program_config_file.with_name("version").write_text(text)
    before = held(settings)
    with pytest.raises(ConfigurationError, match=said):
        load_home_config(settings, load_config_schema(settings))
    assert held(settings) == before


def test_what_a_killed_command_began_is_finished(ready: Settings, tmp_path: Path) -> None:
    a, b = HomeFile(tmp_path / "a", "1", 0o600), HomeFile(tmp_path / "b", "2")

    def die(file: HomeFile) -> None:
        if file is b:
            os._exit(9)

    child = fork()
    if child == 0:
        write_together(ready, [a, b], die)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert a.is_written()
    assert not b.is_written()

    finish_writing(ready)

    assert b.is_written()
    assert not ready.program_config_file.with_name("pending.json").exists()


def test_a_killed_holder_of_the_lock_lets_go(ready: Settings) -> None:
    child = fork()
    if child == 0:
        with changing(ready):
            os._exit(9)
    os.waitpid(child, 0)
    assert put(ready, "seconds", 9).is_made


def test_a_set_up_does_not_write_over_what_changed_meanwhile(
    ready: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from acoupi.system import setups

    parse = setups.parse_config_from_args

    def slow(*args: object, **kwargs: object) -> BaseModel:
        put(ready, "seconds", 9)
        return parse(*args, **kwargs)  # type: ignore[arg-type] # pyright: ignore

    monkeypatch.setattr(setups, "parse_config_from_args", slow)
    with pytest.raises(ConfigurationError, match="changed by another command meanwhile"):
        setup_program(ready, "greeter", ["--name", "owl"])
    assert held(ready) == {"name": "bat", "seconds": 9}


@pytest.mark.parametrize("as_toml", [False, True])
def test_a_document_sets_up_another_home_alike(
    ready: Settings, tmp_path: Path, as_toml: bool
) -> None:
    config = put(ready, "seconds", 9).after
    text = export_config("greeter", config, show_secrets=False).text(as_toml)
    other = Settings(home=tmp_path / "other")

    done = import_config(other, read_export(text, "x"), "x", program_change=False, dry_run=False)

    assert done.sets_up
    assert held(other) == held(ready)
    assert read_history(other)[0].command == "acoupi config import x"


def test_a_document_for_another_program_needs_consent(
    ready: Settings, write_module: Write
) -> None:
    name = write_module("other")
    export = export_config(name, put(ready, "seconds", 9).after, show_secrets=False)
    with pytest.raises(ConfigurationError, match="is for other; greeter is set up"):
        import_config(ready, export, "x", program_change=False, dry_run=False)
    assert import_config(ready, export, "x", program_change=True, dry_run=False).sets_up
    assert ready.program_name_file.read_text() == "other\n"


def test_a_document_with_a_field_nobody_knows_is_refused(ready: Settings) -> None:
    export = export_config("greeter", put(ready, "seconds", 9).after, show_secrets=False)
    export.config["minutes"] = 3
    with pytest.raises(ConfigurationError, match="x: greeter has no field minutes"):
        import_config(ready, export, "x", program_change=False, dry_run=False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "x is no exported configuration: acoupi, config, program"),
        ("[]", "x is no exported configuration"),
        ('{"a":\n 1,}', "x is not JSON: line 2"),
        ("a = ", "x is neither JSON nor TOML"),
        ('{"acoupi_config": 9, "acoupi": "9", "program": "p", "config": {}}', "acoupi_config"),
        ("[" * 5000, "x is (not|neither) JSON"),
    ],
)
def test_what_is_no_export_is_named(text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        read_export(text, "x")
