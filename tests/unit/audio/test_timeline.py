"""Samples that are missing, told from the count and the clock."""

import random

import pytest
from hypothesis import given, settings, strategies as st

from acoupi.audio.timeline import Timeline

RATE_HZ = 48_000
PERIOD = 4800


class Device:
    """Gives a period of samples every tenth of a second, and may leave some out."""

    def __init__(self, timeline: Timeline, ppm: float = 0, seed: int = 1) -> None:
        self.timeline = timeline
        self.second = RATE_HZ / (1 + ppm / 1e6)
        self.late = random.Random(seed)
        self.heard = self.given = 0
        self.later_s = 0.0

    def play(self, seconds: float, stuck_s: float = 0) -> None:
        end_s = self.heard / self.second + stuck_s
        for _ in range(round(seconds * RATE_HZ / PERIOD)):
            self.heard += PERIOD
            self.given += PERIOD
            at_s = self.heard / self.second + self.late.choice(
                (0.0003, 0.0005, 0.001, 0.004, 0.05)
            )
            self.timeline.note(self.given, max(at_s, end_s) + self.later_s)

    def skip(self, frames: int, is_told: bool) -> None:
        if is_told:
            self.timeline.break_at(self.given, "overrun")
        self.heard += frames


@settings(max_examples=40, deadline=None)
@given(st.integers(200, 500_000), st.integers(-200, 200), st.integers(0, 2**32))
def test_what_the_device_says_is_missing_is_counted_by_the_clock(
    missing: int, ppm: int, seed: int
) -> None:
    timeline = Timeline(RATE_HZ)
    device = Device(timeline, ppm, seed)
    device.play(20)
    device.skip(missing, is_told=True)
    device.play(10)
    (hole,) = timeline.take_holes()
    assert (hole.frame, hole.why) == (20 * RATE_HZ, "overrun")
    assert hole.samples == pytest.approx(missing, abs=0.003 * RATE_HZ)
    assert timeline.take_holes() == []


@settings(max_examples=40, deadline=None)
@given(st.integers(3000, 500_000), st.integers(-200, 200), st.integers(0, 2**32))
def test_what_nobody_says_is_missing_is_found_within_three_seconds(
    missing: int, ppm: int, seed: int
) -> None:
    timeline = Timeline(RATE_HZ)
    device = Device(timeline, ppm, seed)
    device.play(20)
    device.skip(missing, is_told=False)
    device.play(3)
    (hole,) = timeline.take_holes()
    assert hole.why == "missing"
    assert hole.samples == pytest.approx(missing, abs=0.003 * RATE_HZ)
    assert hole.frame == pytest.approx(20 * RATE_HZ, abs=RATE_HZ)


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 4), st.integers(-200, 200), st.integers(0, 2**32))
def test_a_reader_that_was_stopped_and_catches_up_misses_nothing(
    stuck_s: float, ppm: int, seed: int
) -> None:
    timeline = Timeline(RATE_HZ)
    device = Device(timeline, ppm, seed)
    device.play(20)
    device.play(20, stuck_s)
    assert timeline.take_holes() == []
    assert timeline.off_rate() == 0


def test_what_is_heard_after_a_hole_keeps_its_time() -> None:
    timeline = Timeline(RATE_HZ)
    device = Device(timeline)
    device.play(20)
    device.skip(RATE_HZ, is_told=True)
    device.play(20)
    assert timeline.second_of(10 * RATE_HZ) == pytest.approx(10, abs=0.001)
    assert timeline.second_of(30 * RATE_HZ) == pytest.approx(31, abs=0.001)
    assert timeline.frame_at(10.0) == pytest.approx(10 * RATE_HZ, abs=48)
    assert timeline.frame_at(20.5) == pytest.approx(20 * RATE_HZ, abs=48)
    assert timeline.frame_at(31.0) == pytest.approx(30 * RATE_HZ, abs=48)


