# pyright: basic
"""Show what a trigger costs beside the recording.

Noise passes through the sieve in blocks as they come from the ring, as fast as
it can; the share of a core is the processor time over the length of the sound.

    python benchmarks/trigger.py [--seconds N]
"""

import argparse
import sys
import time

import numpy as np

from acoupi.audio.loudness import Trigger
from acoupi.audio.sieve import Withheld
from acoupi.audio.trigger import TriggerSieve
from acoupi.audio.wav import WavFormat
from acoupi.data import Deployment, Recording

KINDS = [
    (WavFormat(48_000, 1, 2), 2_000, 8_000),
    (WavFormat(48_000, 2, 3), 2_000, 8_000),
    (WavFormat(384_000, 1, 2), 15_000, 120_000),
    (WavFormat(500_000, 2, 2), 15_000, 120_000),
]
BLOCK_BYTES = 1 << 18
DURATION_S = 3


def main() -> None:
    """Print a line for each kind of microphone."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=300, help="how much sound")
    seconds = parser.parse_args().seconds
    for format, low_hz, high_hz in KINDS:
        sieve = TriggerSieve(Trigger(low_hz, high_hz, 12, pre_roll_s=DURATION_S))
        share = measure(sieve, format, seconds)
        bits = 8 * format.sample_bytes
        shape = f"{format.rate_hz / 1000:g} kHz, {format.channels} x {bits} bit"
        band = f"{low_hz / 1000:g} to {high_hz / 1000:g} kHz"
        sys.stdout.write(f"{shape:22} {band:14} {share:.2%} of a core\n")


def measure(sieve: TriggerSieve, format: WavFormat, seconds: float) -> float:
    """Return the processor time that a second of sound takes."""
    size = round(DURATION_S * format.rate_hz) * format.frame_bytes
    data = np.random.default_rng(1).integers(0, 256, size, np.uint8).tobytes()
    count = max(1, round(seconds / DURATION_S))
    deployment = Deployment(name="benchmark")
    pass_through(sieve, format, data, deployment)  # which loads what it needs
    began = time.process_time()
    for _ in range(count):
        pass_through(sieve, format, data, deployment)
    return (time.process_time() - began) / (count * DURATION_S)


def pass_through(
    sieve: TriggerSieve, format: WavFormat, data: bytes, deployment: Deployment
) -> None:
    """Let the sieve hear one recording."""
    recording = Recording(duration=DURATION_S, samplerate=format.rate_hz, deployment=deployment)
    sieve.begin(format, recording)
    blocks = (data[n : n + BLOCK_BYTES] for n in range(0, len(data), BLOCK_BYTES))
    try:
        for _ in sieve.sift(blocks):
            pass
    except Withheld:
        return


if __name__ == "__main__":
    main()
