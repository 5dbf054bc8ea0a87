"""Calls that are computed."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from acoupi.audio.wav import WavFormat, open_wav
from acoupi.demo.synth import Call, bat_calls, bird_calls, write_bat_audio, write_demo_audio


def test_the_birds_are_what_a_microphone_would_give(tmp_path: Path) -> None:
    (path,) = write_demo_audio(tmp_path / "made", 12.5)
    wav = open_wav(path)
    assert wav.format == WavFormat(48_000, 1, 2)
    assert wav.duration_s == 12.5


@pytest.mark.parametrize("rate_hz", [256_000, 384_000])
def test_the_bats_are_what_a_microphone_would_give(tmp_path: Path, rate_hz: int) -> None:
    (path,) = write_bat_audio(tmp_path, 2, rate_hz)
    assert open_wav(path).format == WavFormat(rate_hz, 1, 2)
    assert open_wav(path).duration_s == 2


def test_the_same_is_made_every_time(tmp_path: Path) -> None:
    (first,) = write_demo_audio(tmp_path / "a", 11)
    (second,) = write_demo_audio(tmp_path / "b", 11)
    assert first.read_bytes() == second.read_bytes()


def test_a_longer_recording_begins_like_a_shorter_one(tmp_path: Path) -> None:
    (short,) = write_demo_audio(tmp_path / "a", 5)
    (long,) = write_demo_audio(tmp_path / "b", 25)
    assert open_wav(long).read().startswith(open_wav(short).read())


@pytest.mark.parametrize("calls_in", [bird_calls, bat_calls])
@pytest.mark.parametrize("seconds", [0.1, 7, 61])
def test_calls_come_in_order_and_whole(
    calls_in: Callable[[float], list[Call]], seconds: float
) -> None:
    calls = calls_in(seconds)
    starts = [call.start_s for call in calls]
    assert starts == sorted(starts)
    assert all(call.end_s <= seconds for call in calls)


def test_birds_leave_quiet_stretches() -> None:
    starts = [0.0, *(call.start_s for call in bird_calls(60))]
    assert max(b - a for a, b in pairwise(starts)) > 3


def test_all_species_have_their_turn() -> None:
    assert len({call.species for call in bird_calls(18)}) == 3
    assert len({call.species for call in bat_calls(8)}) == 4
