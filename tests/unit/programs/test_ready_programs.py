import datetime as dt
from pathlib import Path

import pytest
from celery import Celery
from pydantic import BaseModel, ValidationError

from acoupi.components import MicrophoneConfig
from acoupi.components.types import RecordingSavingFilter
from acoupi.programs import AcoupiProgram, activity, batdetect2, birdnet, connected, default
from acoupi.programs.templates import AudioConfiguration, PathsConfiguration
from acoupi.programs.test import TestConfigSchema, TestProgram

MICROPHONE = MicrophoneConfig(device_name="none")


def app() -> Celery:
    return Celery("test", set_as_current=False)


def names(filters: list[RecordingSavingFilter]) -> list[str]:
    return [type(saving_filter).__name__ for saving_filter in filters]


def test_the_test_program_needs_nothing() -> None:
    program = TestProgram(TestConfigSchema(), app())
    program.check(program.config)
    program.tasks["test_task"]()


@pytest.mark.parametrize(
    ("program", "schema"),
    [
        (default.Program, default.ConfigSchema),
        (connected.Program, connected.Connected_ConfigSchema),
        (activity.Program, activity.ActivityConfig),
        (birdnet.Program, birdnet.BirdNetConfig),
        (batdetect2.Program, batdetect2.BatDetect2Config),
    ],
)
def test_a_microphone_is_all_a_program_must_be_told(
    program: type[AcoupiProgram[BaseModel]], schema: type[BaseModel]
) -> None:
    assert program.get_config_schema() is schema
    made = program(schema.model_validate({"microphone": MICROPHONE}), app())
    assert "recording_task" in made.tasks


@pytest.mark.parametrize("module", [default, connected], ids=["default", "connected"])
def test_saving_filters_are_those_that_are_configured(module: object) -> None:
    program = module.Program  # type: ignore[attr-defined]
    schema = program.get_config_schema()
    all_of_them = schema(microphone=MICROPHONE, recording_saving={})
    none = schema(microphone=MICROPHONE)
    only_hours = schema(
        microphone=MICROPHONE,
        recording_saving={
            "before_dawndusk_duration": 0,
            "after_dawndusk_duration": 0,
            "frequency_interval": 0,
        },
    )
    chosen = [names(program(c, app()).get_recording_filters(c)) for c in (none, only_hours)]
    assert chosen == [[], ["SaveIfInInterval"]]
    assert len(program(all_of_them, app()).get_recording_filters(all_of_them)) == 4


def test_everything_is_kept_below_the_home_that_was_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACOUPI_HOME", str(tmp_path))
    assert PathsConfiguration().recordings == tmp_path / "storages" / "recordings"
    monkeypatch.delenv("ACOUPI_HOME")
    assert PathsConfiguration().recordings == Path.home() / "storages" / "recordings"


def test_the_default_hours_are_those_of_the_day() -> None:
    hours = AudioConfiguration()
    assert (hours.schedule_start, hours.schedule_end) == (dt.time(6), dt.time(22, 30))


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "", "../etc/passwd", "/etc/localtime"])
def test_a_time_zone_that_is_none_is_refused(zone: str) -> None:
    with pytest.raises(ValidationError, match="there is no time zone"):
        default.ConfigSchema(timezone=zone, microphone=MICROPHONE)
