import datetime as dt
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from celery import Celery
from celery.schedules import BaseSchedule, crontab, schedule
from hypothesis import given, strategies as st

from acoupi.system.supervisor.bells import Bell, IntervalBell, WallBell, bell_of
from acoupi.tasks import AlignedSchedule

APP = Celery(set_as_current=False)
START = dt.datetime(2026, 5, 1, 4, 30, 7, tzinfo=dt.UTC)
LONGEST_LOOK_S = 1.0
LATE_S = 0.1
EVERY = dt.timedelta(seconds=60)


@dataclass
class World:
    """Two clocks, and a bell that is looked at."""

    wall: dt.datetime = START
    boot_s: float = 1000.0
    rings_s: list[float] = field(default_factory=list[float])

    def now(self) -> dt.datetime:
        return self.wall

    def pass_by(self, seconds: float) -> None:
        self.boot_s += seconds
        self.wall += dt.timedelta(seconds=seconds)

    def watch(self, bell: Bell, until_s: float) -> Bell:
        """Look at a bell as the scheduler does."""
        while self.boot_s < until_s:
            bell = bell.settled()
            due, wait_s = bell.look(self.boot_s)
            if due:
                self.rings_s.append(self.boot_s)
                bell = bell.rung(self.boot_s)
                wait_s = bell.look(self.boot_s).wait_s
            self.pass_by(min(max(wait_s, 0.01), LONGEST_LOOK_S))
        return bell


class EveryMinute(BaseSchedule):
    """A schedule somebody else wrote: it only knows the wall."""

    def is_due(self, last_run_at: dt.datetime) -> tuple[bool, float]:
        left_s = 60 - (self.now() - last_run_at).total_seconds()
        return left_s <= 0, left_s if left_s > 0 else 60.0


class Rounded(schedule):
    """A subclass that changes nothing."""


KINDS: dict[str, Callable[[World], BaseSchedule]] = {
    "interval": lambda _: schedule(EVERY, app=APP),
    "aligned": lambda world: AlignedSchedule(EVERY, nowfun=world.now, app=APP),
    "aligned, with an offset": lambda world: AlignedSchedule(EVERY, 13, world.now, APP),
    "crontab": lambda world: crontab(nowfun=world.now, app=APP),
    "rounded interval": lambda world: schedule(EVERY, relative=True, nowfun=world.now, app=APP),
    "subclass": lambda world: Rounded(EVERY, nowfun=world.now, app=APP),
    "another": lambda world: EveryMinute(nowfun=world.now, app=APP),
}

YEAR_S = 365 * 86_400.0
BACK_TO_1970_S = -(START.timestamp() - 40)
STEPS = st.one_of(
    st.sampled_from([3600.0, -3600.0, 3 * YEAR_S, -3 * YEAR_S, BACK_TO_1970_S, 0.3, -0.3, -0.999]),
    st.floats(min_value=-7200, max_value=7200),
)


@dataclass(frozen=True)
class Event:
    """What happens to the clocks after some time."""

    after_s: float
    step_s: float
    suspended_s: float

    def happen(self, world: World) -> None:
        world.pass_by(self.suspended_s)
        earliest = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
        world.wall = max(earliest, world.wall + dt.timedelta(seconds=self.step_s))


EVENTS = st.lists(
    st.builds(
        Event,
        after_s=st.floats(min_value=0, max_value=200),
        step_s=st.one_of(st.just(0.0), STEPS),
        suspended_s=st.one_of(st.just(0.0), st.floats(min_value=1, max_value=50_000)),
    ),
    max_size=4,
)


@given(kind=st.sampled_from(sorted(KINDS)), events=EVENTS)
def test_no_step_of_the_clock_makes_a_bell_silent_or_busy(kind: str, events: list[Event]) -> None:
    world = World()
    bell = bell_of(KINDS[kind](world), world.boot_s)
    for event in [*events, Event(after_s=150, step_s=0, suspended_s=0)]:
        begun_s = world.boot_s
        world.rings_s.clear()
        bell = world.watch(bell, begun_s + event.after_s)
        check_stretch(world.rings_s, begun_s, world.boot_s)
        event.happen(world)


def check_stretch(rings_s: list[float], begun_s: float, ended_s: float) -> None:
    """After each step there is one ring for the past, at most, and one a minute from then on."""
    longest_s = 60 + 2 * LONGEST_LOOK_S + LATE_S
    marks = [begun_s, *rings_s, ended_s]
    assert all(b - a <= longest_s for a, b in pairwise(marks))
    assert all(b - a >= 60 - LATE_S for a, b in pairwise(rings_s[1:]))


@pytest.mark.parametrize("kind", ["aligned", "crontab"])
@pytest.mark.parametrize("step_s", [3600.0, -3600.0, 3 * YEAR_S, BACK_TO_1970_S])
def test_after_a_step_bells_ring_at_full_minutes_of_the_new_clock(
    kind: str, step_s: float
) -> None:
    world = World()
    bell = world.watch(bell_of(KINDS[kind](world), world.boot_s), world.boot_s + 65)
    Event(0, step_s + 0.25, 0).happen(world)
    boot_of_wall_s = world.wall.timestamp() - world.boot_s
    world.rings_s.clear()
    world.watch(bell, world.boot_s + 180)
    into_minute = [(ring_s + boot_of_wall_s) % 60 for ring_s in world.rings_s]
    assert len(into_minute) in {3, 4}
    assert all(second < LATE_S for second in into_minute[-3:])


