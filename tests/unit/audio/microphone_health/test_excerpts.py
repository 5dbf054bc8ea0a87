"""Excerpts out of blocks, however they are cut."""

from itertools import pairwise

from hypothesis import given, strategies as st

from acoupi.audio.microphone_health.excerpts import Excerpts, excerpt_frames, frames_between


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


@given(
    data=st.binary(max_size=400),
    size=st.integers(1, 20),
    more=st.integers(0, 50),
    places=st.lists(st.integers(0, 1000), max_size=12),
)
def test_excerpts_are_the_same_however_the_sound_comes(
    data: bytes, size: int, more: int, places: list[int]
) -> None:
    excerpts = Excerpts(size, size + more)
    taken = [each for block in cut(data, places) for each in excerpts.take(block)]
    starts = range(0, len(data), size + more)
    whole = [data[start : start + size] for start in starts]
    assert taken == [each for each in whole if len(each) == size]


@given(rate_hz=st.floats(1000, 1_000_000))
def test_an_excerpt_is_long_enough_to_hear_the_deepest_octave_in(rate_hz: float) -> None:
    frames = excerpt_frames(rate_hz)
    assert frames & (frames - 1) == 0
    assert 0.04 <= frames / rate_hz <= 0.081
    assert frames_between(rate_hz) >= frames
