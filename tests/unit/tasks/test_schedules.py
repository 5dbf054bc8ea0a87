import datetime as dt
import pickle

import pytest
from celery import Celery
from hypothesis import given, strategies as st

from acoupi.tasks import AlignedSchedule, aligned_schedule

START = dt.datetime(2026, 5, 1, 4, 30, tzinfo=dt.UTC)
APP = Celery()


def schedule_at(now: dt.datetime, every_s: float, offset_s: int = 0) -> AlignedSchedule:
    every = dt.timedelta(seconds=every_s)
    return AlignedSchedule(every, offset_seconds=offset_s, nowfun=lambda: now, app=APP)


@given(
    now=st.datetimes(
        min_value=dt.datetime(1970, 1, 2),
        max_value=dt.datetime(2100, 1, 1),
        timezones=st.just(dt.UTC),
    ),
    every_s=st.integers(min_value=1, max_value=86_400),
)
def test_the_next_tick_falls_on_a_multiple_of_the_interval(now: dt.datetime, every_s: int) -> None:
    _, wait_s = schedule_at(now, every_s).is_due(now)
    next_s = now.timestamp() + wait_s
    assert 0 < wait_s <= every_s
    assert abs(next_s / every_s - round(next_s / every_s)) * every_s < 1e-3


@pytest.mark.parametrize(
    ("last_s", "now_s", "due"),
    [(0, 9.999, False), (0, 10, True), (9.999, 10, True), (10, 10.001, False), (3, 33, True)],
)
def test_a_tick_is_due_once_a_multiple_has_passed(last_s: float, now_s: float, due: bool) -> None:
    last, now = (START + dt.timedelta(seconds=s) for s in (last_s, now_s))
    assert schedule_at(now, 10).is_due(last).is_due is due


@pytest.mark.parametrize("step", [dt.timedelta(hours=-1), dt.timedelta(days=-20_000)])
def test_a_clock_set_back_does_not_silence_the_schedule(step: dt.timedelta) -> None:
    now = START + step
    due, wait_s = schedule_at(now, 10).is_due(START)
    assert due
    assert wait_s <= 10


def test_a_clock_set_forward_gives_one_tick_not_a_burst() -> None:
    now = START + dt.timedelta(days=1000, seconds=3)
    schedule = schedule_at(now, 10)
    assert schedule.is_due(START).is_due
    assert not schedule.is_due(now).is_due


def test_an_offset_moves_every_tick() -> None:
    assert schedule_at(START, 60, offset_s=7).is_due(START).next == 7


def test_the_old_name_stays_and_a_schedule_survives_pickling() -> None:
    assert aligned_schedule is AlignedSchedule
    copy = pickle.loads(pickle.dumps(AlignedSchedule(dt.timedelta(seconds=10), 3)))
    assert (copy.interval_s, copy.offset_s) == (10, 3)
