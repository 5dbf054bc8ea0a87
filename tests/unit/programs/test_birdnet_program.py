"""The BirdNET program, with a network small enough to make here."""

import json
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from small_models import install_small_birdnet

from acoupi.data import Deployment, Recording
from acoupi.errors import ConfigurationError, ModelError
from acoupi.programs.birdnet import BirdNetConfig, Program
from acoupi.testing.sounds import write_silence

SPECIES = ["Poecile atricapillus", "Coccothraustes coccothraustes"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ACOUPI_HOME", str(tmp_path / "home"))
    install_small_birdnet(tmp_path / "home")
    return tmp_path / "home"


def program_of(**sections: Any) -> Program:
    config = BirdNetConfig.model_validate({"microphone": {"device_name": "none"}, **sections})
    for folder in (config.paths.recordings, config.paths.db_metadata.parent):
        folder.mkdir(parents=True, exist_ok=True)
    return Program(config, Celery("test", set_as_current=False))


def detect(program: Program, folder: Path, **place: float) -> list[dict[str, Any]]:
    """Let the program hear three seconds, and return the messages it would send."""
    path = folder / "sound.wav"
    write_silence(path, 3, 48_000)
    deployment = Deployment.model_validate({"name": "meadow", **place})
    recording = Recording(path=path, duration=3, samplerate=48_000, deployment=deployment)
    program.store.store_deployment(deployment)
    program.store.store_recording(recording)
    program.tasks["detection_task"](recording)
    return [json.loads(message.content) for message in program.message_store.get_unsent_messages()]


def species(message: dict[str, Any]) -> list[str]:
    return [detection["tags"][0]["tag"]["value"] for detection in message["detections"]]


def test_what_is_heard_is_stored_and_sent_by_its_scientific_name(tmp_path: Path) -> None:
    (message,) = detect(program_of(), tmp_path)
    assert species(message) == SPECIES
    assert all(len(detection["tags"]) == 1 for detection in message["detections"])


def test_what_does_not_live_there_is_not(tmp_path: Path) -> None:
    (message,) = detect(program_of(), tmp_path, latitude=50, longitude=-1)
    assert species(message) == SPECIES[:1]


def test_a_threshold_counts_once(tmp_path: Path) -> None:
    sections = {"detections": {"threshold": 0.8}, "birdnet": {"thresholds": {SPECIES[1]: 0.1}}}
    (message,) = detect(program_of(**sections), tmp_path)
    assert species(message) == SPECIES


@pytest.mark.parametrize(
    ("thresholds", "heard"),
    [({}, SPECIES[:1]), ({SPECIES[1]: 0.1}, SPECIES), ({"Hawfinch": 0.1}, SPECIES)],
)
def test_species_with_a_threshold_keep_it_beside_a_dynamic_one(
    tmp_path: Path, thresholds: dict[str, float], heard: list[str]
) -> None:
    dynamic = {"floor": 0.1, "sure_from": 0.85}
    detections = {"threshold": 0.8, "dynamic_threshold": dynamic}
    program = program_of(detections=detections, birdnet={"thresholds": thresholds})
    assert program.least_score(program.config) == 0.1
    (message,) = detect(program, tmp_path)
    assert species(message) == heard


def test_who_wants_summaries_is_spared_the_rest(tmp_path: Path) -> None:
    program = program_of(summary={"interval": 600})
    assert detect(program, tmp_path) == []
    program.tasks["summary_task"]()
    (message,) = program.message_store.get_unsent_messages()
    assert json.loads(message.content)[SPECIES[0]]["count"] == 1


def test_what_is_not_installed_is_told_by_the_check(home: Path) -> None:
    (home / "models" / "birdnet" / "manifest.json").unlink()
    program = program_of()
    with pytest.raises(ModelError, match="birdnet is not installed") as caught:
        _ = program.model.name
    assert caught.value.help == "acoupi models install birdnet"


def test_a_species_nobody_knows_is_told_by_the_check() -> None:
    program = program_of(birdnet={"species": ["Poecile atricapilus"]})
    with pytest.raises(ConfigurationError, match="knows no species 'Poecile atricapilus'"):
        _ = program.model.name


def test_it_records_from_dawn_to_dusk_in_whole_windows() -> None:
    recording = program_of().config.recording
    assert recording.duration % 3 == 0
    assert recording.interval == recording.duration


def told_of_the_place(program: Program) -> bool:
    return any("--latitude" in note for note in program.notes(program.config))


def test_who_starts_it_is_told_to_say_where_it_is() -> None:
    program = program_of()
    assert told_of_the_place(program)
    program.store.store_deployment(Deployment(name="meadow", latitude=50, longitude=-1))
    assert not told_of_the_place(program)


def test_where_the_place_changes_nothing_it_is_not_asked_for() -> None:
    assert not told_of_the_place(program_of(birdnet={"range_filter": False}))
    assert not told_of_the_place(program_of(birdnet={"species": SPECIES[:1]}))
