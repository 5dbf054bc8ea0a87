"""Levels above the noise."""

import numpy as np
import pytest

from acoupi.models.presets import AUDIBLE, ULTRASONIC, Preset, preset_for
from acoupi.models.spectrum import Grid, excess_db

RATE_HZ = 48_000


def noise(seconds: float) -> np.ndarray:
    count = round(seconds * RATE_HZ)
    return np.random.default_rng(1).normal(scale=0.01, size=count).astype(np.float32)


def tone(hz: float, seconds: float) -> np.ndarray:
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return (0.1 * np.sin(2 * np.pi * hz * t)).astype(np.float32)


def test_a_tone_stands_out_where_and_when_it_sounds() -> None:
    sound = noise(3)
    sound[RATE_HZ : RATE_HZ * 3 // 2] += tone(4000, 0.5)
    grid = Grid.of(AUDIBLE, RATE_HZ)
    excess = excess_db(sound, grid)
    frame, column = np.unravel_index(excess.argmax(), excess.shape)
    assert grid.frequency_hz(int(column)) == pytest.approx(4000, abs=50)
    assert 1 < frame * grid.hop / RATE_HZ < 1.5


def test_what_never_stops_belongs_to_the_noise() -> None:
    excess = excess_db(noise(3) + tone(4000, 3), Grid.of(AUDIBLE, RATE_HZ))
    assert excess.max() < 10


def test_a_louder_recording_has_the_same_levels() -> None:
    grid = Grid.of(AUDIBLE, RATE_HZ)
    assert np.allclose(excess_db(noise(1), grid), excess_db(noise(1) * 10, grid), atol=0.01)


def test_digital_silence_does_not_lower_the_noise_floor() -> None:
    sound = np.concatenate([np.zeros(5 * RATE_HZ, np.float32), noise(2)])
    assert excess_db(sound, Grid.of(AUDIBLE, RATE_HZ)).max() < 10


def test_digital_silence_alone_has_no_level() -> None:
    excess = excess_db(np.zeros(RATE_HZ, np.float32), Grid.of(AUDIBLE, RATE_HZ))
    assert (excess == excess[0, 0]).all()
    assert excess[0, 0] <= 0


@pytest.mark.parametrize("preset", [AUDIBLE, ULTRASONIC])
@pytest.mark.parametrize("rate_hz", [48_000, 192_000, 250_000, 312_500, 384_000])
def test_the_columns_are_those_of_the_band(preset: Preset, rate_hz: float) -> None:
    grid = Grid.of(preset, rate_hz)
    step_hz = rate_hz / grid.window
    top_hz = min(preset.high_hz, rate_hz / 2)
    assert preset.low_hz <= grid.frequency_hz(-1) < preset.low_hz + step_hz
    assert grid.frequency_hz(grid.bins - 2) <= top_hz
    assert 0.7 < grid.window / rate_hz / preset.window_s < 1.42


def test_who_records_ultrasound_is_after_bats() -> None:
    assert [preset_for(hz).name for hz in (48_000, 96_000)] == ["audible", "ultrasonic"]
