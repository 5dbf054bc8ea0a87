"""The program that runs any models, with networks small enough to make here."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from celery import Celery
from pydantic import ValidationError
from small_models import install_small_birdnet, linear_network

from acoupi.config.parse import parse_config_from_args
from acoupi.data import Deployment, ModelOutput, Recording
from acoupi.errors import ConfigurationError, ModelError
from acoupi.models.shelf.own_file import OwnFile, install_file
from acoupi.programs.models import ModelsConfig, Program
from acoupi.testing.sounds import write_silence

MICROPHONE = {"device_name": "none"}
RATE_HZ = 48_000


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ACOUPI_HOME", str(tmp_path / "home"))
    install_small_birdnet(tmp_path / "home")
    labels = tmp_path / "labels.txt"
    labels.write_text("toad\nnewt\n")
    zeros = np.zeros((2, 1), np.float32)
    network = linear_network(tmp_path / "frogs.onnx", RATE_HZ, zeros, [0.9, 0.3])
    install_file("frogs", OwnFile(network, labels, rate_hz=RATE_HZ, window_s=1.0))
    return tmp_path / "home"


@pytest.fixture
def hear(tmp_path: Path) -> Callable[..., dict[str, list[str]]]:
    """Let a program hear three seconds, and return what each model found there."""

    def hear(program: Program, microphone: str = "") -> dict[str, list[str]]:
        for folder in (program.config.paths.recordings, program.config.paths.db_metadata.parent):
            folder.mkdir(parents=True, exist_ok=True)
        path = tmp_path / "sound.wav"
        write_silence(path, 3, RATE_HZ)
        deployment = Deployment(name="pond")
        recording = Recording(
            path=path,
            duration=3,
            samplerate=RATE_HZ,
            deployment=deployment,
            microphone=microphone,
        )
        program.store.store_deployment(deployment)
        program.store.store_recording(recording)
        program.tasks[program.detection_task_of(recording)](recording)
        outputs: list[ModelOutput] = program.store.get_model_outputs()  # type: ignore[attr-defined]
        return {output.name_model.partition("-")[0]: found(output) for output in outputs}

    return hear


def found(output: ModelOutput) -> list[str]:
    return sorted({d.tags[0].tag.value for d in output.detections if d.tags})


def program_of(*models: object, **sections: Any) -> Program:
    document = {"microphone": MICROPHONE, "models": models, **sections}
    app = Celery("test", set_as_current=False)
    app.conf.update(task_always_eager=True)
    return Program(ModelsConfig.model_validate(document), app)


def test_each_model_that_is_named_hears_each_recording(hear: Callable[..., Any]) -> None:
    assert hear(program_of("birdnet", "frogs")) == {
        "birdnet": ["Coccothraustes coccothraustes", "Poecile atricapillus"],
        "frogs": ["toad"],
    }


def test_a_dynamic_threshold_reaches_all_that_say_none_of_their_own() -> None:
    own = {"name": "frogs", "options": {"threshold": 0.7}}
    detections = {"threshold": 0.5, "dynamic_threshold": {"floor": 0.15}}
    for models, thresholds in (
        (["birdnet", "frogs"], [0.15, 0.15]),
        (["birdnet", own], [0.15, 0.7]),
    ):
        program = program_of(*models, detections=detections)
        asked: list[Any] = list(program.models_of(""))
        assert [model.options.threshold for model in asked] == thresholds


def test_each_is_told_its_options(hear: Callable[..., Any]) -> None:
    frogs = {"name": "frogs", "options": {"threshold": 0.2}}
    birds = {"name": "birdnet", "options": {"threshold": 0.8}}
    assert hear(program_of(frogs, birds)) == {
        "birdnet": ["Poecile atricapillus"],
        "frogs": ["newt", "toad"],
    }


def test_a_threshold_may_be_given_for_all(hear: Callable[..., Any]) -> None:
    assert hear(program_of("birdnet", "frogs", detections={"threshold": 0.88})) == {
        "birdnet": ["Poecile atricapillus"],
        "frogs": ["toad"],
    }


def test_a_microphone_may_have_models_of_its_own(hear: Callable[..., Any]) -> None:
    pond = {"name": "pond", "device_name": "other", "models": ["frogs"]}
    assert hear(program_of("birdnet", further_microphones=[pond]), "pond") == {"frogs": ["toad"]}


def test_one_that_is_not_installed_is_told_by_the_check_and_leaves_the_others_their_work(
    hear: Callable[..., Any],
) -> None:
    program = program_of("frogs", "owls")
    with pytest.raises(ModelError, match="the model owls is not installed") as caught:
        _ = [model.name for model in program.models_of("")]
    assert (caught.value.help or "").startswith("acoupi models install owls --from-file")
    assert hear(program) == {"frogs": ["toad"]}


@pytest.mark.parametrize("name", ["[]", '{"name"', '"frogs"'])
def test_what_was_meant_to_be_json_is_not_taken_for_a_name(name: str) -> None:
    with pytest.raises(ValidationError, match="no model is called"):
        ModelsConfig.model_validate({"microphone": MICROPHONE, "models": name})


def test_an_option_that_a_model_does_not_have_is_told_by_the_check() -> None:
    program = program_of({"name": "frogs", "options": {"treshold": 0.2}})
    with pytest.raises(ConfigurationError, match="treshold"):
        _ = program.model.name


@pytest.mark.parametrize(
    ("models", "complaint"),
    [(["frogs", "frogs"], "frogs is named twice"), ([], "at least 1"), ([""], "at least 1")],
)
def test_models_that_cannot_be_told_apart_or_are_none_are_refused(
    models: list[str], complaint: str
) -> None:
    with pytest.raises(ValidationError, match=complaint):
        program_of(*models)


@pytest.mark.parametrize("models", ['["frogs", "birdnet"]', "frogs,birdnet", "frogs, birdnet"])
def test_names_are_enough_on_the_command_line(models: str) -> None:
    flags = ["--microphone.device_name", "none", "--models", models]
    config = parse_config_from_args(ModelsConfig, flags, prompt=False)
    assert [model.name for model in config.models] == ["frogs", "birdnet"]
