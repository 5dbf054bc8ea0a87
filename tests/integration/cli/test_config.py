"""``acoupi config``: reading, changing, the past, and other devices."""

import json
import os
import pty
import shutil
import stat
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from acoupi.cli import acoupi
from acoupi.cli.commands.config import config as group

Call = Callable[..., Result]

COMMANDS = group.list_commands(click.Context(group))
HEAVY = ("celery", "kombu", "pydantic", "jinja2", "requests", "numpy", "rich", "psutil", "astral")


@pytest.fixture
def config(home: Path, prepared: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """``config(*words)``: call ``acoupi config`` in a home that is set up."""
    shutil.copytree(prepared, home, symlinks=True)
    monkeypatch.setenv("ACOUPI_HOME", str(home))

    def call(*words: str, **options: Any) -> Result:
        return CliRunner().invoke(acoupi, ["config", *words], **options)

    return call


def written(home: Path) -> dict[str, Any]:
    return json.loads((home / "config" / "program.json").read_text())


def set_duration(config: Call, value: str, *more: str) -> None:
    assert config("set", "--field", "recording.duration", value, *more).exit_code == 0


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "import"])
def test_without_a_home_each_command_only_says_so(
    home: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACOUPI_HOME", str(home))
    words = {"set": ["5"], "unset": ["--field", "x"]}.get(name, [])
    result = CliRunner().invoke(acoupi, ["config", name, *words])
    assert (result.exit_code, result.stdout) == (9, "")
    assert result.stderr.startswith(f"error: {home} is not set up\n")
    assert not home.exists()


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_examples_and_loads_nothing_heavy(run: Callable[..., Any], name: str) -> None:
    result = run("config", name, "--help", PYTHONPROFILEIMPORTTIME="1")
    assert result.returncode == 0
    assert "Examples:" in result.stdout
    loaded = {line.rpartition("|")[2].strip().split(".")[0] for line in result.stderr.splitlines()}
    assert not loaded & set(HEAVY)


def test_a_change_is_told_on_stderr_field_by_field(config: Call, home: Path) -> None:
    result = config("set", "--field", "recording.duration", "7")
    assert (result.stdout, result.stderr) == ("", "recording.duration: 3.0 -> 7.0\n")
    again = config("set", "7", "--field", "recording.duration")
    assert "nothing is different" in again.stderr
    assert written(home)["recording"]["duration"] == 7


def test_the_documented_forms_of_set_work(config: Call, home: Path) -> None:
    document = json.loads(config("get").stdout)
    document["recording"]["interval"] = 33
    assert config("set", json.dumps(document)).exit_code == 0
    assert written(home)["recording"]["interval"] == 33
    assert written(home)["messaging"]["mqtt"]["password"] == "hushhush"


def test_unset_goes_back_to_the_default(config: Call, home: Path) -> None:
    before = written(home)
    set_duration(config, "7")
    assert config("unset", "--field", "recording.duration").exit_code == 0
    assert written(home) == before
    assert config("unset", "--field", "messaging.mqtt").exit_code == 0
    assert written(home)["messaging"]["mqtt"] is None


@pytest.mark.parametrize("name", ["get", "show", "diff", "schema", "validate", "history"])
def test_whatever_reads_can_be_read_by_a_program(config: Call, name: str) -> None:
    result = config(name, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout)


def test_what_is_required_cannot_be_unset(config: Call, home: Path) -> None:
    before = written(home)
    result = config("unset", "--field", "microphone.device_name")
    assert result.exit_code == 3
    assert "microphone.device_name has no default" in result.stderr
    assert written(home) == before


def test_show_marks_what_is_not_as_by_default(config: Call) -> None:
    set_duration(config, "7")
    lines = config("show").stdout.splitlines()
    assert any(line.split() == ["*", "recording.duration", "7.0"] for line in lines)
    assert any(line.split() == ["recording.interval", "10.0"] for line in lines)
    assert "hushhush" not in "".join(lines)
    changed = json.loads(config("show", "--changed", "--json").stdout)
    assert {
        "field": "recording.duration",
        "value": 7.0,
        "default": 3.0,
        "differs": True,
    } in changed
    assert all(row["differs"] for row in changed)


@pytest.mark.parametrize("columns", [24, 40, 80])
@pytest.mark.parametrize("words", [("show",), ("history",)])
def test_tables_fit_the_terminal(
    config: Call, columns: int, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    set_duration(config, "7")
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr("acoupi.cli.commands.config.table.on_terminal", lambda: True)
    lines = config(*words).stdout.splitlines()
    assert lines
    assert max(map(len, lines)) <= columns
    whole = "".join("".join(lines).split())
    assert "duration" in whole or columns < 40


def test_in_a_pipe_each_row_of_a_table_is_one_line(
    config: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "24")
    long = "/srv/" + "meadow/" * 20
    config("set", "--field", "paths.recordings", long)
    (row,) = (line for line in config("show").stdout.splitlines() if "paths.recordings" in line)
    assert row.split() == ["*", "paths.recordings", long.rstrip("/")]
    last = config("history").stdout.splitlines()[-1]
    assert "acoupi config set --field paths.recordings " in last


@pytest.mark.parametrize(("variable", "is_plain"), [("TERM", False), ("NO_COLOR", True)])
def test_a_table_on_a_terminal_is_plain_where_no_colour_is_wanted(
    config: Call, home: Path, variable: str, is_plain: bool
) -> None:
    reading, writing = pty.openpty()
    environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TERM")}
    ran = subprocess.run(
        [sys.executable, "-m", "acoupi", "config", "show", "--changed"],
        env={"TERM": "xterm", **environment, variable: "xterm"},
        stdout=writing,
        timeout=60,
        check=True,
    )
    os.close(writing)
    shown = os.read(reading, 65536).decode()
    os.close(reading)
    assert ran.returncode == 0
    assert "microphone.device_name" in shown
    assert ("\x1b[" not in shown) is is_plain


def test_names_of_fields_are_completed(config: Call, home: Path) -> None:
    words = {"COMP_WORDS": "acoupi config set --field recording.d", "COMP_CWORD": "4"}
    completed = subprocess.run(
        [Path(sys.executable).with_name("acoupi")],
        env={**os.environ, "_ACOUPI_COMPLETE": "bash_complete", **words},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert completed.stdout == "plain,recording.duration\n"


def test_diff_tells_defaults_files_and_the_past_apart(config: Call, tmp_path: Path) -> None:
    config("export", str(tmp_path / "before.toml"))
    set_duration(config, "7")
    assert "recording.duration: 3.0 -> 7.0" in config("diff").stdout.splitlines()
    for other in ("1", str(tmp_path / "before.toml")):
        assert config("diff", other).stdout == "recording.duration: 3.0 -> 7.0\n"
        assert json.loads(config("diff", other, "--json").stdout) == [
            {"field": "recording.duration", "before": 3.0, "after": 7.0}
        ]
    assert config("diff", "2").stdout == ""
    assert config("diff", "99").exit_code == 3


def test_validate_looks_at_the_home_or_a_file(config: Call, home: Path, tmp_path: Path) -> None:
    path = home / "config" / "program.json"
    assert config("validate").stdout == f"{path}: ok\n"
    file = tmp_path / "x.json"
    document = written(home)
    document["recording"] |= {"duration": -3, "interval": "soon"}
    file.write_text(json.dumps(document))
    result = config("validate", str(file))
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.startswith(f"error: 2 problems with {file}:\n  recording.duration: -3")
    found = json.loads(config("validate", str(file), "--json").stdout)
    assert [problem["field"] for problem in found["problems"]] == [
        "recording.duration",
        "recording.interval",
    ]
    document = written(home) | {"extra": 1}
    file.write_text(json.dumps(document))
    assert "there is no field extra" in config("validate", str(file)).stderr


def test_a_broken_file_is_named_with_its_line_and_undo_mends_it(config: Call, home: Path) -> None:
    set_duration(config, "7")
    path = home / "config" / "program.json"
    path.write_text('{\n "recording": {"duration": 5,\n')
    for words in (("get",), ("show",), ("validate",), ("set", "--field", "x", "1")):
        result = config(*words)
        assert result.exit_code == 3
        assert f"{path} is not JSON: line 3" in result.stderr
        assert "acoupi config undo" in result.stderr
    assert config("undo").exit_code == 0
    assert written(home)["recording"]["duration"] == 7


def test_a_file_that_is_gone_is_brought_back(config: Call, home: Path) -> None:
    before = written(home)
    (home / "config" / "program.json").unlink()
    assert config("undo").exit_code == 0
    assert written(home) == before


def test_the_history_names_fields_but_no_values(config: Call) -> None:
    secret = ("set", "--field", "messaging.mqtt.password", "quietquiet")
    assert config(*secret).exit_code == 0
    told = config("history").stdout + config("history", "--json").stdout
    assert "quietquiet" not in told
    assert "hushhush" not in told
    last = json.loads(config("history", "--json").stdout)[-1]
    assert last["command"] == "acoupi config set --field messaging.mqtt.password"
    assert [change["field"] for change in last["changes"]] == ["messaging.mqtt.password"]


def test_undo_takes_back_so_many_changes(config: Call, home: Path) -> None:
    for value in ("7", "8", "9"):
        set_duration(config, value)
    assert config("undo", "2").exit_code == 0
    assert written(home)["recording"]["duration"] == 7
    assert config("undo", "--to", "4").stderr == "recording.duration: 7.0 -> 9.0\n"
    assert config("undo", "9").exit_code == 3


@pytest.mark.parametrize("form", ["json", "toml"])
def test_fifty_devices_can_be_set_up_alike(
    config: Call, home: Path, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_duration(config, "7")
    for own in ("paths", "messaging.messages_db"):  # those of the home it was copied from
        assert config("unset", "--field", own).exit_code == 0
    file = tmp_path / f"shared.{form}"
    assert config("export", str(file), "--secrets").exit_code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    monkeypatch.setenv("ACOUPI_HOME", str(tmp_path / "fifty"))
    assert (
        "would set up acoupi.programs.connected" in config("import", str(file), "--dry-run").stdout
    )
    assert not (tmp_path / "fifty").exists()
    assert config("import", str(file)).exit_code == 0
    ours, theirs = written(home), written(tmp_path / "fifty")
    assert theirs["paths"]["recordings"] == str(tmp_path / "fifty" / "storages" / "recordings")
    assert stat.S_IMODE((tmp_path / "fifty").stat().st_mode) == 0o700
    for document in (ours, theirs):
        document["paths"] = document["messaging"]["messages_db"] = None
    assert ours == theirs


def test_without_secrets_an_import_keeps_those_of_the_device(
    config: Call, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported = config("export", "--format", "toml").stdout
    assert "hushhush" not in exported
    assert tomllib.loads(exported)["program"] == "acoupi.programs.connected"
    set_duration(config, "7")
    assert config("import", "-", input=exported).exit_code == 0
    assert written(home)["recording"]["duration"] == 3
    assert written(home)["messaging"]["mqtt"]["password"] == "hushhush"
    monkeypatch.setenv("ACOUPI_HOME", str(tmp_path / "new"))
    result = config("import", "-", input=exported)
    assert result.exit_code == 0
    assert "acoupi config set --field messaging.mqtt.password VALUE" in result.stderr
    assert written(tmp_path / "new")["messaging"]["mqtt"]["password"] in (None, "")


def test_a_dry_import_changes_nothing(config: Call, home: Path, tmp_path: Path) -> None:
    config("export", str(tmp_path / "x.json"))
    set_duration(config, "7")
    before = written(home)
    result = config("import", str(tmp_path / "x.json"), "--dry-run")
    assert result.stdout == "recording.duration: 7.0 -> 3.0\n"
    assert written(home) == before


def test_an_import_for_another_program_needs_consent(config: Call, home: Path) -> None:
    exported = config("export").stdout.replace("programs.connected", "programs.default")
    document = json.loads(exported)
    for name in ("messaging",):
        document["config"].pop(name)
    refused = config("import", "-", input=json.dumps(document))
    assert refused.exit_code == 3
    assert "--program-change" in refused.stderr
    assert config("import", "-", "--program-change", input=json.dumps(document)).exit_code == 0
    assert (home / "config" / "name").read_text() == "acoupi.programs.default\n"


def test_the_schema_is_json_schema(config: Call) -> None:
    schema = json.loads(config("schema").stdout)
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert "recording" in schema["properties"]


def test_a_running_sensor_takes_a_change_when_told(
    config: Call, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    import acoupi.system

    restarted: list[str] = []
    monkeypatch.setattr(
        acoupi.system, "restart_workers", lambda settings: restarted.append(str(settings.home))
    )
    with (home / "run" / "supervisor.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = config("set", "--field", "recording.duration", "7")
        assert "until they are restarted" in result.stderr
        assert not restarted
        set_duration(config, "8", "--apply")
    assert restarted == [str(home)]


def edit_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *scripts: str) -> Path:
    """Let ``$EDITOR`` run these, one at each opening, and keep what it was shown."""
    seen = tmp_path / "seen"
    seen.mkdir()
    editor = tmp_path / "editor"
    cases = "\n".join(f"{n}) {script} ;;" for n, script in enumerate(scripts))
    editor.write_text(
        f'#!/bin/sh\nn=$(ls {seen} | wc -l)\ncp "$1" {seen}/$n\n'
        f'stat -c %a "$1" > {tmp_path}/mode\ncase $n in\n{cases}\nesac\n'
    )
    editor.chmod(0o755)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", str(editor))
    return seen


LONGER = """sed -i 's/"duration": 3.0/"duration": 7/' "$1" """
WRONG = """sed -i 's/"duration": 3.0/"duration": -7/' "$1" """
RIGHT = """sed -i 's/"duration": -7/"duration": 7/' "$1" """
CUT = """sed -i '$d' "$1" """
ADDED = """echo '}' >> "$1" """


def test_edit_takes_what_the_editor_leaves(
    config: Call, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = edit_with(tmp_path, monkeypatch, LONGER)
    result = config("edit")
    assert result.exit_code == 0
    assert written(home)["recording"]["duration"] == 7
    assert written(home)["messaging"]["mqtt"]["password"] == "hushhush"
    assert "hushhush" not in (seen / "0").read_text()
    assert (tmp_path / "mode").read_text() == "600\n"


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [(WRONG, RIGHT, "recording.duration: -7 should be more than 0"), (CUT, ADDED, "is not JSON")],
)
def test_edit_opens_again_with_what_is_wrong(
    config: Call,
    home: Path,
    tmp_path: Path,
    wrong: str,
    right: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = edit_with(tmp_path, monkeypatch, wrong, right)
    assert config("edit").exit_code == 0
    remarks = [x for x in (seen / "1").read_text().splitlines() if x.startswith("#")]
    assert any(said in line for line in remarks)
    assert written(home)["recording"]["duration"] in (3, 7)


@pytest.mark.parametrize(
    ("scripts", "code"),
    [
        (("true",), 0),
        ((': > "$1"',), 0),
        ((WRONG, "true"), 3),
        ((WRONG, ': > "$1"'), 0),
        (("exit 1",), 3),
        (('rm "$1"',), 0),
    ],
)
def test_edit_changes_nothing_unless_it_is_wanted(
    config: Call,
    home: Path,
    tmp_path: Path,
    scripts: tuple[str, ...],
    code: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = (home / "config" / "program.json").read_bytes()
    edit_with(tmp_path, monkeypatch, *scripts)
    assert config("edit").exit_code == code
    assert (home / "config" / "program.json").read_bytes() == before


def test_an_editor_that_is_not_there_is_named(
    config: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", "/no/such/editor")
    result = config("edit")
    assert result.exit_code == 3
    assert "'/no/such/editor' cannot be started" in result.stderr


def test_what_another_command_changes_during_an_edit_stays(
    config: Call, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = f"{sys.executable} -m acoupi config set --field recording.interval 44"
    edit_with(tmp_path, monkeypatch, f"{LONGER}; {other}")
    assert config("edit", env={**os.environ}).exit_code == 0
    recording = written(home)["recording"]
    assert (recording["duration"], recording["interval"]) == (7, 44)
