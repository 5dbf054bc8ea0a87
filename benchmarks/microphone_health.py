# pyright: basic
"""Show what watching the microphone costs beside recording it.

Noise passes through the watch in blocks as they come from the ring, as fast as
it can; the share of a core is the processor time over the length of the sound.

    python benchmarks/microphone_health.py [--seconds N]
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from acoupi.audio.wav import WavFormat
from acoupi.components.microphone_watch import MicrophoneWatch
from acoupi.data import Deployment, Recording

FORMATS = [
    WavFormat(48_000, 1, 2),
    WavFormat(48_000, 2, 3),
    WavFormat(384_000, 1, 2),
    WavFormat(500_000, 2, 2),
]
BLOCK_BYTES = 1 << 18
DURATION_S = 3


def main() -> None:
    """Print a line for each kind of microphone."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=300, help="how much sound")
    seconds = parser.parse_args().seconds
    for format in FORMATS:
        with tempfile.TemporaryDirectory() as folder:
            share = measure(format, Path(folder), seconds)
        bits = 8 * format.sample_bytes
        sys.stdout.write(
            f"{format.rate_hz:>7} Hz, {format.channels} channel(s), {bits} bit: "
            f"{share:.2%} of a core\n"
        )


def measure(format: WavFormat, folder: Path, seconds: float) -> float:
    """Return the processor time that the watch takes, as a share of the sound's length."""
    watch = MicrophoneWatch("benchmark", folder / "health.json")
    blocks = make_blocks(format)
    deployment = Deployment(name="benchmark")
    record(watch, format, blocks, deployment)  # what is loaded once does not count
    recordings = max(1, round(seconds / DURATION_S))
    begun_s = time.process_time()
    for _ in range(recordings):
        record(watch, format, blocks, deployment)
    return (time.process_time() - begun_s) / (recordings * DURATION_S)


def make_blocks(format: WavFormat) -> list[bytes]:
    """Make a recording's worth of noise."""
    size = DURATION_S * format.rate_hz * format.frame_bytes
    noise = np.random.default_rng(0).bytes(size)
    return [noise[start : start + BLOCK_BYTES] for start in range(0, size, BLOCK_BYTES)]


def record(
    watch: MicrophoneWatch, format: WavFormat, blocks: list[bytes], deployment: Deployment
) -> None:
    """Let a recording pass through the watch."""
    recording = Recording(duration=DURATION_S, samplerate=format.rate_hz, deployment=deployment)
    watch.begin(format, recording)
    for _ in watch.sift(iter(blocks)):
        pass


if __name__ == "__main__":
    main()
