"""Stretches of a source that never pauses."""

import datetime as dt

import pytest

from acoupi.audio.pace import Clock, Pace

NOON = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)


class FakeTime:
    def __init__(self) -> None:
        self.s = 100.0
        self.set_by = dt.timedelta()
        self.clock = Clock(self.now, lambda: self.s, self.sleep)

    def now(self) -> dt.datetime:
        return NOON + dt.timedelta(seconds=self.s - 100) + self.set_by

    def sleep(self, seconds: float) -> None:
        self.s += seconds


def test_a_stretch_asked_for_soon_follows_without_a_gap() -> None:
    time = FakeTime()
    pace = Pace(time.clock)
    assert pace.begin(3) == NOON
    pace.wait()
    time.s += 0.4
    assert pace.begin(3) == NOON + dt.timedelta(seconds=3)
    pace.wait()
    assert time.s == 106


def test_a_stretch_asked_for_late_starts_when_it_is_asked_for() -> None:
    time = FakeTime()
    pace = Pace(time.clock)
    pace.begin(3)
    pace.wait()
    time.s += 3
    assert pace.begin(3) == NOON + dt.timedelta(seconds=6)


def test_a_wait_that_is_over_does_not_sleep() -> None:
    time = FakeTime()
    pace = Pace(time.clock)
    pace.wait()
    pace.begin(3)
    time.s += 5
    pace.wait()
    assert time.s == 105


def test_a_pace_with_pauses_never_looks_back() -> None:
    time = FakeTime()
    pace = Pace(time.clock, continuous=False)
    pace.begin(3)
    pace.wait()
    time.s += 2
    assert pace.begin(3) == NOON + dt.timedelta(seconds=5)


@pytest.mark.parametrize("set_by", [dt.timedelta(hours=1), dt.timedelta(days=-20_000)])
def test_after_the_clock_was_set_stretches_follow_each_other_on_the_new_one(
    set_by: dt.timedelta,
) -> None:
    time = FakeTime()
    pace = Pace(time.clock)
    pace.begin(3)
    pace.wait()
    time.s += 0.4
    time.set_by = set_by
    assert pace.begin(3) == NOON + dt.timedelta(seconds=3) + set_by
    pace.wait()
    assert time.s == 106
    assert pace.begin(3) == NOON + dt.timedelta(seconds=6) + set_by


def test_a_trimmed_clock_moves_no_stretch() -> None:
    time = FakeTime()
    pace = Pace(time.clock)
    pace.begin(3)
    pace.wait()
    time.set_by = dt.timedelta(seconds=-0.8)
    assert pace.begin(3) == NOON + dt.timedelta(seconds=3)