def test_of_a_device_that_ended_soon_after_a_hole_it_is_told_all_the_same() -> None:
    timeline = Timeline(RATE_HZ)
    device = Device(timeline)
    device.play(5)
    device.skip(RATE_HZ, is_told=True)
    device.play(0.5)
    assert timeline.take_holes() == []
    (hole,) = timeline.take_holes(at_end=True)
    assert hole.samples == pytest.approx(RATE_HZ, abs=3000)


def test_a_device_that_says_nothing_after_a_hole_is_placed_by_what_came_before() -> None:
    timeline = Timeline(RATE_HZ)
    device = Device(timeline)
    device.later_s = 1000
    device.play(10)
    timeline.break_at(device.given, "overrun")
    timeline.break_at(device.given + PERIOD, "overrun")
    assert timeline.second_of(device.given) == pytest.approx(1010, abs=0.002)
    assert timeline.frame_at(1010) == pytest.approx(device.given, abs=0.002 * RATE_HZ)
    assert timeline.take_holes(at_end=True) == []


def test_a_network_stream_in_bursts_misses_nothing() -> None:
    timeline = Timeline(RATE_HZ, is_paced=False)
    for burst in range(1, 20):
        timeline.note(burst * 3 * RATE_HZ, burst * 3.0 + (5 if burst > 9 else 0))
    assert timeline.take_holes() == []
    assert timeline.off_rate() == 0


@settings(max_examples=30, deadline=None)
@given(st.floats(0.022, 0.1), st.integers(-200, 200), st.integers(0, 2**32))
def test_a_reader_that_was_stopped_and_reads_a_little_later_ever_since_misses_nothing(
    later_s: float, ppm: int, seed: int
) -> None:
    timeline = Timeline(RATE_HZ)
    device = Device(timeline, ppm, seed)
    device.play(20)
    device.later_s = later_s
    device.play(20, stuck_s=2)
    assert timeline.second_of(device.given) == pytest.approx(
        device.heard / device.second, abs=0.004
    )
    device.later_s = 0
    device.play(20)
    assert timeline.take_holes() == []
    assert timeline.second_of(device.given) == pytest.approx(
        device.heard / device.second, abs=0.004
    )


@settings(max_examples=20, deadline=None)
@given(st.sampled_from((0.5, 0.8, 44.1 / 48, 1, 1.09)), st.integers(0, 2**32))
def test_a_rate_that_was_wrong_is_trusted_again_from_the_frame_at_which_it_was_right(
    ratio: float, seed: int
) -> None:
    timeline = Timeline(RATE_HZ, is_trusted=False)
    late = random.Random(seed)
    given, at_s = 0, 0.0
    while at_s < 5:
        given += PERIOD
        at_s += PERIOD / RATE_HZ / (ratio if at_s < 1.7 else 1)
        timeline.note(given, at_s + late.choice((0.0001, 0.0003, 0.002)))
        assert not (timeline.is_trusted and ratio != 1 and at_s < 1.7)
    assert timeline.is_trusted
    right = 0 if ratio == 1 else 1.7 * ratio * RATE_HZ
    assert timeline.first_frame == pytest.approx(right, abs=0.2 * RATE_HZ)
    assert timeline.take_holes() == []


@settings(max_examples=20, deadline=None)
@given(st.sampled_from((0.5, 0.8, 44.1 / 48, 1.09, 2.0)), st.floats(4, 9), st.integers(0, 99))
def test_since_when_a_rate_is_wrong_is_known_when_it_is_noticed(
    ratio: float, right_s: float, seed: int
) -> None:
    timeline = Timeline(RATE_HZ)
    late = random.Random(seed)
    given, at_s = 0, 0.0
    while not timeline.off_rate():
        given += PERIOD
        at_s += PERIOD / RATE_HZ / (ratio if at_s > right_s else 1)
        timeline.note(given, at_s + late.choice((0.0001, 0.0003, 0.002)))
        assert at_s < right_s + 3.4  # a period and more after three seconds
    assert timeline.wrong_since() == pytest.approx(right_s, abs=0.2)
    assert timeline.take_holes() == []
