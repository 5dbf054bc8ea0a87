import numpy as np
import pytest

from acoupi.audio.stft import BATCH, band_levels_db, full_scale_db


def test_a_long_sound_has_the_same_spectra_as_its_parts() -> None:
    sound = np.random.default_rng(1).normal(size=64 * (BATCH + 10)).astype(np.float32)
    whole = band_levels_db(sound, 128, 64, 3, 20)
    late = band_levels_db(sound[64 * BATCH :], 128, 64, 3, 20)
    assert whole.shape == (BATCH + 9, 20)
    assert np.array_equal(whole[BATCH:], late)


@pytest.mark.parametrize("window", [128, 1024])
def test_the_loudest_sine_there_can_be_is_at_full_scale(window: int) -> None:
    sine = np.sin(2 * np.pi * 10 * np.arange(window) / window).astype(np.float32)
    levels = band_levels_db(sine, window, window, 0, window // 2)
    assert levels.max() == pytest.approx(full_scale_db(window), abs=0.01)
    assert levels.argmax() == 10
