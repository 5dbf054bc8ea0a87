"""Whether the model can be built, and keeps up with the schedule."""

import random
import tempfile
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from acoupi._clock import monotonic_s
from acoupi.audio.wav import WavFormat, write_wav
from acoupi.data import Deployment, Recording
from acoupi.system.checks.findings import Finding, ok, skipped, warning
from acoupi.system.checks.subject import Subject
from acoupi.system.health import Rhythm

__all__ = ["check_model", "judge_speed"]

MAX_SOUND_S = 15.0
DEFAULT_SOUND_S = 3.0
DEFAULT_RATE_HZ = 48_000
PATIENCE_S = 10.0
"""A model that took longer the first time is not asked a second time."""

BLOCK_FRAMES = 1 << 16
LOUDNESS = 8


def check_model(subject: Subject) -> Iterator[Finding]:
    """Build the model, and time it on a recording of noise."""
    model = subject.part("model")
    if model is None:
        yield skipped("model", "the program has none")
    elif subject.is_running:
        yield skipped("model", "the sensor needs the processor; its backlog shows if it keeps up")
    else:
        begun_s = monotonic_s()
        name = str(model.name)  # built by now
        built_s = monotonic_s() - begun_s
        format = subject.format
        rate_hz = DEFAULT_RATE_HZ if format is None else format.rate_hz
        compute_s, sound_s = _time(model, rate_hz, _sound_s(subject.rhythm))
        yield judge_speed(name, built_s, compute_s / sound_s, subject.rhythm)


def judge_speed(name: str, built_s: float, speed: float, rhythm: Rhythm | None) -> Finding:
    """Judge whether a model keeps up.

    Parameters
    ----------
    name
        Of the model.
    built_s
        What building it took.
    speed
        Seconds of computing for a second of sound.
    rhythm
        When the program records.
    """
    took = f"{name}: {speed:.2g} s of computing for 1 s of sound"
    if rhythm is None:
        return ok("model", took)
    share = speed * rhythm.duration_s / rhythm.period_s
    why = f"{took}, {share:.1%} of the time there is (built in {built_s:.1f} s)"
    if share > 1:
        hint = "record with longer pauses, or for fewer hours, so that the nights can catch up"
        return warning("model", f"it does not keep up with the schedule; {why}", hint)
    return ok("model", why)


def _time(model: Any, rate_hz: int, sound_s: float) -> tuple[float, float]:
    """Return the seconds it took, and for how many seconds of sound."""
    with tempfile.TemporaryDirectory() as folder:
        recording = _noise(Path(folder) / "noise.wav", rate_hz, sound_s)
        compute_s = _run_s(model, recording)
        if compute_s < PATIENCE_S:  # what it loads the first time is not its speed
            compute_s = _run_s(model, recording)
    return compute_s, recording.duration


def _run_s(model: Any, recording: Recording) -> float:
    begun_s = monotonic_s()
    model.run(recording)
    return monotonic_s() - begun_s


def _noise(path: Path, rate_hz: int, sound_s: float) -> Recording:
    frames = round(rate_hz * sound_s)
    noise = random.Random(1).randbytes(BLOCK_FRAMES)  # noqa: S311 - a sound, not a secret
    block = array("h", (LOUDNESS * (byte - 128) for byte in noise)).tobytes()
    whole, rest = divmod(frames, BLOCK_FRAMES)
    blocks = [block] * whole + [block[: 2 * rest]]
    write_wav(path, WavFormat(rate_hz, 1, 2), frames, blocks)
    return Recording(
        path=path,
        duration=frames / rate_hz,
        samplerate=rate_hz,
        deployment=Deployment(name="check"),
    )


def _sound_s(rhythm: Rhythm | None) -> float:
    return DEFAULT_SOUND_S if rhythm is None else min(rhythm.duration_s, MAX_SOUND_S)
