import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, strategies as st

from acoupi.data import Deployment
from acoupi.programs.default import Program
from acoupi.programs.templates.health import (
    Health,
    Rhythm,
    describe_health,
    judge_health,
    rhythm_of,
)
from acoupi.programs.test import TestConfigSchema

NOON = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
STARTED = Deployment(name="wood", started_on=NOON - dt.timedelta(days=2))
ALL_DAY = Rhythm(3, 10, dt.time(0), dt.time(0), dt.UTC)


def health(
    rhythm: Rhythm | None, ago_s: float | None, deployment: Deployment | None = STARTED
) -> Health:
    ended_on = None if ago_s is None else NOON - dt.timedelta(seconds=ago_s)
    return judge_health(NOON, deployment, rhythm, ended_on)


@pytest.mark.parametrize(
    ("ago_s", "expected"),
    [
        (0, Health.OK),
        (38, Health.OK),
        (39, Health.LATE),
        (78, Health.LATE),
        (79, Health.SILENT),
        (None, Health.SILENT),
    ],
)
def test_health_is_the_age_of_the_last_recording_against_the_schedule(
    ago_s: float | None, expected: Health
) -> None:
    assert health(ALL_DAY, ago_s) is expected


def test_a_sensor_outside_its_hours_owes_nothing() -> None:
    night = Rhythm(3, 10, dt.time(22), dt.time(5), dt.UTC)
    assert health(night, 7 * 3600) is Health.NOT_SCHEDULED


def test_the_hours_are_those_of_the_zone() -> None:
    morning = Rhythm(3, 10, dt.time(5), dt.time(6), ZoneInfo("America/Lima"))
    assert health(morning, 1e5) is Health.NOT_SCHEDULED
    assert health(Rhythm(3, 10, dt.time(7), dt.time(8), morning.zone), 0) is Health.OK


def test_silence_is_counted_from_the_opening_of_the_schedule() -> None:
    opened_now = Rhythm(3, 10, dt.time(12), dt.time(13), dt.UTC)
    assert health(opened_now, 80_000) is Health.OK


def test_silence_is_counted_from_the_start_of_the_deployment() -> None:
    just_now = Deployment(name="wood", started_on=NOON)
    assert health(ALL_DAY, 80_000, just_now) is Health.OK


def test_without_a_deployment_or_a_schedule_there_is_nothing_to_judge() -> None:
    assert health(ALL_DAY, 0, None) is Health.NOT_DEPLOYED
    assert health(None, 0) is Health.UNKNOWN


def test_the_rhythm_of_a_program_is_read_from_its_configuration() -> None:
    config = Program.get_config_schema().model_validate({"microphone": {"device_name": "hw:1"}})
    assert rhythm_of(config, dt.UTC) == Rhythm(3, 10, dt.time(6), dt.time(22, 30), dt.UTC)
    assert rhythm_of(TestConfigSchema(), dt.UTC) is None


@example(dt.time(6, 0, 2), dt.time(0), dt.datetime(2020, 1, 1))
@given(st.times(), st.times(), st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2030, 1, 1)))
def test_a_schedule_is_open_from_its_start_up_to_its_end(
    start: dt.time, end: dt.time, now: dt.datetime
) -> None:
    rhythm = Rhythm(3, 10, start.replace(microsecond=0), end.replace(microsecond=0), dt.UTC)
    instant = now.replace(tzinfo=dt.UTC)
    opened_on = rhythm.opened_on(instant)
    inside = (
        rhythm.start == rhythm.end
        or (rhythm.start <= now.time() < rhythm.end)
        or (rhythm.end < rhythm.start and not rhythm.end <= now.time() < rhythm.start)
    )
    assert (opened_on is not None) == inside
    if opened_on is not None:
        assert dt.timedelta() <= instant - opened_on < dt.timedelta(days=1)


@pytest.mark.parametrize("minutes", [0, 1, 5, 719])
def test_midnight_does_not_make_well_what_is_silent_all_day(minutes: int) -> None:
    midnight = NOON.replace(hour=0)
    now = midnight + dt.timedelta(minutes=minutes)
    deployment = Deployment(name="wood", started_on=midnight - dt.timedelta(days=3))
    silent_since = midnight - dt.timedelta(hours=2)
    assert judge_health(now, deployment, ALL_DAY, silent_since) is Health.SILENT


@pytest.mark.parametrize("wrong_by", [dt.timedelta(days=1100), dt.timedelta(days=-20_000)])
def test_what_was_recorded_by_a_clock_that_was_wrong_is_no_sign_of_life(
    wrong_by: dt.timedelta,
) -> None:
    stepped = Deployment(name="wood", started_on=NOON + wrong_by)
    assert judge_health(NOON, stepped, ALL_DAY, NOON + wrong_by) is Health.SILENT
    assert judge_health(NOON, stepped, ALL_DAY, NOON) is Health.OK


@pytest.mark.parametrize(
    ("health", "age_s", "problems", "line"),
    [
        (Health.OK, 4, [], "OK"),
        (Health.NOT_SCHEDULED, 40_000, [], "OK"),
        (Health.OK, 4, ["the disk is full"], "DEGRADED: the disk is full"),
        (Health.LATE, 45, [], "LATE: last recording 45 s ago"),
        (Health.SILENT, 7300, [], "SILENT: last recording 2 h ago"),
        (
            Health.SILENT,
            None,
            ["the disk is full"],
            "SILENT: nothing recorded yet; the disk is full",
        ),
        (Health.UNKNOWN, None, [], "UNKNOWN: nobody knows of the last recording"),
    ],
)
def test_a_sensor_says_that_it_is_well_only_if_it_records(
    health: Health, age_s: float | None, problems: list[str], line: str
) -> None:
    assert describe_health(health, age_s, problems) == line
