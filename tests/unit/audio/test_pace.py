"""Stretches of a source that never pauses."""

import datetime as dt

from acoupi.audio.pace import Clock, Pace

NOON = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)


class FakeTime:
    def __init__(self) -> None:
        self.s = 100.0
        self.clock = Clock(self.now, lambda: self.s, self.sleep)

    def now(self) -> dt.datetime:
        return NOON + dt.timedelta(seconds=self.s - 100)

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
