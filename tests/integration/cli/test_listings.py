"""Lists of what a sensor did, as they stand on a terminal and in a pipe."""

import datetime as dt
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from acoupi._sqlite import Database
from acoupi.cli import acoupi
from acoupi.components import SqliteMessageStore, SqliteStore
from acoupi.components.message_stores.sqlite import schema as of_messages
from acoupi.components.stores.sqlite import schema as of_metadata
from acoupi.data import Message, Response, ResponseStatus
from acoupi.testing.samples import deployment, detection, output, recording

NOON = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
COLUMNS = 80
WORDS = "and " * 40
LISTS = ["recordings", "detections", "messages", "effort", "deployment status", "task list"]

Run = Callable[..., Result]


@pytest.fixture
def run(home_with_stores: Path) -> Run:
    return lambda *words: CliRunner().invoke(acoupi, words)


@pytest.fixture
def on_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(COLUMNS))
    for module in ("commands.messages", "render"):
        monkeypatch.setattr(f"acoupi.cli.{module}.on_terminal", lambda: True)


@pytest.fixture
def kept(home: Path) -> Path:
    """Fill the stores with what is longer than a line; return a file that was kept."""
    path = home.parent / ("deep/" * 12) / f"20260501_120000_{'0' * 36}.wav"
    made = [
        recording(deployment("a meadow, with a name that is long"), path, minute).model_copy(
            update={"microphone": f"the {minute}. microphone in the oak"}
        )
        for minute in range(3)
    ]
    with closing(SqliteStore(home.parent / "metadata.db")) as store:
        for minute, each in enumerate(made):
            store.store_recording(each.model_copy(update={"path": path.with_stem(f"{minute}")}))
        store.update_recording_path(made[0], path)
        store.end_processing(made[1], "failed", f"ValueError:\n{WORDS}no sound")
        model = "a model that has a version, a flavour and a date 2026-05-01"
        store.store_model_output(output(made[0], detection(0.9, "Turdus " * 20), model=model))
    refused = Message(content=WORDS, created_on=NOON)
    with closing(SqliteMessageStore(home.parent / "messages.db")) as store:
        store.store_message(Message(content=f"{WORDS}so on", created_on=NOON))
        answer = Response(message=refused, status=ResponseStatus.FAILED, content=f"{WORDS}no")
        store.store_delivery("HTTP", answer, NOON)
    return path


@pytest.mark.parametrize("words", LISTS)
@pytest.mark.usefixtures("on_terminal", "kept")
def test_no_line_is_wider_than_the_terminal(run: Run, words: str) -> None:
    result = run(*words.split())
    assert result.exit_code == 0, result.stderr
    assert result.stdout
    assert [line for line in result.stdout.splitlines() if len(line) > COLUMNS] == []


@pytest.mark.usefixtures("on_terminal")
def test_on_a_terminal_the_file_s_name_stands_for_its_path_and_reasons_are_whole(
    run: Run, kept: Path
) -> None:
    shown = run("recordings").stdout
    assert f"  {kept.name}\n" in shown
    assert str(kept.parent) not in shown
    assert "ValueError: and and" in shown
    assert "no sound" in shown
    assert run("messages").stdout.count("no\n") == 1


def test_in_a_pipe_each_row_is_one_line_with_all_that_is_known(run: Run, kept: Path) -> None:
    heading, first, failed, _ = run("recordings").stdout.splitlines()
    assert heading.endswith("file, or why it failed")
    assert first.endswith(str(kept))
    assert failed.endswith("no sound")
    assert len(run("detections").stdout.splitlines()) == 2
    assert sorted(line.split()[-1] for line in run("messages").stdout.splitlines()[1:]) == [
        "no",
        "on",
    ]


@pytest.mark.usefixtures("kept")
def test_csv_without_any_rows_has_the_heading_of_those_with_some(run: Run) -> None:
    for what in ("recordings", "detections", "messages", "effort"):
        full = run(what, "--csv").stdout.splitlines()
        assert len(full) > 1
        assert run(what, "--csv", "--until", "2000-01-01").stdout.splitlines() == full[:1]


@pytest.mark.parametrize("what", ["recordings", "detections", "messages", "effort"])
def test_databases_of_an_older_acoupi_are_brought_up_to_date_and_read(
    run: Run, home: Path, what: str
) -> None:
    schemas = {"metadata.db": of_metadata.MIGRATIONS, "messages.db": of_messages.MIGRATIONS}
    for name, migrations in schemas.items():
        with closing(Database(home.parent / name, migrations[:1])) as database, database.read():
            pass
    first, second = run(what, "--json"), run(what, "--json")
    name = "messages.db" if what == "messages" else "metadata.db"
    assert (first.exit_code, first.stdout) == (0, "[]\n")
    assert first.stderr.startswith(f"bringing {name} up to date")
    assert [path.name for path in home.parent.glob("*.bak*")] == [f"{name}.bak-v1"]
    assert (second.exit_code, second.stderr) == (0, "")
