"""Sound as a network wants it."""

from pathlib import Path

import numpy as np
import pytest
import soxr

from acoupi.audio.wav import WavFormat, write_wav
from acoupi.errors import DeviceConfigurationError
from acoupi.models import audio_for_models
from acoupi.models.audio_for_models import read_for_model, stream_for_model

RANDOM = np.random.default_rng(7)


def write(path: Path, sound: np.ndarray, rate_hz: int, channels: int = 1) -> Path:
    samples = (sound * 32768).astype("<i2")
    format = WavFormat(rate_hz, channels, 2)
    write_wav(path, format, samples.size // channels, [samples.tobytes()])
    return path


def noise(samples: int) -> np.ndarray:
    return (RANDOM.integers(-9000, 9000, samples) / 32768).astype(np.float32)


def test_sound_at_the_right_rate_is_left_as_it_is(tmp_path: Path) -> None:
    sound = noise(2500)
    assert np.array_equal(read_for_model(write(tmp_path / "a.wav", sound, 1000), 1000), sound)


def test_channels_are_averaged(tmp_path: Path) -> None:
    sound = noise(2000)
    heard = read_for_model(write(tmp_path / "a.wav", sound, 1000, channels=2), 1000)
    assert heard == pytest.approx(sound.reshape(-1, 2).mean(axis=1), abs=1e-6)


@pytest.mark.parametrize(("rate_hz", "expansion"), [(44_100, 1), (192_000, 1), (4410, 10)])
def test_blocks_are_resampled_as_if_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rate_hz: int, expansion: float
) -> None:
    monkeypatch.setattr(audio_for_models, "BLOCK_S", 1)
    sound = noise(rate_hz * 7 // 2)
    path = write(tmp_path / "a.wav", sound, rate_hz)
    blocks = list(stream_for_model(path, 48_000, expansion))
    expected = soxr.resample(sound, rate_hz * expansion, 48_000, quality="HQ")
    assert len(blocks) == 5
    assert np.concatenate(blocks) == pytest.approx(expected, abs=1e-5)


def test_a_file_without_sound_is_empty(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", noise(0), 1000)
    assert read_for_model(path, 1000).shape == read_for_model(path, 48_000).shape == (0,)


def test_a_file_that_is_no_sound_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"nothing")
    with pytest.raises(DeviceConfigurationError):
        read_for_model(path, 1000)
