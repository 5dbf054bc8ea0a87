"""Programs whose model does not keep up, and what is configured for that."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from pydantic import ValidationError

from acoupi.components.types import AudioRecorder, Model, ProcessingFilter, ProcessingLog
from acoupi.data import Deployment, Recording
from acoupi.programs import activity
from acoupi.programs.templates.keeping_up_configuration import KeepingUpConfiguration
from acoupi.testing import Answer, FakeModel, FakeRecorder
from acoupi.testing.sounds import write_calls

START = dt.datetime(2026, 5, 1, 3, 30, tzinfo=dt.UTC)
MOST_MIN = 0.05


class Program(activity.Program):
    """Records silence, and hears nothing in it."""

    heard: FakeModel

    def configure_recorder(self, config: activity.ActivityConfig) -> AudioRecorder:
        return FakeRecorder(config.paths.tmp_audio, rate_hz=48_000)

    def configure_model(self, config: activity.ActivityConfig) -> Model:
        self.heard = FakeModel()
        return self.heard


Make = Callable[..., Program]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def make(program_class: type[Program] = Program, **keeping_up: Any) -> Program:
        config = activity.ActivityConfig.model_validate(
            {
                "timezone": "UTC",
                "microphone": {"device_name": "none"},
                "recording": {"duration": 1, "interval": 10},
                "keeping_up": keeping_up,
                "paths": {
                    "tmp_audio": tmp_path / "tmp",
                    "recordings": tmp_path / "recordings",
                    "db_metadata": tmp_path / "metadata.db",
                },
                "messaging": {"messages_db": tmp_path / "messages.db"},
            }
        )
        app = Celery("test", set_as_current=False)
        app.conf.update(task_always_eager=True)
        program = program_class(config, app)
        program.on_start(Deployment(name="wood", started_on=START))
        return program

    return make


def let_wait(program: Program, count: int) -> list[Recording]:
    """Let recordings of a second wait, one every ten."""
    deployment = program.store.get_current_deployment()
    made: list[Recording] = []
    for n in range(count):
        recording = program.recorder.record(deployment)
        started_on = START + dt.timedelta(seconds=10 * n)
        made.append(recording.model_copy(update={"created_on": started_on}))
        program.store.store_recording(made[-1])
    return made


def heard(program: Program, recordings: list[Recording]) -> list[int]:
    """Process all, and return which ones the model was given."""
    assert program.model.name
    for recording in recordings:
        program.tasks["detection_task"].apply((recording,))
    ids = {recording.id for recording in program.heard.runs}
    return [n for n, recording in enumerate(recordings) if recording.id in ids]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("wait", [*range(12)]),
        ("skip_oldest", [8, 9, 10, 11]),
        ("thin_out", [0, 4, 6, 8, 9, 10, 11]),
        ("gate", [8, 9, 10, 11]),
    ],
)
def test_the_policy_that_is_configured_acts(make: Make, policy: str, expected: list[int]) -> None:
    program = make(policy=policy, after_min=MOST_MIN)
    assert heard(program, let_wait(program, 12)) == expected


def test_the_gate_lets_pass_in_what_something_stands_out(make: Make) -> None:
    program = make(policy="gate", after_min=MOST_MIN)
    recordings = let_wait(program, 12)
    assert recordings[2].path is not None
    recordings[2].path.unlink()
    write_calls(recordings[2].path, 1)
    assert heard(program, recordings) == [2, 8, 9, 10, 11]


class Refusing(Program):
    """Has a filter of its own, which refuses everything."""

    def get_processing_filters(self, config: activity.ActivityConfig) -> list[ProcessingFilter]:
        return [Answer(False)]


@pytest.mark.parametrize(("policy", "n_unheard"), [("skip_oldest", 8), ("gate", 0)])
def test_what_the_program_refuses_anyway_is_not_left_for_want_of_time(
    make: Make, policy: str, n_unheard: int
) -> None:
    program = make(Refusing, policy=policy, after_min=MOST_MIN)
    recordings = let_wait(program, 12)
    assert heard(program, recordings) == []
    assert isinstance(program.store, ProcessingLog)
    assert sum(program.store.get_unheard(each) is not None for each in recordings) == n_unheard


@pytest.mark.parametrize(("keep_unheard", "n_kept"), [(True, 8), (False, 0)])
def test_what_was_left_is_kept_although_no_filter_wants_it_unless_that_is_not_wanted(
    make: Make, keep_unheard: bool, n_kept: int
) -> None:
    program = make(policy="skip_oldest", after_min=MOST_MIN, keep_unheard=keep_unheard)
    heard(program, let_wait(program, 12))
    program.tasks["file_management_task"].apply()
    assert len(list(program.config.paths.recordings.rglob("*.wav"))) == n_kept


@pytest.mark.parametrize(
    ("policy", "meanwhile"),
    [
        ("wait", "all is heard, but late"),
        ("skip_oldest", "the oldest is left unheard"),
        ("thin_out", "only some is heard"),
        ("gate", "only what stands out is heard"),
    ],
)
def test_heartbeats_say_that_more_waits_than_should_and_what_is_done(
    make: Make, policy: str, meanwhile: str
) -> None:
    program = make(after_min=1, policy=policy)
    recordings = let_wait(program, 90)
    assert program.find_problems() == [f"2 min of sound wait for the model: {meanwhile}"]
    heard(program, recordings[:30])
    assert program.find_problems() == []


def test_a_few_seconds_that_wait_are_not_said_to_be_none(make: Make) -> None:
    program = make(after_min=0.1)
    let_wait(program, 12)
    assert program.find_problems() == [
        "0.2 min of sound wait for the model: all is heard, but late"
    ]


def test_by_default_all_is_heard_however_late(make: Make) -> None:
    assert KeepingUpConfiguration().policy == "wait"
    assert make().config.keeping_up.keep_unheard


def test_a_limit_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValidationError):
        KeepingUpConfiguration(after_min=0)
