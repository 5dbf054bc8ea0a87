"""When samples were heard, told from when they arrived."""

import random

import pytest
from hypothesis import given, settings, strategies as st

from acoupi.audio.clock_tie import ClockTie, lower_line

RATE_HZ = 48_000
PERIOD = 4800

coordinates = st.floats(-1e3, 1e3, allow_nan=False).map(lambda value: round(value, 3))


@given(st.lists(st.tuples(coordinates, coordinates), min_size=2, unique_by=lambda p: p[0]))
def test_no_point_is_below_the_line(points: list[tuple[float, float]]) -> None:
    points.sort()
    slope, offset = lower_line(points)
    assert all(y >= offset + slope * x - 1e-6 * (1 + abs(slope * x)) for x, y in points)


def a_tie(seconds: float, ppm: float, late: random.Random, begun_s: float = 1000.0) -> ClockTie:
    """Read a device for a while, each read late by anything up to 80 ms."""
    tie = ClockTie(RATE_HZ)
    for frame in range(PERIOD, round(seconds * RATE_HZ), PERIOD):
        heard_s = begun_s + frame / RATE_HZ * (1 + ppm / 1e6)
        tie.note(frame, heard_s + late.choice((0.0002, 0.002, 0.03, 0.08)))
    return tie


@settings(max_examples=30, deadline=None)
@given(st.integers(-200, 200), st.integers(0, 2**32))
def test_a_drift_is_found_under_reads_that_are_late(ppm: int, seed: int) -> None:
    tie = a_tie(120, ppm, random.Random(seed))
    assert tie.drift_ppm == pytest.approx(ppm, abs=20)
    for frame in (60 * RATE_HZ, 119 * RATE_HZ, 121 * RATE_HZ):
        assert tie.second_of(frame) == pytest.approx(
            1000 + frame / RATE_HZ * (1 + ppm / 1e6), abs=0.001
        )
        assert abs(tie.frame_at(tie.second_of(frame)) - frame) <= 1


@pytest.mark.parametrize("ppm", [-200, 200])
def test_an_hour_of_drift_moves_no_start_by_more_than_a_millisecond(ppm: int) -> None:
    tie, late = ClockTie(RATE_HZ), random.Random(ppm)
    for period in range(1, 36_000):
        heard_s = period * 0.1 * (1 + ppm / 1e6)
        tie.note(period * PERIOD, heard_s + late.choice((0.0002, 0.002, 0.03)))
        if period % 600 == 0:
            assert tie.second_of(period * PERIOD) == pytest.approx(heard_s, abs=0.001)


def test_a_drift_is_not_stated_too_early() -> None:
    assert a_tie(20, 100, random.Random(1)).drift_ppm is None


def test_a_tie_that_has_heard_nothing_counts_from_zero() -> None:
    assert ClockTie(RATE_HZ).second_of(RATE_HZ) == 1


@pytest.mark.parametrize("ratio", [44_100 / 48_000, 50_000 / 48_000])
def test_another_rate_is_noticed_within_three_seconds(ratio: float) -> None:
    tie, late = ClockTie(RATE_HZ), random.Random(3)
    for period in range(1, 30):
        tie.note(period * PERIOD, period * 0.1 / ratio + late.choice((0.0, 0.002, 0.03)))
    assert RATE_HZ / (1 + tie.off_rate()) == pytest.approx(RATE_HZ * ratio, rel=0.02)


def test_a_reader_that_waits_and_catches_up_makes_no_other_rate() -> None:
    tie = ClockTie(RATE_HZ)
    for period in range(1, 200):
        tie.note(period * PERIOD, max(period * 0.1, 8.0 if 50 < period < 80 else 0))
        assert abs(tie.off_rate()) < 0.01
