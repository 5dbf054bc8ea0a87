"""Programs in which several models hear each recording."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from celery import Celery

from acoupi.components.types import AudioRecorder, Model, Store
from acoupi.data import Deployment, ModelOutputInfo
from acoupi.errors import ConfigurationError, ModelError
from acoupi.programs import activity
from acoupi.programs.templates import DetectionProgram
from acoupi.programs.templates.late_models import LateModel
from acoupi.testing import FakeModel, FakeRecorder


def named(name: str) -> Model:
    model = FakeModel()
    model.name = name
    return model


class Program(DetectionProgram[activity.ActivityConfig]):
    """Two models for each microphone: that of its preset, and one more."""

    built = 0

    def configure_recorder(self, config: activity.ActivityConfig) -> AudioRecorder:
        return FakeRecorder(config.paths.tmp_audio)

    def configure_model(self, config: activity.ActivityConfig) -> Model:
        type(self).built += 1
        return named(config.detector.preset)

    def configure_further_models(self, config: activity.ActivityConfig) -> Sequence[Model]:
        type(self).built += 1
        return [named(f"{config.detector.preset}-too")]


class OneIsMissing(Program):
    def configure_further_models(self, config: activity.ActivityConfig) -> Sequence[Model]:
        return [LateModel(self.fail), named("last")]

    def fail(self) -> Model:
        raise ModelError("it is not installed")


class Unplugged(Program):
    is_plugged = False

    def configure_model(self, config: activity.ActivityConfig) -> Model:
        if self.is_plugged:
            return named(config.detector.preset)
        raise ModelError("its file is cut off")


class Twins(Program):
    def configure_further_models(self, config: activity.ActivityConfig) -> Sequence[Model]:
        return [named(config.detector.preset)]


class OwnStore(Program):
    """Keeps no processing log."""

    def configure_store(self, config: activity.ActivityConfig) -> Store:
        class Plain:
            """Answers nothing, since nobody asks."""

        return cast("Any", Plain())


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Program]:
    def make(program: type[Program] = Program, *further: dict[str, Any]) -> Program:
        config = activity.ActivityConfig.model_validate(
            {
                "timezone": "UTC",
                "microphone": {"device_name": "none"},
                "further_microphones": further,
                "recording": {"schedule_start": "00:00", "schedule_end": "00:00"},
                "paths": {
                    "tmp_audio": tmp_path / "tmp",
                    "recordings": tmp_path / "recordings",
                    "db_metadata": tmp_path / "metadata.db",
                },
                "messaging": {"messages_db": tmp_path / "messages.db"},
            }
        )
        program.built = 0
        app = Celery("test", set_as_current=False)
        app.conf.update(task_always_eager=True)
        return program(config, app)

    return make


BATS = {
    "name": "bats",
    "device_name": "other",
    "samplerate": 256_000,
    "detector": {"preset": "ultrasonic"},
}


def heard(program: Program) -> dict[str, list[str]]:
    """Let all microphones record, and return which models have answered for each."""
    program.on_start(Deployment(name="wood"))
    for name, task in program.tasks.items():
        if name.startswith("recording_task"):
            task()
    return answers_in(program)


def answers_in(program: Program) -> dict[str, list[str]]:
    found = program.store.get_recordings_by_path(  # type: ignore[attr-defined]
        sorted(program.config.paths.tmp_audio.glob("*.wav"))
    )
    return {r.microphone: sorted(output.name_model for output in outputs) for r, outputs in found}


def test_each_microphone_is_heard_by_all_models_of_its_own(make: Callable[..., Program]) -> None:
    program = make(Program, BATS)
    assert program.built == 0
    assert heard(program) == {
        "": ["auto", "auto-too"],
        "bats": ["ultrasonic", "ultrasonic-too"],
    }
    assert program.built == 4


def test_one_that_cannot_be_built_keeps_none_from_hearing(make: Callable[..., Program]) -> None:
    assert heard(make(OneIsMissing)) == {"": ["auto", "last"]}


def test_what_had_to_do_without_a_model_is_heard_once_a_worker_can_open_it(
    make: Callable[..., Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = make(Unplugged)
    assert heard(program) == {"": ["auto-too"]}
    program.finish_processing()
    program.prepare_worker(["detection"])
    program.ring_again()
    assert answers_in(program) == {"": ["auto-too"]}

    monkeypatch.setattr(Unplugged, "is_plugged", True)
    program.prepare_worker(["recording"])
    program.ring_again()
    assert answers_in(program) == {"": ["auto-too"]}
    program.prepare_worker(["detection"])
    program.ring_again()
    assert answers_in(program) == {"": ["auto", "auto-too"]}


def test_the_check_tells_of_one_that_cannot_be_built(make: Callable[..., Program]) -> None:
    program = make(OneIsMissing)
    with pytest.raises(ModelError, match="not installed"):
        program.check(program.config)


def test_the_check_tells_of_two_with_one_name(make: Callable[..., Program]) -> None:
    program = make(Twins)
    with pytest.raises(ConfigurationError, match="auto, auto two have the same name"):
        program.check(program.config)


def test_without_a_log_a_recording_waits_for_all_of_them(make: Callable[..., Program]) -> None:
    program = make(OwnStore)
    assert program.get_required_models(program.config) == ["auto", "auto-too"]


def test_without_a_log_it_waits_for_those_of_its_microphone(
    make: Callable[..., Program], tmp_path: Path
) -> None:
    program = make(OwnStore, BATS)
    assert program.get_required_models(program.config) == []
    [condition] = program.get_management_conditions(program.config)
    recording = FakeRecorder(tmp_path).record(Deployment(name="wood"))
    bats = recording.model_copy(update={"microphone": "bats"})
    both = answers("ultrasonic", "ultrasonic-too")
    assert condition(bats, both)
    assert not condition(bats, both[:1])
    assert not condition(recording, both)


def answers(*names: str) -> list[ModelOutputInfo]:
    return [ModelOutputInfo(name_model=name) for name in names]
