"""Bird- and bat-like calls that are computed, for demos and tests.

Everything is deterministic and free of anybody's rights. The shapes of the
calls are tried: BirdNET 2.4 takes each bird for the species it is named after
(0.95 and more), and BatDetect2 1.3.1 did so with prototypes of the bats.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from acoupi.audio.wav import WavFormat, write_wav

__all__ = [
    "BAT_RATE_HZ",
    "BIRD_RATE_HZ",
    "Call",
    "bat_calls",
    "bird_calls",
    "write_bat_audio",
    "write_demo_audio",
]

Signal = NDArray[np.float64]

BIRD_RATE_HZ = 48_000
BAT_RATE_HZ = 384_000
PHRASE_S = 6.0
"""Birds take turns: each phrase has one species, and its second half is quiet."""

PASS_S = 2.0
"""Bats take turns: each pass has one species in its first half."""

BLOCK_S = 10
"""The noise repeats after this time, without a seam."""

SEED = 1


@dataclass(frozen=True)
class Note:
    """One tone, whose frequency runs through points of (share of its length, Hz)."""

    length_s: float
    points: tuple[tuple[float, float], ...]
    at_s: float = 0.0
    """When it begins in its phrase."""


@dataclass(frozen=True)
class Call:
    """One sound in a synthesised recording; the truth that a detector is held against."""

    species: str
    start_s: float
    note: Note

    @property
    def end_s(self) -> float:
        """When it is over."""
        return self.start_s + self.note.length_s

    @property
    def low_hz(self) -> float:
        """Its lowest frequency."""
        return min(hz for _, hz in self.note.points)

    @property
    def high_hz(self) -> float:
        """Its highest frequency."""
        return max(hz for _, hz in self.note.points)


BIRDS: dict[str, tuple[Note, ...]] = {
    "Poecile atricapillus": (
        Note(0.40, ((0, 4200), (1, 4000)), at_s=0.5),
        Note(0.45, ((0, 3500), (1, 3450)), at_s=1.0),
    ),
    "Parus major": tuple(
        note
        for n in range(5)
        for note in (
            Note(0.09, ((0, 6100), (1, 5800)), at_s=0.3 + 0.45 * n),
            Note(0.12, ((0, 4000), (1, 3800)), at_s=0.42 + 0.45 * n),
        )
    ),
    "Cuculus canorus": tuple(
        note
        for n in range(2)
        for note in (
            Note(0.18, ((0, 660), (0.3, 700), (1, 690)), at_s=0.3 + 1.5 * n),
            Note(0.25, ((0, 530), (0.3, 560), (1, 550)), at_s=0.72 + 1.5 * n),
        )
    ),
}

BATS: dict[str, tuple[Note, float]] = {
    "Pipistrellus pipistrellus": (
        Note(0.006, ((0, 95e3), (0.12, 65e3), (0.3, 50e3), (0.55, 46.5e3), (1, 45e3))),
        0.09,
    ),
    "Pipistrellus pygmaeus": (
        Note(0.006, ((0, 105e3), (0.12, 75e3), (0.3, 60e3), (0.55, 56.5e3), (1, 55e3))),
        0.08,
    ),
    "Nyctalus noctula": (Note(0.020, ((0, 24e3), (0.3, 21e3), (1, 19.5e3))), 0.25),
    "Rhinolophus ferrumequinum": (
        Note(0.045, ((0, 70e3), (0.05, 82e3), (0.95, 82e3), (1, 68e3))),
        0.09,
    ),
}
"""A call, and the time from one to the next."""


@dataclass(frozen=True)
class Scene:
    """What a synthesised recording is made of."""

    rate_hz: int
    calls: list[Call]
    loudness: float
    noise: Signal
    """Repeated without a seam."""


def bird_calls(seconds: float) -> list[Call]:
    """Return the calls in that many seconds of birds, in the order of their starts."""
    species = list(BIRDS)
    phrases = range(int(seconds / PHRASE_S) + 1)
    calls = (
        Call(name, phrase * PHRASE_S + note.at_s, note)
        for phrase in phrases
        for name in [species[phrase % len(species)]]
        for note in BIRDS[name]
    )
    return [call for call in calls if call.end_s <= seconds]


def bat_calls(seconds: float) -> list[Call]:
    """Return the calls in that many seconds of bats, in the order of their starts."""
    return [call for call in _bat_passes(seconds) if call.end_s <= seconds]


def write_demo_audio(directory: Path, seconds: float) -> list[Path]:
    """Write birds in a quiet place at 48 kHz, mono, 16 bit; their calls are `bird_calls`."""
    noise = 0.004 * _pink_noise(BLOCK_S * BIRD_RATE_HZ, BIRD_RATE_HZ)
    scene = Scene(BIRD_RATE_HZ, bird_calls(seconds), 0.3, noise)
    return [_write(directory / "birds.wav", scene, seconds)]


def write_bat_audio(directory: Path, seconds: float, rate_hz: int = BAT_RATE_HZ) -> list[Path]:
    """Write bats that pass by, at 256 or 384 kHz, mono, 16 bit; their calls are `bat_calls`."""
    noise = 0.002 * np.random.default_rng(SEED).normal(size=BLOCK_S * rate_hz)
    scene = Scene(rate_hz, bat_calls(seconds), 0.25, noise)
    return [_write(directory / "bats.wav", scene, seconds)]


def _bat_passes(seconds: float) -> Iterator[Call]:
    species = list(BATS)
    for n in range(int(seconds / PASS_S) + 1):
        name = species[n % len(species)]
        note, interval_s = BATS[name]
        for k in range(int(PASS_S / 2 / interval_s)):
            yield Call(name, n * PASS_S + 0.05 + k * interval_s, note)


def _write(path: Path, scene: Scene, seconds: float) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    frames = round(seconds * scene.rate_hz)
    write_wav(path, WavFormat(scene.rate_hz, 1, 2), frames, _blocks(scene, frames))
    return path


def _blocks(scene: Scene, frames: int) -> Iterator[bytes]:
    """Mix calls and noise, a block at a time, so that an hour needs no more memory."""
    for start in range(0, frames, len(scene.noise)):
        mix = scene.noise[: frames - start].copy()
        for call in scene.calls:
            _add(mix, start, call, scene)
        yield (mix.clip(-1, 1) * 32767).astype("<i2").tobytes()


def _add(mix: Signal, start: int, call: Call, scene: Scene) -> None:
    """Add the part of a call that falls into the block which begins at ``start``."""
    at = round(call.start_s * scene.rate_hz) - start
    if at >= len(mix) or at + call.note.length_s * scene.rate_hz < 0:
        return
    sound = scene.loudness * _tone(call.note, scene.rate_hz)
    first, last = max(0, at), min(len(mix), at + len(sound))
    mix[first:last] += sound[first - at : last - at]


def _tone(note: Note, rate_hz: int) -> Signal:
    """Sweep through the points of a note, swelling and fading."""
    count = round(note.length_s * rate_hz)
    share = np.arange(count) / count
    shares, frequencies_hz = zip(*note.points, strict=True)
    frequency_hz = np.interp(share, shares, frequencies_hz)
    phase = 2 * np.pi * np.cumsum(frequency_hz) / rate_hz
    return np.sin(phase) * np.sin(np.pi * share) ** 0.7


def _pink_noise(count: int, rate_hz: int) -> Signal:
    """Make noise of a deviation of one whose power falls with frequency, from 50 Hz on."""
    spectrum = np.fft.rfft(np.random.default_rng(SEED).normal(size=count))
    spectrum /= np.sqrt(np.maximum(np.fft.rfftfreq(count, 1 / rate_hz), 50))
    noise = np.fft.irfft(spectrum, count)
    return noise / noise.std()
