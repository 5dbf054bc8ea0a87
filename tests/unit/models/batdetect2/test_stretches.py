"""Which stretches of a recording are looked at."""

from itertools import pairwise

from hypothesis import given, strategies as st

from acoupi.models.batdetect2.stretches import stretches


@given(st.integers(1, 10_000), st.integers(1, 3_000), st.integers(0, 3_000))
def test_every_sample_is_in_one_stretch(samples: int, length: int, reach: int) -> None:
    parts = list(stretches(samples, length, reach))
    assert parts[0].start == 0
    assert parts[-1].stop == samples
    assert all(one.stop == next_one.start for one, next_one in pairwise(parts))
    assert all(0 <= part.begin <= part.start < part.stop <= part.end <= samples for part in parts)


def test_they_reach_into_their_neighbours_and_not_beyond_the_ends() -> None:
    first, second, third = stretches(25, 10, 2)
    assert (first.begin, first.end) == (0, 12)
    assert (second.begin, second.end) == (8, 22)
    assert (third.begin, third.end) == (18, 25)


def test_a_short_rest_belongs_to_the_last() -> None:
    (only,) = stretches(12, 10, 2)
    assert (only.start, only.stop) == (0, 12)


def test_without_reach_even_one_sample_is_a_stretch() -> None:
    assert [(part.start, part.stop) for part in stretches(11, 10, 0)] == [(0, 10), (10, 11)]


def test_nothing_has_no_stretch() -> None:
    assert list(stretches(0, 10, 2)) == []
