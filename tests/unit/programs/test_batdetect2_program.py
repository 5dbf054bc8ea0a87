"""The BatDetect2 program, with a network small enough to make here."""

import json
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from celery import Celery
from small_batdetect2 import install_small_batdetect2

from acoupi.data import Deployment, Recording
from acoupi.errors import ConfigurationError, ModelError
from acoupi.programs.batdetect2 import BatDetect2Config, Program
from acoupi.testing.sounds import write_silence

RATE_HZ = 256_000
ANY_CALL = {"detections": {"threshold": 0.05}}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ACOUPI_HOME", str(tmp_path / "home"))
    install_small_batdetect2(tmp_path / "home")
    return tmp_path / "home"


def program_of(**sections: Any) -> Program:
    config = BatDetect2Config.model_validate({"microphone": {"device_name": "none"}, **sections})
    for folder in (config.paths.recordings, config.paths.db_metadata.parent):
        folder.mkdir(parents=True, exist_ok=True)
    return Program(config, Celery("test", set_as_current=False))


def write_chirps(path: Path) -> None:
    """Write a third of a second with faint noise and four chirps that fall from 90 to 40 kHz."""
    samples = np.random.default_rng(1).normal(0, 20, RATE_HZ // 3)
    moments = np.arange(1_500) / RATE_HZ
    chirp = 9_000 * np.sin(2 * np.pi * (90_000 - 4_000_000 * moments) * moments)
    for start in range(10_000, 80_000, 20_000):
        samples[start : start + len(chirp)] += chirp
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples.astype("<i2").tobytes())


def detect(program: Program, folder: Path, silent: bool = False) -> list[dict[str, Any]]:
    """Let the program hear a recording, and return the messages it would send."""
    path = folder / "sound.wav"
    if silent:
        write_silence(path, 1, RATE_HZ)
    else:
        write_chirps(path)
    deployment = Deployment(name="wood")
    recording = Recording(path=path, duration=1, samplerate=RATE_HZ, deployment=deployment)
    program.store.store_deployment(deployment)
    program.store.store_recording(recording)
    program.tasks["detection_task"](recording)
    return [json.loads(message.content) for message in program.message_store.get_unsent_messages()]


def outputs_of(program: Program) -> int:
    """Return how many recordings the network has seen."""
    return len(program.store.get_model_outputs())  # type: ignore[attr-defined]


def test_calls_are_stored_and_sent_with_their_species(tmp_path: Path) -> None:
    (message,) = detect(program_of(**ANY_CALL), tmp_path)
    assert message["name_model"].startswith("batdetect2-uk-")
    assert message["detections"]
    for detection in message["detections"]:
        assert detection["detection_score"] >= 0.05
        assert detection["tags"][0]["tag"]["key"] == "species"


def test_who_wants_summaries_is_spared_the_rest(tmp_path: Path) -> None:
    program = program_of(**ANY_CALL, summary={"interval": 600})
    assert detect(program, tmp_path) == []
    program.tasks["summary_task"]()
    (message,) = program.message_store.get_unsent_messages()
    assert len(json.loads(message.content)) > 1


@pytest.mark.parametrize(("silent", "seen"), [(True, 0), (False, 1)])
def test_a_gate_spares_the_network_what_is_silent(tmp_path: Path, silent: bool, seen: int) -> None:
    program = program_of(**ANY_CALL, gate={})
    detect(program, tmp_path, silent)
    assert outputs_of(program) == seen


def test_without_a_gate_the_network_sees_everything(tmp_path: Path) -> None:
    program = program_of(**ANY_CALL)
    detect(program, tmp_path, silent=True)
    assert outputs_of(program) == 1


def test_what_is_not_installed_is_told_by_the_check(home: Path) -> None:
    (home / "models" / "batdetect2" / "manifest.json").unlink()
    program = program_of()
    with pytest.raises(ModelError, match="batdetect2 is not installed") as caught:
        _ = program.model.name
    assert caught.value.help == "acoupi models install batdetect2"


def test_a_species_nobody_knows_is_told_by_the_check() -> None:
    program = program_of(batdetect2={"species": ["Pipistrellus kuhlii"]})
    with pytest.raises(ConfigurationError, match="does not know Pipistrellus kuhlii"):
        _ = program.model.name


def test_it_records_at_night() -> None:
    recording = program_of().config.recording
    assert recording.schedule_start > recording.schedule_end
