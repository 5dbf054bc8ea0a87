"""What was set aside, shown and tried again."""

import datetime as dt
import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result

from acoupi.broker.status import queue_sizes
from acoupi.cli import acoupi
from acoupi.cli.render_status import status_text
from acoupi.components import SqliteMessageStore, SqliteStore
from acoupi.components.types import NOT_KEPT_UP
from acoupi.data import Deployment, Message, Recording, Response, ResponseStatus
from acoupi.system import Settings, get_status
from acoupi.system.failures import FailedTask, Failures, failures_of
from acoupi.testing import FakeRecorder

NOON = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)

Run = Callable[..., Result]


@pytest.fixture
def settings(home_with_stores: Path) -> Settings:
    return Settings()


@pytest.fixture
def run(settings: Settings) -> Run:
    def invoke(*args: str) -> Result:
        return CliRunner().invoke(acoupi, args)

    return invoke


@pytest.fixture
def recordings(tmp_path: Path) -> list[Recording]:
    recorder, deployment = FakeRecorder(tmp_path / "audio"), Deployment(name="wood")
    made = [recorder.record(deployment) for _ in range(3)]
    with closing(SqliteStore(tmp_path / "metadata.db")) as store:
        for recording in made:
            store.store_recording(recording)
            store.end_processing(recording, "failed", "ValueError: no sound")
    return made


@pytest.fixture
def messages(tmp_path: Path) -> list[Message]:
    made = [Message(content=str(number)) for number in range(3)]
    with closing(SqliteMessageStore(tmp_path / "messages.db")) as store:
        for message in made:
            refusal = Response(message=message, status=ResponseStatus.FAILED, content="422")
            store.store_delivery("HTTP", refusal, NOON)
    return made


@pytest.fixture
def failures(settings: Settings) -> Failures:
    failures = failures_of(settings)
    for number in range(2):
        failures.set_aside(
            FailedTask(
                id=f"{number}" * 12,
                task="upload",
                queue="detection",
                args=[{"number": number}],
                error="OSError: no network",
                traceback="Traceback …",
                failed_on=NOON,
                attempts=4,
            )
        )
    failures.note_failing("tick", "OSError: full", "Traceback …", NOON)
    return failures


def failed_ids(run: Run, what: str, state: str) -> set[str]:
    listed = json.loads(run(what, "--state", state, "--json").stdout)
    return {line["id"] for line in listed}


def test_recordings_that_failed_are_tried_again(run: Run, recordings: list[Recording]) -> None:
    ids = {str(recording.id) for recording in recordings}
    assert failed_ids(run, "recordings", "failed") == ids
    first, *_ = ids
    result = run("recordings", "retry", first)
    assert (result.exit_code, result.stderr) == (0, "1 recording to be processed again\n")
    assert failed_ids(run, "recordings", "failed") == ids - {first}
    assert "2 recordings" in run("recordings", "retry", "--all").stderr
    assert "0 recordings" in run("recordings", "retry", "--all").stderr


def test_recordings_that_were_left_unheard_are_shown_and_heard_later(
    run: Run, settings: Settings, recordings: list[Recording], tmp_path: Path
) -> None:
    left = FakeRecorder(tmp_path / "audio").record(recordings[0].deployment)
    with closing(SqliteStore(tmp_path / "metadata.db")) as store:
        store.store_recording(left)
        store.end_processing(left, "skipped", f"{NOT_KEPT_UP}: 1 of 2 was heard")
    assert failed_ids(run, "recordings", "unheard") == {str(left.id)}
    assert "1 of 2 was heard" in run("recordings", "--state", "unheard", "--csv").stdout
    assert get_status(settings).overview.unheard_recordings == 1
    assert "1 recording: the sensor did not keep up" in status_text(get_status(settings))
    assert "1 recording" in run("recordings", "retry", str(left.id)).stderr
    assert failed_ids(run, "recordings", "unheard") == set()
    assert failed_ids(run, "recordings", "kept") == {str(left.id)}


def test_messages_that_were_refused_are_sent_again(run: Run, messages: list[Message]) -> None:
    ids = {str(message.id) for message in messages}
    assert failed_ids(run, "messages", "refused") == ids
    first, *_ = ids
    result = run("messages", "retry", first)
    assert (result.exit_code, result.stderr) == (0, "1 message to be sent again\n")
    assert failed_ids(run, "messages", "waiting") == {first}
    assert "2 messages" in run("messages", "retry", "--all").stderr


def test_tasks_that_failed_are_listed_with_all_that_is_known(run: Run, failures: Failures) -> None:
    text = " ".join(run("task", "failed").stdout.split())
    assert "000000000000 upload, set aside 2026-05-01" in text
    assert "after 4 attempts: OSError: no network" in text
    assert "keeps failing tick, 1 time since 2026-05-01" in text
    document = json.loads(run("task", "failed", "--json").stdout)
    assert [each["args"] for each in document["set_aside"]] == [[{"number": 0}], [{"number": 1}]]
    assert document["keep_failing"][0]["traceback"] == "Traceback …"


def test_tasks_that_failed_are_sent_to_their_queue_again(
    run: Run, failures: Failures, settings: Settings
) -> None:
    result = run("task", "retry", "1" * 12)
    assert (result.exit_code, result.stderr) == (0, "1 task sent again\n")
    assert [failed.id for failed in failures.get_set_aside()] == ["0" * 12]
    assert queue_sizes(settings.broker_file)["detection"] == 1
    assert run("task", "retry", "--all").exit_code == 0
    assert queue_sizes(settings.broker_file)["detection"] == 2
    assert failures.get_set_aside() == []


def test_where_nothing_failed_a_list_is_empty_and_there_is_nothing_to_retry(run: Run) -> None:
    assert run("task", "failed").stderr == "nothing failed\n"
    assert json.loads(run("task", "failed", "--json").stdout) == {
        "set_aside": [],
        "keep_failing": [],
    }
    for what in ("task", "recordings", "messages"):
        result = run(what, "retry", "--all")
        assert (result.exit_code, result.stdout) == (0, "")
        assert result.stderr.startswith("0 ")


@pytest.mark.parametrize("what", ["recordings", "messages", "task"])
def test_it_must_be_said_which_are_tried_again(run: Run, what: str) -> None:
    assert run(what, "retry").exit_code == 2
    assert run(what, "retry", "--all", str(uuid4())).exit_code == 2


@pytest.mark.parametrize("what", ["recordings", "messages", "task"])
def test_an_id_that_is_not_there_is_named(
    run: Run, recordings: list[Recording], messages: list[Message], what: str
) -> None:
    unknown = str(uuid4())
    result = run(what, "retry", unknown)
    assert result.exit_code == 3
    assert unknown in result.stderr
    assert "hint: acoupi" in result.stderr


def test_the_status_shows_what_was_set_aside_and_what_keeps_failing(
    settings: Settings, failures: Failures, recordings: list[Recording]
) -> None:
    overview = get_status(settings).overview
    assert (overview.failed_recordings, overview.failed_tasks) == (3, 2)
    [failing] = overview.failing_tasks
    assert (failing.task, failing.times, failing.error) == ("tick", 1, "OSError: full")
    assert failing.traceback == ""
