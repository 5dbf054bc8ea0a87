"""Bringing sound to another rate."""

import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st

from acoupi.audio.sound import open_sound
from acoupi.models.batdetect2.resampling import Tape

TO_HZ = 256_000


def tape(folder: Path, samples: np.ndarray, rate_hz: int, expansion: float = 1) -> Tape:
    path = folder / f"{rate_hz}.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return Tape.of(open_sound(path), TO_HZ, expansion)


def tone(hz: float, rate_hz: int, seconds: float = 0.1) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate_hz)) / rate_hz)


@pytest.mark.parametrize("rate_hz", [192_000, 250_000, 256_000, 312_500, 384_000, 500_000, 44_100])
def test_a_tone_stays_where_it_was(tmp_path: Path, rate_hz: int) -> None:
    hz = 15_000
    resampled = tape(tmp_path, tone(hz, rate_hz), rate_hz)
    assert resampled.samples == pytest.approx(0.1 * TO_HZ, abs=1)
    heard = resampled.read(0, resampled.samples)
    expected = tone(hz, TO_HZ)[: len(heard)]
    middle = slice(1_000, -1_000)
    assert heard[middle] == pytest.approx(expected[middle], abs=2e-3)


@pytest.mark.parametrize("rate_hz", [44_099, 255_999, 383_999, 1_999_993])
def test_an_odd_rate_is_met_within_some_millionths(tmp_path: Path, rate_hz: int) -> None:
    resampled = tape(tmp_path, tone(15_000, rate_hz), rate_hz)
    assert resampled.up / resampled.down * rate_hz == pytest.approx(TO_HZ, rel=5e-6)
    heard = resampled.read(0, resampled.samples)
    assert heard[1_000:24_000] == pytest.approx(tone(15_000, TO_HZ)[1_000:24_000], abs=3e-2)


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 22_050, 44_100, 48_000, 192_000, 407_000])
def test_a_usual_rate_is_met_exactly(tmp_path: Path, rate_hz: int) -> None:
    made = tape(tmp_path, tone(1, rate_hz), rate_hz)
    assert made.up * rate_hz == made.down * TO_HZ


def test_what_the_new_rate_cannot_hold_is_gone(tmp_path: Path) -> None:
    resampled = tape(tmp_path, tone(180_000, 500_000), 500_000)
    assert np.abs(resampled.read(0, resampled.samples)[1_000:-1_000]).max() < 2e-3


@pytest.fixture(scope="module")
def noise(tmp_path_factory: pytest.TempPathFactory) -> Tape:
    samples = np.random.default_rng(1).uniform(-1, 1, 20_000)
    return tape(tmp_path_factory.mktemp("noise"), samples, 312_500)


@given(data=st.data())
def test_a_stretch_is_what_it_is_in_the_whole(noise: Tape, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, noise.samples - 1))
    count = data.draw(st.integers(0, 5_000))
    whole = noise.read(0, noise.samples)
    assert noise.read(start, count) == pytest.approx(whole[start : start + count], abs=1e-6)


def test_a_recording_expanded_in_time_is_played_as_it_was_heard(tmp_path: Path) -> None:
    slow = tape(tmp_path, tone(1_500, 25_600, seconds=1), 25_600, expansion=10)
    assert (slow.up, slow.down) == (1, 1)
    assert slow.highest_hz == 128_000
    assert slow.read(0, slow.samples) == pytest.approx(tone(15_000, TO_HZ), abs=1e-4)


def test_a_file_holds_what_half_its_rate_allows(tmp_path: Path) -> None:
    assert tape(tmp_path, tone(1, 192_000), 192_000).highest_hz == 96_000
