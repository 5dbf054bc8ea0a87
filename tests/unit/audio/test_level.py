import math
from array import array

import pytest

from acoupi.audio.level import Snippet, measure_level
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


@pytest.mark.parametrize("of", [Snippet(MONO, b""), Snippet(WavFormat(8000, 1, 3), b"\0" * 9)])
def test_nothing_and_what_is_not_understood_have_no_level(of: Snippet) -> None:
    assert measure_level(of) is None
