import math
from array import array

import pytest
from hypothesis import given, strategies as st

from acoupi.audio.level import Snippet, combine_levels, measure_level
from acoupi.audio.wav import WavFormat

MONO = WavFormat(8000, 1, 2)


def snippet(*samples: int) -> Snippet:
    return Snippet(MONO, array("h", samples).tobytes())


def test_a_full_square_wave_is_as_loud_as_can_be() -> None:
    level = measure_level(snippet(-32768, 32767, -32768, 32767))
    assert level is not None
    assert level.peak_dbfs == pytest.approx(0, abs=1e-3)
    assert level.rms_dbfs == pytest.approx(0, abs=1e-3)
    assert not level.is_flat


def test_half_the_amplitude_is_six_decibels_less() -> None:
    level = measure_level(snippet(16384, -16384))
    assert level is not None
    assert level.peak_dbfs == pytest.approx(-6.02, abs=0.01)


@pytest.mark.parametrize("sample", [0, 7])
def test_samples_that_are_all_the_same_are_flat(sample: int) -> None:
    level = measure_level(snippet(sample, sample, sample))
    assert level is not None
    assert level.is_flat
    assert math.isinf(level.rms_dbfs) == (sample == 0)


def test_nothing_has_no_level() -> None:
    assert measure_level(Snippet(MONO, b"")) is None


def encoded(values: list[int], sample_bytes: int) -> Snippet:
    """Write numbers that fit into 8 bit as the upper byte of wider samples."""
    if sample_bytes == 1:
        return Snippet(WavFormat(8000, 1, 1), bytes(value + 128 for value in values))
    lower = b"\0" * (sample_bytes - 1)
    samples = b"".join(lower + value.to_bytes(1, "little", signed=True) for value in values)
    return Snippet(WavFormat(8000, 1, sample_bytes), samples)


@given(st.lists(st.integers(-127, 126), min_size=1))
def test_the_same_sound_has_the_same_level_in_samples_of_any_width(values: list[int]) -> None:
    assert len({measure_level(encoded(values, width)) for width in (1, 2, 3, 4)}) == 1


@pytest.mark.parametrize("sample_bytes", [1, 2, 3, 4])
def test_samples_as_far_out_as_can_be_are_clipped(sample_bytes: int) -> None:
    top = (1 << (8 * sample_bytes - 1)) - 1
    values = [top, -top - 1, top - 1, 0]
    shift = 128 if sample_bytes == 1 else 0
    data = [(value + shift).to_bytes(sample_bytes, "little", signed=not shift) for value in values]
    level = measure_level(Snippet(WavFormat(8000, 1, sample_bytes), b"".join(data)))
    assert level is not None
    assert level.clipped == 2


def test_a_sound_that_is_off_zero_says_how_far() -> None:
    level = measure_level(snippet(16384 + 100, 16384 - 100))
    assert level is not None
    assert level.dc == 0.5


@given(
    st.lists(st.lists(st.integers(-32768, 32767), min_size=4, max_size=4), min_size=1, max_size=6)
)
def test_levels_of_stretches_combine_to_the_level_of_the_whole(parts: list[list[int]]) -> None:
    levels = [level for part in parts if (level := measure_level(snippet(*part)))]
    whole = measure_level(snippet(*(sample for part in parts for sample in part)))
    combined = combine_levels(levels)
    assert whole is not None
    assert combined.peak_dbfs == whole.peak_dbfs
    assert combined.rms_dbfs == pytest.approx(whole.rms_dbfs)
    assert combined.dc == pytest.approx(whole.dc, abs=1e-9)
    assert (combined.clipped, combined.is_flat) == (whole.clipped, whole.is_flat)


def test_a_snippet_knows_how_long_it_is() -> None:
    assert snippet(*[0] * 2000).duration_s == 0.25
