"""Sounds that models are timed on."""

import wave
from pathlib import Path

import pytest

from acoupi.models.timing import NOISE, write_sound


@pytest.mark.parametrize("frames", [1, 65_536, 150_000])
def test_a_sound_goes_on_with_its_block_for_as_long_as_asked(tmp_path: Path, frames: int) -> None:
    recording = write_sound(tmp_path / "sound.wav", NOISE, 48_000, frames)
    with wave.open(str(recording.path)) as sound:
        written = sound.readframes(frames + 1)
    assert written == (3 * NOISE)[: 2 * frames]
    assert (recording.samplerate, recording.duration) == (48_000, frames / 48_000)
