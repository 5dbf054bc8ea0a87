"""Microphones that give one value only."""

import random

from hypothesis import given, settings, strategies as st

from acoupi.audio.flat import FlatCheck
from acoupi.audio.wav import WavFormat

FORMAT = WavFormat(100, 1, 2)


def noise(frames: int) -> bytes:
    values = random.Random(frames)
    return b"".join(values.randrange(1, 30_000).to_bytes(2, "little") for _ in range(frames))


def in_blocks(sound: bytes, block: int) -> tuple[list[tuple[int, int]], int]:
    check, found, told = FlatCheck(FORMAT), list[tuple[int, int]](), 0
    for start in range(0, len(sound), block):
        part = sound[start : start + block]
        told += check.note(part, (start + len(part)) // 2)
        if (stretch := check.take()) is not None:
            found.append(stretch)
    return found, told


@settings(deadline=None)
@given(st.integers(1, 300), st.integers(0, 900), st.integers(1, 300), st.integers(1, 100))
def test_zeros_of_two_seconds_are_told_once_and_counted_to_the_frame(
    before: int, zeros: int, after: int, block: int
) -> None:
    found, told = in_blocks(noise(before) + bytes(2 * zeros) + noise(after), 2 * block)
    total = sum(end - start for start, end in found)
    if zeros >= 200 + 2 * block:
        assert (found[0][0], found[-1][1]) == (before, before + zeros)
        assert (total, told) == (zeros, 1)
    elif zeros < 199:
        assert (total, told) == (0, 0)


def test_a_value_that_never_changes_is_no_sound_either() -> None:
    found, told = in_blocks(noise(50) + b"\x05\x01" * 400 + noise(50), 40)
    assert told == 1
    assert 360 <= sum(end - start for start, end in found) <= 401


def test_noise_is_sound() -> None:
    assert in_blocks(noise(2000), 100) == ([], 0)
