"""BatDetect2 as published, beside the package it was published in."""

import datetime as dt
import json
import subprocess
import wave
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from acoupi.audio.sound import open_sound
from acoupi.data import Deployment, Recording
from acoupi.demo.synth import BAT_RATE_HZ, bat_calls, write_bat_audio, write_demo_audio
from acoupi.models.shelf import InstalledModel

pytestmark = pytest.mark.timeout(900)  # torch takes its time

REPOSITORY = Path(__file__).parents[3]
CACHE = REPOSITORY / ".cache"
TORCH = CACHE / "bat-oracle" / "bin" / "python"

LEAST = 0.3
"""Calls of this score are compared."""

TOLERANCE = 0.02
NEAR_S, NEAR_HZ = 0.002, 5_000


@dataclass(frozen=True)
class Found:
    file: str
    start_s: float
    low_hz: float
    score: float
    species: str

    def is_like(self, other: "Found") -> bool:
        return (
            self.file == other.file
            and abs(self.start_s - other.start_s) <= NEAR_S + 1e-6
            and abs(self.low_hz - other.low_hz) <= NEAR_HZ
        )


@pytest.fixture(scope="module")
def batdetect2(
    batdetect2_wheel: Path, install: Callable[[str, Path], InstalledModel]
) -> InstalledModel:
    return install("batdetect2", batdetect2_wheel)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight seconds of computed bats, one species after the other."""
    (path,) = write_bat_audio(tmp_path_factory.mktemp("demo"), 8)
    return path


@pytest.fixture(scope="module")
def files(real_audio: Path, demo: Path) -> list[Path]:
    """Nine recordings at 192, 250, 256 and 312.5 kHz, and a computed one at 384 kHz."""
    return [*sorted((real_audio / "bats").glob("*.[wW][aA][vV]")), demo]


@pytest.fixture(scope="module")
def published(requires: Callable[[object, str, str], None], files: list[Path]) -> list[Found]:
    """What the package finds, down to scores of 0.1."""
    requires(TORCH.is_file(), "the batdetect2 package", "run scripts/bat-oracle")
    command = [TORCH, REPOSITORY / "tests" / "tools" / "bat_oracle.py", *files]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, list[dict[str, Any]]] = json.loads(result.stdout)
    return [
        Found(name, call["start_time"], call["low_freq"], call["det_prob"], call["class"])
        for name, calls in found.items()
        for call in calls
    ]


def found_in(model: InstalledModel, files: list[Path], **options: Any) -> list[Found]:
    opened = model.open(options)
    found: list[Found] = []
    for path in files:
        for detection in opened.run(recording(path)).detections:
            assert detection.location is not None
            start_s, low_hz, _, _ = detection.location.coordinates
            species = detection.tags[0].tag.value
            found.append(Found(path.name, start_s, low_hz, detection.detection_score, species))
    return found


def recording(path: Path) -> Recording:
    sound = open_sound(path)
    return Recording(
        path=path,
        duration=sound.duration_s,
        samplerate=sound.format.rate_hz,
        created_on=dt.datetime(2026, 6, 1, 22, tzinfo=dt.UTC),
        deployment=Deployment(name="x"),
    )


def certain(found: list[Found], least: float = LEAST) -> list[Found]:
    return [each for each in found if each.score >= least]


def like(one: Found, others: list[Found]) -> Found | None:
    near = [other for other in others if one.is_like(other)]
    return min(near, key=lambda other: abs(one.start_s - other.start_s), default=None)


def test_it_finds_the_calls_that_the_package_finds_and_no_others(
    batdetect2: InstalledModel, files: list[Path], published: list[Found]
) -> None:
    found = found_in(batdetect2, files, overlap=0, part=1, threshold=0.1)
    assert len(certain(published)) > 300
    for expected in certain(published):
        same = like(expected, found)
        assert same is not None, expected
        assert same.species == expected.species
        assert same.score == pytest.approx(expected.score, abs=TOLERANCE)
    for call in certain(found):
        assert like(call, published) is not None, call
    # Not asked for, and good to know: all the others are the same as well.
    assert len(found) == pytest.approx(len(published), abs=3)


def test_stretches_that_overlap_change_few_calls(
    batdetect2: InstalledModel, files: list[Path], published: list[Found]
) -> None:
    found = found_in(batdetect2, files, threshold=0.1)
    expected = certain(published)
    pairs = [(call, like(call, found)) for call in expected]
    differ = [call for call, other in pairs if other is None or call.species != other.species]
    # A call on the edge of the threshold is no difference; one that was not there is.
    new = [call for call in certain(found) if like(call, certain(published, 0.25)) is None]
    assert len(differ) + len(new) <= 0.02 * len(expected)


def test_a_pipistrelle_is_a_pipistrelle(batdetect2: InstalledModel, real_audio: Path) -> None:
    file = real_audio / "bats" / "20230322_172000_selec2.wav"
    calls = certain(found_in(batdetect2, [file], overlap=0), 0.5)
    assert Counter(call.species for call in calls) == {"Pipistrellus pipistrellus": 13}
    best = max(calls, key=lambda call: call.score)
    assert (best.score, best.start_s) == pytest.approx((0.713, 0.9215), abs=0.002)


def test_where_there_are_no_bats_it_finds_none(
    batdetect2: InstalledModel, real_audio: Path, tmp_path: Path
) -> None:
    quiet = real_audio / "bats" / "AudiomothNoBatCalls.WAV"
    assert found_in(batdetect2, [quiet, *write_demo_audio(tmp_path, 6)]) == []


def test_the_bats_of_the_demo_are_counted(batdetect2: InstalledModel, demo: Path) -> None:
    found = found_in(batdetect2, [demo], threshold=0.5)
    called = bat_calls(8)
    assert Counter(each.species for each in found) == Counter(call.species for call in called)
    for call in called:
        (same,) = [each for each in found if abs(each.start_s - call.start_s) < 0.015]
        assert same.species == call.species


@pytest.mark.parametrize("begin_s", [2.985, 2.996, 2.999, 3.001])
def test_a_call_where_two_stretches_meet_is_found_once(
    batdetect2: InstalledModel, demo: Path, tmp_path: Path, begin_s: float
) -> None:
    call = next(call for call in bat_calls(8) if call.start_s > begin_s)
    path = tmp_path / "moved.wav"
    cut = round((call.start_s - begin_s) * BAT_RATE_HZ)
    with wave.open(str(demo)) as whole, wave.open(str(path), "wb") as moved:
        moved.setparams(whole.getparams())
        moved.writeframes(whole.readframes(whole.getnframes())[2 * cut :])
    found = found_in(batdetect2, [path], threshold=0.5)
    (same,) = [each for each in found if abs(each.start_s - begin_s) < 0.015]
    assert same.species == call.species


def test_the_network_is_that_of_the_package_for_any_sound(
    batdetect2: InstalledModel, tmp_path: Path, requires: Callable[[object, str, str], None]
) -> None:
    requires(TORCH.is_file(), "the batdetect2 package", "run scripts/bat-oracle")
    noise = np.random.default_rng(5).normal(0, 2_000, 70_000).astype("<i2")
    path = tmp_path / "noise.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(200_000)
        file.writeframes(noise.tobytes())
    command = [TORCH, REPOSITORY / "tests" / "tools" / "bat_oracle.py", path]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    expected = [call["det_prob"] for call in json.loads(result.stdout)["noise.wav"]]
    found = found_in(batdetect2, [path], overlap=0, threshold=0.1)
    assert sorted(each.score for each in found) == pytest.approx(sorted(expected), abs=0.002)