def test_an_interval_does_not_notice_that_the_clock_was_set() -> None:
    world = World()
    bell = bell_of(schedule(EVERY, app=APP), world.boot_s)
    for step_s in (3600.0, -7200.0, BACK_TO_1970_S):
        bell = world.watch(bell, world.boot_s + 60)
        Event(0, step_s, 0).happen(world)
    world.watch(bell, 1241)
    assert [round(ring_s) for ring_s in world.rings_s] == [1060, 1120, 1180, 1240]


def test_sleep_counts_and_is_made_up_for_by_one_ring() -> None:
    bell = IntervalBell(interval_s=60, due_s=60)
    assert bell.look(8 * 3600).due
    assert bell.rung(8 * 3600).look(8 * 3600) == (False, 60)


def test_an_interval_keeps_its_pace_when_a_ring_is_late() -> None:
    assert IntervalBell(interval_s=60, due_s=60).rung(63).due_s == 120


def test_a_trimmed_clock_does_not_ring_the_same_minute_twice() -> None:
    world = World()
    bell = world.watch(bell_of(KINDS["aligned"](world), world.boot_s), 1054)
    assert len(world.rings_s) == 1
    Event(0, -(world.wall.second + world.wall.microsecond / 1e6 + 0.5), 0).happen(world)
    world.watch(bell, world.boot_s + 55)
    assert len(world.rings_s) == 1


def test_only_a_plain_interval_goes_by_the_clock_since_boot() -> None:
    kinds = {kind: type(bell_of(make(World()), 0)) for kind, make in KINDS.items()}
    assert kinds.pop("interval") is IntervalBell
    assert set(kinds.values()) == {WallBell}


def rings_of(when: BaseSchedule, world: World, days: int) -> list[dt.datetime]:
    """Watch a schedule for some days, a minute at a time."""
    begun_s, rings = world.boot_s, list[dt.datetime]()
    bell = bell_of(when, begun_s)
    while world.boot_s < begun_s + days * 86_400:
        bell = bell.settled()
        if bell.look(world.boot_s).due:
            rings.append(world.wall)
            bell = bell.rung(world.boot_s)
        world.pass_by(60)
    return rings


CHANGES = [
    ("Europe/London", dt.date(2026, 3, 28)),
    ("Europe/London", dt.date(2026, 10, 24)),
    ("Australia/Lord_Howe", dt.date(2026, 4, 4)),
    ("Australia/Lord_Howe", dt.date(2026, 10, 3)),
]


@pytest.mark.parametrize(("zone", "day"), CHANGES)
@pytest.mark.parametrize("hour", [1, 2, 6])
def test_a_daily_task_comes_once_a_day_when_the_clocks_change(
    zone: str, day: dt.date, hour: int
) -> None:
    app = Celery(set_as_current=False)
    app.conf.timezone = zone
    world = World(wall=dt.datetime.combine(day, dt.time(0), app.timezone).astimezone(dt.UTC))
    daily = crontab(minute=45, hour=hour, nowfun=world.now, app=app)
    local = [ring.astimezone(app.timezone) for ring in rings_of(daily, world, days=3)]
    assert [ring.date() for ring in local] == [day + dt.timedelta(days=n) for n in range(3)]
    assert all(abs(ring.hour - hour) <= 1 for ring in local)


@pytest.mark.parametrize(("zone", "day"), CHANGES)
def test_a_task_of_every_hour_is_silent_in_none_when_the_clocks_change(
    zone: str, day: dt.date
) -> None:
    app = Celery(set_as_current=False)
    app.conf.timezone = zone
    world = World(wall=dt.datetime.combine(day, dt.time(0), dt.UTC))
    rings = rings_of(crontab(minute="*/15", nowfun=world.now, app=app), world, days=3)
    assert {b - a for a, b in pairwise(rings)} == {dt.timedelta(minutes=15)}


@pytest.fixture
def zone() -> Iterator[Callable[[str], None]]:
    """Changes the zone of this process, as somebody may who moves the sensor."""
    before = os.environ.get("TZ")

    def change(name: str | None) -> None:
        os.environ.pop("TZ", None) if name is None else os.environ.update(TZ=name)
        time.tzset()

    yield change
    change(before)


def test_another_zone_of_the_computer_changes_nothing(zone: Callable[[str], None]) -> None:
    world = World()
    bell = world.watch(bell_of(KINDS["aligned"](world), world.boot_s), world.boot_s + 120)
    zone("Pacific/Kiritimati")
    bell = world.watch(bell, world.boot_s + 120)
    zone("America/Caracas")
    world.watch(bell, world.boot_s + 120)
    gaps = [b - a for a, b in pairwise(world.rings_s)]
    assert len(gaps) == 5
    assert all(gap == pytest.approx(60, abs=LATE_S) for gap in gaps)
