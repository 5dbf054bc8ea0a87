"""Sound in windows."""

import numpy as np
from hypothesis import given, strategies as st

from acoupi.models.windows import Windows

RATE_HZ = 100


def starts(seconds: float, overlap_s: float = 0.0) -> list[float]:
    windows = Windows(RATE_HZ, 3.0, overlap_s)
    return [w.start_s for w in windows.of_blocks([np.ones(round(seconds * RATE_HZ), np.float32)])]


def test_windows_follow_each_other() -> None:
    assert starts(9) == [0, 3, 6]


def test_windows_overlap() -> None:
    assert starts(6, overlap_s=2) == [0, 1, 2, 3]


def test_a_rest_of_less_than_a_second_is_left_out() -> None:
    assert starts(6.9) == [0, 3]
    assert starts(7) == [0, 3, 6]


def test_the_last_window_of_windows_that_overlap_a_lot_is_whole() -> None:
    assert starts(4, overlap_s=2.5) == [0, 0.5, 1]


def test_a_recording_that_is_shorter_is_filled_up_with_silence() -> None:
    (window,) = Windows(RATE_HZ, 3.0).of_blocks([np.ones(50, np.float32)])
    assert window.end_s == 0.5
    assert window.samples.shape == (300,)
    assert window.samples.sum() == 50


def test_without_sound_there_is_no_window() -> None:
    assert starts(0) == []


@given(
    st.integers(1, 2000), st.floats(0, 2.9, allow_nan=False), st.floats(0.05, 3, allow_nan=False)
)
def test_no_more_than_the_least_of_the_sound_is_left_out(
    samples: int, overlap_s: float, least_s: float
) -> None:
    windows = list(
        Windows(RATE_HZ, 3.0, overlap_s, least_s).of_blocks([np.ones(samples, np.float32)])
    )
    heard = round(windows[-1].end_s * RATE_HZ)
    assert samples - heard <= round(least_s * RATE_HZ)
    assert all(len(window.samples) == 300 for window in windows)
    assert all(window.start_s < window.end_s <= samples / RATE_HZ for window in windows)


@given(
    st.integers(0, 2000),
    st.floats(0, 2.9, allow_nan=False),
    st.lists(st.integers(0, 2000), max_size=6),
)
def test_blocks_make_no_difference(samples: int, overlap_s: float, cuts: list[int]) -> None:
    sound = np.arange(samples, dtype=np.float32)
    windows = Windows(RATE_HZ, 3.0, overlap_s)
    at_once = list(windows.of_blocks([sound]))
    in_blocks = list(windows.of_blocks(np.split(sound, sorted(cuts))))
    assert [(w.start_s, w.end_s) for w in at_once] == [(w.start_s, w.end_s) for w in in_blocks]
    assert all(
        np.array_equal(one.samples, other.samples)
        for one, other in zip(at_once, in_blocks, strict=True)
    )
