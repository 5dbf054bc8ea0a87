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
        found += check.take()
    return found, told


values = st.sampled_from([b"\0\0", b"\5\1"])


@settings(deadline=None)
@given(values, st.integers(1, 300), st.integers(0, 900), st.integers(1, 300), st.integers(1, 200))
def test_two_seconds_of_one_value_are_told_once_and_counted_to_the_frame(
    value: bytes, before: int, flat: int, after: int, block: int
) -> None:
    # A block may be cut within a frame.
    found, told = in_blocks(noise(before) + value * flat + noise(after), block)
    total = sum(end - start for start, end in found)
    if flat >= 200:
        assert (found[0][0], found[-1][1]) == (before, before + flat)
        assert (total, told) == (flat, 1)
    else:
        assert (total, told) == (0, 0)


def test_a_value_that_was_flat_before_counts_from_its_first_frame() -> None:
    for sound, expected in ((b"\0\0" * 7, [(0, 7)]), (b"", [])):
        check = FlatCheck(FORMAT)
        check.expect(b"\0\0")
        whole = sound + noise(100) + b"\0\0" * 5 + noise(10)
        check.note(whole, len(whole) // 2)
        assert check.take() == expected
        assert check.value == b""


def test_several_flat_stretches_are_all_told() -> None:
    sound = (b"\0\0" * 250 + noise(20)) * 2
    check = FlatCheck(FORMAT)
    for start in range(0, len(sound), 90):
        check.note(sound[start : start + 90], min(start + 90, len(sound)) // 2)
    assert check.take() == [(0, 250), (270, 520)]
    assert check.take() == []


def test_noise_is_sound() -> None:
    assert in_blocks(noise(2000), 100) == ([], 0)
