"""What the owner of a program is told before a start."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from acoupi.components import BeforeDawnDusk, DawnTimeInterval, MicrophoneConfig
from acoupi.components.types import RecordingCondition
from acoupi.data import Deployment
from acoupi.errors import HealthCheckError
from acoupi.programs import activity, connected, default
from acoupi.programs.templates.notes import describe_saving
from acoupi.testing import Answer

SAVING = {"starttime": "18:00", "endtime": "20:00", "frequency_interval": 0}
SUN = "go by the sun and need coordinates"


def make(module: Any, folder: Path, **fields: Any) -> Any:
    config = module.Program.get_config_schema()(
        timezone="Europe/London",
        microphone=MicrophoneConfig(device_name="none"),
        paths={
            "tmp_audio": folder / "tmp",
            "recordings": folder / "kept",
            "db_metadata": folder / "metadata.db",
        },
        **fields,
    )
    return module.Program(config, Celery("test", set_as_current=False))


def notes(program: Any) -> list[str]:
    return program.notes(program.config)


def test_what_combines_the_filters_is_said() -> None:
    filters = [Answer(True), BeforeDawnDusk(10)]
    assert describe_saving([], "all") == "keeps every recording"
    assert describe_saving(filters, "any") == (
        "keeps recordings that any of these wants: Answer, BeforeDawnDusk 10 min"
    )
    assert describe_saving(filters, "all") == (
        "keeps recordings that all of these want: Answer, BeforeDawnDusk 10 min"
    )


@pytest.mark.parametrize("module", [default, connected])
@pytest.mark.parametrize(
    ("saving", "rule"), [({}, "any of these wants"), ({"combine": "all"}, "all of these want")]
)
def test_the_rule_is_the_one_that_is_configured(
    tmp_path: Path, module: Any, saving: dict[str, str], rule: str
) -> None:
    saving_text = notes(make(module, tmp_path, recording_saving=SAVING | saving))[0]
    assert saving_text == (
        f"keeps recordings that {rule}: SaveIfInInterval 18:00 to 20:00 Europe/London, "
        "BeforeDawnDusk 10 min, AfterDawnDusk 10 min"
    )


def test_the_activity_program_says_what_it_keeps(tmp_path: Path) -> None:
    strict = make(activity, tmp_path, saving={"threshold": 0.9, "combine": "all"})
    everything = make(activity, tmp_path, saving=None)
    assert [notes(each)[0] for each in (make(activity, tmp_path), strict, everything)] == [
        "keeps recordings that any of these wants: SavingThreshold from 0.5",
        "keeps recordings that all of these want: SavingThreshold from 0.9",
        "keeps every recording",
    ]


def test_filters_that_go_by_the_sun_ask_for_coordinates(tmp_path: Path) -> None:
    program = make(default, tmp_path, recording_saving=SAVING)
    missing = notes(program)[1]
    assert missing == (
        f"BeforeDawnDusk and AfterDawnDusk {SUN}: "
        "start the deployment with --latitude and --longitude"
    )
    program.store.store_deployment(Deployment(name="nowhere", latitude=51.5))
    assert notes(program)[1] == missing


def test_a_deployment_with_coordinates_misses_nothing(tmp_path: Path) -> None:
    program = make(default, tmp_path, recording_saving=SAVING)
    program.store.store_deployment(Deployment(name="wood", latitude=51.5, longitude=0))
    assert len(notes(program)) == 1


def test_without_the_sun_nobody_asks_for_coordinates(tmp_path: Path) -> None:
    hours_only = SAVING | {"before_dawndusk_duration": 0, "after_dawndusk_duration": 0}
    program = make(default, tmp_path, recording_saving=hours_only)
    assert len(notes(program)) == 1
    assert not (tmp_path / "metadata.db").exists()


def test_a_condition_that_goes_by_the_sun_asks_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def conditions(self: default.Program, config: Any) -> list[RecordingCondition]:
        return [DawnTimeInterval(30, dt.UTC)]

    monkeypatch.setattr(default.Program, "get_recording_conditions", conditions)
    assert notes(make(default, tmp_path))[1].startswith(f"DawnTimeInterval {SUN}")


def test_recurring_minutes_are_counted_from_midnight_of_the_programs_zone(tmp_path: Path) -> None:
    program = make(default, tmp_path, recording_saving=SAVING | {"frequency_interval": 120})
    assert "FrequencySchedule 5 of every 120 min Europe/London" in notes(program)[0]


def test_a_program_without_a_messenger_says_so_and_may_do_its_work(tmp_path: Path) -> None:
    messaging = {"messages_db": tmp_path / "messages.db"}
    program = make(activity, tmp_path, messaging=messaging)
    assert "sends nothing: no messenger is configured" in notes(program)
    program.recorder = None
    program.check(program.config)
    http = {"http": {"base_url": "http://127.0.0.1:9/"}}
    assert "sends nothing" not in "".join(
        notes(make(activity, tmp_path, messaging=messaging | http))
    )


def test_a_program_that_is_there_to_send_needs_a_messenger(tmp_path: Path) -> None:
    program = make(connected, tmp_path, messaging={"messages_db": tmp_path / "messages.db"})
    program.recorder = None
    with pytest.raises(HealthCheckError, match="no way to send") as caught:
        program.check(program.config)
    assert "messaging.http or messaging.mqtt" in str(caught.value.help)
