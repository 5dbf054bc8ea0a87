"""The spectrogram that the network looks at."""

import numpy as np
import pytest

from acoupi.models.batdetect2.front_end import spectrogram, width_px
from acoupi.models.batdetect2.settings import Settings

RATE_HZ = 256_000
NOISE = 0.003


@pytest.fixture(scope="module")
def fine(settings: Settings) -> Settings:
    return settings.model_copy(update={"height": 128})


def noise(seconds: float, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (NOISE * rng.normal(size=round(seconds * RATE_HZ))).astype(np.float32)


def with_tone(samples: np.ndarray, hz: float, start_s: float, end_s: float) -> np.ndarray:
    louder = samples.copy()
    moments = np.arange(round(start_s * RATE_HZ), round(end_s * RATE_HZ))
    louder[moments] += (0.1 * np.sin(2 * np.pi * hz * moments / RATE_HZ)).astype(np.float32)
    return louder


@pytest.mark.parametrize(
    ("samples", "width"),
    # As the published package pads them.
    [
        (1, 64),
        (512, 64),
        (8_576, 64),
        (17_023, 64),
        (17_024, 96),
        (25_215, 96),
        (25_216, 128),
        (254_591, 992),
        (256_000, 1024),
        (512_000, 2016),
        (768_000, 3008),
    ],
)
def test_the_width_is_that_of_the_sound_rounded_up(
    fine: Settings, samples: int, width: int
) -> None:
    assert width_px(samples, fine) == width


@pytest.mark.parametrize("samples", [0, 1, 511, 17_000, 40_000])
def test_any_length_of_sound_has_an_image(fine: Settings, samples: int) -> None:
    image = spectrogram(noise(samples / RATE_HZ), fine)
    assert image.shape == (128, width_px(samples, fine))
    assert np.isfinite(image).all()
    assert image.min() >= 0


def test_silence_is_empty(fine: Settings) -> None:
    assert not spectrogram(np.zeros(50_000, np.float32), fine).any()


@pytest.mark.parametrize("hz", [12_000, 45_000, 80_000, 118_000])
def test_a_tone_is_where_it_sounds(fine: Settings, hz: float) -> None:
    image = spectrogram(with_tone(noise(0.5), hz, 0.2, 0.21), fine)
    image[:, :50] = 0  # where there is no moment before to compare with
    row, column = np.unravel_index(image.argmax(), image.shape)
    assert fine.high_hz - row * fine.pixel_hz == pytest.approx(hz, abs=1_000)
    assert fine.first_pixel_s + column * fine.pixel_s == pytest.approx(0.2, abs=0.004)


def test_how_loud_a_recorder_is_set_matters_little(fine: Settings) -> None:
    sound = with_tone(noise(0.5), 45_000, 0.2, 0.21)
    assert spectrogram(sound * 0.1, fine).max() == pytest.approx(
        spectrogram(sound, fine).max(), rel=0.1
    )


def test_a_tone_that_goes_on_fades(fine: Settings) -> None:
    image = spectrogram(with_tone(noise(0.5), 45_000, 0.1, 0.4), fine)
    row = round((fine.high_hz - 45_000) / fine.pixel_hz)
    band = image[row - 2 : row + 3].max(axis=0)
    assert band[300:380].max() < band[98:108].max() / 3


def test_the_recent_mean_is_that_of_the_plain_formula(fine: Settings) -> None:
    from acoupi.models.batdetect2.front_end import MEMORY, _recent_mean

    levels = np.random.default_rng(2).exponential(1e6, (300, 5)).astype(np.float32)
    weight = (np.sqrt(1 + 4 * MEMORY**2) - 1) / (2 * MEMORY**2)
    mean, means = np.ones(5), []
    for level in levels:
        mean = (1 - weight) * mean + weight * level
        means.append(mean)
    assert _recent_mean(levels) == pytest.approx(np.array(means), rel=1e-4)
