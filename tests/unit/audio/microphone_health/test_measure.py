"""What is measured of made sound."""

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from made_sounds import RATE_HZ, ambience, hiss, rain, to_bytes, wind

from acoupi.audio.microphone_health.figures import SILENCE_DBFS, Figures, total_dbfs
from acoupi.audio.microphone_health.measure import Measure
from acoupi.audio.microphone_health.octaves import octaves_of
from acoupi.audio.wav import WavFormat

SECONDS = 3


def measured(
    *channels: np.ndarray,
    sample_bytes: int = 2,
    rate_hz: int = RATE_HZ,
    heard_rate_hz: float | None = None,
) -> list[Figures]:
    format = WavFormat(rate_hz, len(channels), sample_bytes)
    measure = Measure(format, heard_rate_hz or rate_hz)
    measure.note(to_bytes(*channels, sample_bytes=sample_bytes))
    return measure.figures()


def sine(hz: float, amplitude: float, rate_hz: int = RATE_HZ) -> np.ndarray:
    return amplitude * np.sin(2 * np.pi * hz * np.arange(SECONDS * rate_hz) / rate_hz)


def loudest_octave_hz(figures: Figures, rate_hz: float) -> float:
    levels = figures.floor_dbfs
    return octaves_of(rate_hz)[levels.index(max(levels))]


@pytest.mark.parametrize("sample_bytes", [2, 3])
def test_the_level_of_a_sine_is_its_own(sample_bytes: int) -> None:
    (figures,) = measured(sine(1000, 0.1), sample_bytes=sample_bytes)
    assert figures.level_dbfs == pytest.approx(20 * math.log10(0.1) - 3.01, abs=0.05)
    assert figures.peak_dbfs == pytest.approx(-20, abs=0.05)
    assert (figures.clipped, figures.flat) == (0, 0)
    assert figures.dc == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("rate_hz", [8_000, 48_000, 384_000])
def test_a_sine_is_in_its_octave_and_nowhere_else(rate_hz: int) -> None:
    for octave, centre_hz in enumerate(octaves_of(rate_hz)[1:], 1):
        (figures,) = measured(sine(centre_hz, 0.1, rate_hz), rate_hz=rate_hz, sample_bytes=3)
        assert figures.floor_dbfs[octave] == pytest.approx(-23.01, abs=0.2)
        others = [level for n, level in enumerate(figures.floor_dbfs) if abs(n - octave) > 1]
        assert all(level < -60 for level in others)


def test_the_octaves_of_noise_add_up_to_its_level() -> None:
    (figures,) = measured(hiss(10, rms=0.05))
    share = 16_000 * math.sqrt(2) / 24_000
    assert total_dbfs(figures.floor_dbfs) == pytest.approx(
        figures.level_dbfs + 10 * math.log10(share), abs=1
    )
    steps = np.diff(figures.floor_dbfs[2:])
    assert np.allclose(steps, 3, atol=1.2)  # white: twice as much in each octave


def test_what_is_loud_for_a_while_does_not_lift_the_floor() -> None:
    quiet, loud = ambience(), ambience()
    loud[: len(loud) // 2] += sine(2000, 0.5)[: len(loud) // 2]
    (before,), (after,) = measured(quiet), measured(loud)
    assert np.allclose(before.floor_dbfs, after.floor_dbfs, atol=1.5)
    assert after.level_dbfs > before.level_dbfs + 20


def test_sound_that_is_played_slower_is_measured_as_it_was_heard() -> None:
    (figures,) = measured(sine(4000, 0.1), heard_rate_hz=10 * RATE_HZ)
    assert loudest_octave_hz(figures, 10 * RATE_HZ) == 32_000  # 40 kHz


def test_what_is_cut_off_is_counted() -> None:
    (figures,) = measured(np.clip(sine(440, 2), -1, 1))
    assert figures.clipped == pytest.approx(2 / 3, abs=0.01)
    assert figures.peak_dbfs == pytest.approx(0, abs=0.01)


def test_how_far_off_zero_it_is_does_not_count_as_sound() -> None:
    (figures,) = measured(hiss(rms=1e-3) - 0.25)
    assert figures.dc == pytest.approx(-0.25, abs=1e-3)
    assert figures.level_dbfs == pytest.approx(-60, abs=0.2)


@pytest.mark.parametrize("value", [0.0, 0.3, -1.0])
def test_a_dead_channel_is_flat_and_the_other_is_not(value: float) -> None:
    alive, dead = measured(ambience(), np.full(SECONDS * RATE_HZ, value))
    assert (alive.flat, dead.flat) == (0, 1)
    assert dead.floor_dbfs == [SILENCE_DBFS] * len(octaves_of(RATE_HZ))
    assert alive.level_dbfs == pytest.approx(measured(ambience())[0].level_dbfs, abs=0.01)


def test_one_step_up_and_down_is_as_good_as_nothing() -> None:
    step = 2 / 65536
    (figures,) = measured(step * np.random.default_rng(0).integers(-1, 2, SECONDS * RATE_HZ))
    assert figures.flat == 1


def test_wind_is_told_from_rain_and_from_an_engine() -> None:
    engine = sum(sine(hz, 0.1) for hz in (60, 120, 180))
    sounds = {"wind": wind(), "rain": rain(), "engine": engine, "quiet": 0}
    told = {name: measured(ambience() + each)[0].wind for name, each in sounds.items()}
    assert told == {"wind": 1, "rain": 0, "engine": 0, "quiet": 0}


def test_less_than_an_excerpt_says_nothing() -> None:
    assert measured(np.zeros(100)) == []


@settings(max_examples=40)
@given(
    data=st.binary(min_size=6 * 512, max_size=6 * 4000),
    layout=st.sampled_from([(1, 1), (1, 2), (2, 2), (1, 3), (2, 3), (1, 4)]),
)
def test_any_samples_at_all_give_figures_that_are_numbers(
    data: bytes, layout: tuple[int, int]
) -> None:
    channels, sample_bytes = layout
    measure = Measure(WavFormat(8000, channels, sample_bytes), 8000)
    measure.note(data)
    for figures in measure.figures():
        numbers = [value for value in figures.model_dump().values() if isinstance(value, float)]
        assert all(math.isfinite(number) for number in (*numbers, *figures.floor_dbfs))
        assert SILENCE_DBFS <= figures.level_dbfs <= 0.01
        assert 0 <= figures.clipped <= 1
        assert 0 <= figures.flat <= 1
