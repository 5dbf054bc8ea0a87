"""Pictures of sound, and what is told of it."""

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st
from numpy.typing import NDArray

from acoupi.audio.portrait import portray
from acoupi.audio.spectrogram import Spectrogram, make_spectrogram

RATE_HZ = 48_000
COLUMNS, ROWS = 60, 24


def tone(hz: float, seconds: float, rate_hz: float = RATE_HZ) -> NDArray[np.float32]:
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    return (0.5 * np.sin(2 * np.pi * hz * t)).astype(np.float32)


def noise(seconds: float, scale: float = 0.01) -> NDArray[np.float32]:
    count = round(seconds * RATE_HZ)
    return np.random.default_rng(1).normal(scale=scale, size=count).astype(np.float32)


def loudest(picture: Spectrogram) -> tuple[int, int]:
    cells = [
        (level, row, column)
        for row, levels in enumerate(picture.levels_dbfs)
        for column, level in enumerate(levels)
    ]
    return max(cells)[1:]


@pytest.mark.parametrize("rate_hz", [8_000, 48_000, 384_000])
@pytest.mark.parametrize("share", [0.1, 0.45, 0.9])
def test_a_tone_is_drawn_where_and_when_it_sounds(rate_hz: float, share: float) -> None:
    sound = np.zeros(round(3 * rate_hz), np.float32)
    beep = tone(share * rate_hz / 2, 0.2, rate_hz)
    sound[round(2 * rate_hz) :][: len(beep)] = beep
    picture = make_spectrogram(sound, rate_hz, COLUMNS, ROWS)
    row, column = loudest(picture)
    assert (ROWS - 1 - row) / ROWS <= share + 0.03
    assert (ROWS - row) / ROWS >= share - 0.03
    assert 2 / 3 - 0.03 <= column / COLUMNS <= 2.2 / 3 + 0.03
    assert (picture.high_hz, picture.duration_s) == (rate_hz / 2, 3)


def test_the_level_of_a_tone_is_that_of_its_amplitude() -> None:
    picture = make_spectrogram(tone(6_000, 1), RATE_HZ, COLUMNS, ROWS)
    row, column = loudest(picture)
    assert picture.levels_dbfs[row][column] == pytest.approx(20 * math.log10(0.5), abs=1)


@given(
    st.integers(1, 5_000),
    st.sampled_from([1_000, 8_000, 48_000, 500_000]),
    st.integers(1, 300),
    st.integers(1, 120),
)
def test_any_sound_fills_any_picture(frames: int, rate_hz: float, columns: int, rows: int) -> None:
    picture = make_spectrogram(noise(1)[:frames], rate_hz, columns, rows)
    assert [len(row) for row in picture.levels_dbfs] == [columns] * rows
    assert all(math.isfinite(level) for row in picture.levels_dbfs for level in row)


@pytest.mark.parametrize("hz", [440, 4_321, 20_000])
def test_the_dominant_frequency_is_that_of_the_loudest_tone(hz: float) -> None:
    found = portray(tone(hz, 1) + noise(1), RATE_HZ)
    assert found.dominant_hz == pytest.approx(hz, abs=1)
    assert found.dominant_above_db > 40


def test_in_noise_no_frequency_stands_out() -> None:
    assert portray(noise(3), RATE_HZ).dominant_above_db < 18


def test_a_sweep_stands_out_though_it_is_at_every_frequency_once() -> None:
    t = np.arange(3 * RATE_HZ) / RATE_HZ
    sweep = (0.3 * np.sin(2 * np.pi * 3_500 * t * t)).astype(np.float32)
    assert portray(sweep + noise(3), RATE_HZ).dominant_above_db > 40


def test_rumble_is_not_what_dominates() -> None:
    found = portray(10 * tone(30, 1) + tone(2_000, 1), RATE_HZ)
    assert found.dominant_hz == pytest.approx(2_000, abs=5)


def test_the_noise_floor_is_the_level_between_the_calls() -> None:
    sound = noise(3)
    sound[RATE_HZ : 2 * RATE_HZ] += tone(3_000, 1)
    assert portray(sound, RATE_HZ).noise_floor_dbfs == pytest.approx(-40, abs=0.5)


def test_an_offset_is_no_noise() -> None:
    assert portray(np.full(RATE_HZ, 0.5, np.float32), RATE_HZ).noise_floor_dbfs == -math.inf


@given(st.integers(1, 300))
def test_even_the_shortest_sound_has_a_portrait(frames: int) -> None:
    found = portray(noise(1)[:frames], 8_000)
    assert 99 < found.dominant_hz <= 4_000
