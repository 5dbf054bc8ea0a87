"""The octaves that a sample rate holds."""

import pytest
from hypothesis import given, strategies as st

from acoupi.audio.microphone_health.octaves import name_octave, octave_edges_hz, octaves_of


@pytest.mark.parametrize(
    ("rate_hz", "highest_hz"),
    [
        *((8_000, 2_000), (16_000, 4_000), (44_100, 16_000), (48_000, 16_000)),
        *((192_000, 64_000), (256_000, 64_000), (384_000, 128_000), (500_000, 128_000)),
    ],
)
def test_the_highest_octave_is_the_last_that_fits(rate_hz: float, highest_hz: float) -> None:
    assert octaves_of(rate_hz)[-1] == highest_hz


@given(rate_hz=st.floats(1, 1e7))
def test_octaves_follow_each_other_without_a_gap(rate_hz: float) -> None:
    octaves_hz = octaves_of(rate_hz)
    edges = octave_edges_hz(octaves_hz)
    assert len(edges) == len(octaves_hz) + 1
    for low, centre, high in zip(edges, octaves_hz, edges[1:], strict=False):
        assert high / low == pytest.approx(2)
        assert centre / low == pytest.approx(high / centre)


def test_octaves_are_called_what_people_call_them() -> None:
    names = [name_octave(centre) for centre in octaves_of(384_000)]
    assert names[:5] == ["63 Hz", "125 Hz", "250 Hz", "500 Hz", "1 kHz"]
    assert names[-1] == "128 kHz"
