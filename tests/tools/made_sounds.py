"""Sounds that a microphone hears in the field, and what becomes of them when it fails."""

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float64]

RATE_HZ = 48_000


def ambience(
    seconds: float = 3, rate_hz: int = RATE_HZ, seed: int = 0, rms: float = 3e-3
) -> Sound:
    """Make the sound of a quiet place: less power in each octave, and a little noise."""
    white = np.random.default_rng(seed).normal(size=round(seconds * rate_hz))
    return shape(white, rate_hz, lambda hz: 1 / np.sqrt(np.maximum(hz, 20)), rms) + hiss(
        seconds, rate_hz, seed + 1000
    )


def hiss(seconds: float = 3, rate_hz: int = RATE_HZ, seed: int = 0, rms: float = 1e-4) -> Sound:
    """Make the noise of a preamplifier."""
    return np.random.default_rng(seed).normal(size=round(seconds * rate_hz)) * rms


def wind(seconds: float = 3, rate_hz: int = RATE_HZ, seed: int = 0, rms: float = 0.1) -> Sound:
    """Make gusts at the microphone: loud, deep, and never the same for long."""
    random = np.random.default_rng(seed)
    white = random.normal(size=round(seconds * rate_hz))
    deep = shape(white, rate_hz, lambda hz: 1 / (1 + (hz / 60) ** 3), rms)
    t = np.arange(len(deep)) / rate_hz
    return deep * (1 + 0.9 * np.sin(2 * np.pi * 0.7 * t + random.uniform(0, 6)))


def rain(seconds: float = 3, rate_hz: int = RATE_HZ, seed: int = 0, loudest: float = 0.2) -> Sound:
    """Make drops that fall on the housing, more than can be counted."""
    random = np.random.default_rng(seed)
    drops = np.zeros(round(seconds * rate_hz))
    places = random.integers(0, len(drops), round(3000 * seconds))
    np.add.at(drops, places, random.normal(scale=loudest, size=len(places)))
    ringing = np.exp(-np.arange(rate_hz // 200) / (rate_hz * 2e-4))
    return np.convolve(drops, ringing * random.normal(size=len(ringing)))[: len(drops)]


def covered(sound: Sound, rate_hz: int = RATE_HZ, above_hz: float = 800) -> Sound:
    """Let mud or water swallow what is high."""
    spectrum = np.fft.rfft(sound)
    hz = np.fft.rfftfreq(len(sound), 1 / rate_hz)
    return np.fft.irfft(spectrum / (1 + (hz / above_hz) ** 4), len(sound))


def shape(sound: Sound, rate_hz: int, gain, rms: float) -> Sound:
    """Give noise a spectrum and a level."""
    hz = np.fft.rfftfreq(len(sound), 1 / rate_hz)
    shaped = np.fft.irfft(np.fft.rfft(sound) * gain(hz), len(sound))
    return shaped * rms / np.sqrt(np.mean(shaped**2))


def to_bytes(*channels: Sound, sample_bytes: int = 2) -> bytes:
    """Return interleaved samples, cut off where they are too loud."""
    top = (1 << (8 * sample_bytes - 1)) - 1
    wide = np.clip(np.round(np.stack(channels, axis=1) * top), -top - 1, top).astype("<i4")
    raw = np.frombuffer(wide.tobytes(), np.uint8).reshape(-1, 4)
    return raw[:, :sample_bytes].tobytes()
