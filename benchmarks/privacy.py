"""Measure what it costs to listen for speech, as a share of one core.

The gate hears noise in blocks as a microphone gives them, and its own processor
time counts; that of the microphone and the disk does not. The model must be
there: acoupi privacy install.

    python benchmarks/privacy.py [--seconds N]
"""

import argparse
import resource
import sys
import time
from pathlib import Path

import numpy as np

from acoupi.audio.privacy.gate import PrivacyGate
from acoupi.audio.privacy.model_file import load_silero
from acoupi.audio.wav import WavFormat
from acoupi.data import Deployment, Recording

BLOCK_BYTES = 1 << 18
FORMATS = [
    WavFormat(16_000, 1, 2),
    WavFormat(48_000, 1, 2),
    WavFormat(48_000, 2, 3),
    WavFormat(192_000, 1, 2),
    WavFormat(250_000, 1, 2),
    WavFormat(384_000, 1, 2),
]


def main() -> None:
    """Load the model, and hear each format."""
    parser = argparse.ArgumentParser(description="Measure listening for speech.")
    parser.add_argument("--seconds", type=float, default=60, help="how much sound to hear")
    seconds = parser.parse_args().seconds
    before_mb = peak_mb()
    begun_s = time.perf_counter()
    model = load_silero()
    sys.stdout.write(
        f"loaded in {time.perf_counter() - begun_s:.2f} s, {peak_mb() - before_mb:.0f} MB more\n"
    )
    for format in FORMATS:
        cost = cpu_s(PrivacyGate("silence", lambda: model), format, seconds) / seconds
        depth = 8 * format.sample_bytes
        sys.stdout.write(
            f"{format.rate_hz:>7} Hz, {format.channels} ch, {depth} bit: {cost:.2%} of a core\n"
        )
    sys.stdout.write(f"{peak_mb():.0f} MB at most\n")


def cpu_s(gate: PrivacyGate, format: WavFormat, seconds: float) -> float:
    """Return the time that the gate computes on noise."""
    frames = round(seconds * format.rate_hz)
    block = noise(BLOCK_BYTES // format.frame_bytes * format.frame_bytes)
    whole, rest = divmod(frames * format.frame_bytes, len(block))
    begun_s = time.process_time()
    gate.begin(format, recording_of(format, seconds))
    for _ in gate.sift(iter([block] * whole + [block[:rest]])):
        pass
    return time.process_time() - begun_s


def noise(size: int) -> bytes:
    """Return samples that are noise in any format."""
    return np.random.default_rng(1).integers(0, 256, size, np.uint8).tobytes()


def recording_of(format: WavFormat, seconds: float) -> Recording:
    """Describe what is heard."""
    return Recording(
        path=Path("benchmark.wav"),
        duration=seconds,
        samplerate=format.rate_hz,
        audio_channels=format.channels,
        deployment=Deployment(name="benchmark"),
    )


def peak_mb() -> float:
    """Return the most memory that was used so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


if __name__ == "__main__":
    main()
