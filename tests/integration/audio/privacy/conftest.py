"""The real model, and real speech."""

import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from acoupi.audio.privacy import model_file
from acoupi.audio.privacy.silero import Silero, load_package
from acoupi.audio.samples import read_mono
from acoupi.audio.sound import open_sound

Samples = NDArray[np.float32]

WORDS = (
    "Good morning. We have come to look after the birds in this meadow. "
    "Shall we go home now, my friend?"
)


@pytest.fixture(scope="session")
def silero(real_audio: Path, requires: Callable[[object, str, str], None]) -> Silero:
    """The model as it is on PyPI."""
    path = real_audio / "models" / model_file.MODEL_NAME
    requires(path.is_file(), "the speech model", "run scripts/fetch-speech-model")
    return Silero(path.read_bytes())


@pytest.fixture(scope="session")
def speak(
    requires: Callable[[object, str, str], None], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, int], Samples]:
    """``speak(voice, rate_hz)``: what a voice says, with an RMS of 0.1."""
    requires(shutil.which("espeak-ng"), "espeak-ng", "run scripts/install-test-parts")
    folder = tmp_path_factory.mktemp("speech")

    @cache
    def said(voice: str, rate_hz: int) -> Samples:
        path = folder / f"{voice}.wav"
        if not path.exists():
            subprocess.run(["espeak-ng", "-v", voice, "-w", path, WORDS], check=True)
        sound = open_sound(path)
        samples = read_mono(sound, 0, sound.frames)
        resampled = load_package("soxr").resample(samples, sound.format.rate_hz, rate_hz)
        return resampled * np.float32(0.1 / np.sqrt((resampled**2).mean()))

    return said


@pytest.fixture(scope="session")
def birds(real_audio: Path) -> Callable[[int], Samples]:
    """``birds(rate_hz)``: half a minute of a dawn."""

    @cache
    def sung(rate_hz: int) -> Samples:
        sound = open_sound(real_audio / "soundscape.wav")
        samples = read_mono(sound, 0, 30 * sound.format.rate_hz)
        return load_package("soxr").resample(samples, sound.format.rate_hz, rate_hz)

    return sung
