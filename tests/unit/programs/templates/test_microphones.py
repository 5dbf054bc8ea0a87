"""Several microphones in one program, made of fakes."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from pydantic import ValidationError

from acoupi.components import MicrophoneConfig
from acoupi.components.microphone_watch import MicrophoneWatch
from acoupi.components.stores import SqliteStore
from acoupi.components.types import AudioRecorder, Model
from acoupi.data import Deployment, Detection, EffortState, Recording
from acoupi.errors import RecordingError
from acoupi.programs import activity, default
from acoupi.programs.templates import DetectionProgram
from acoupi.programs.templates.microphones import (
    has_model_of_its_own,
    microphone_name,
    views_of,
)
from acoupi.testing import FakeMessenger, FakeModel, FakeRecorder

ALL_DAY = {"schedule_start": "00:00", "schedule_end": "00:00"}
BATS = {
    "name": "bats",
    "device_name": "hw:2",
    "samplerate": 384_000,
    "gain_note": "dial at 3",
    "recording": {"duration": 1, "interval": 5, **ALL_DAY},
    "detector": {"preset": "ultrasonic"},
}
OWLS = {"name": "owls", "device_name": "hw:3"}


class BrokenRecorder(AudioRecorder):
    """Its microphone is gone."""

    def record(self, deployment: Deployment) -> Recording:
        raise RecordingError("it is gone")


class Program(DetectionProgram[activity.ActivityConfig]):
    """Of three microphones, the one that hears owls is broken."""

    def configure_recorder(self, config: activity.ActivityConfig) -> AudioRecorder:
        if config.microphone.name == "owls":
            return BrokenRecorder()
        return FakeRecorder(config.paths.tmp_audio, duration_s=config.recording.duration)

    def configure_model(self, config: activity.ActivityConfig) -> Model:
        score = 0.9 if config.detector.preset == "ultrasonic" else 0.3
        model = FakeModel([Detection(detection_score=score)])
        model.name = config.detector.preset
        return model

    def configure_messenger(self, config: activity.ActivityConfig) -> FakeMessenger:
        return FakeMessenger()


def configure(folder: Path, *further: dict[str, Any], **first: Any) -> activity.ActivityConfig:
    document = {
        "timezone": "UTC",
        "microphone": {"device_name": "hw:1"} | first,
        "further_microphones": further,
        "recording": ALL_DAY,
        "storage": {"min_free_mb": 0},
        "paths": {
            "tmp_audio": folder / "tmp",
            "recordings": folder / "kept",
            "db_metadata": folder / "metadata.db",
        },
        "messaging": {"messages_db": folder / "messages.db"},
    }
    return activity.ActivityConfig.model_validate(document)


def eager(program: type[Any], config: Any) -> Any:
    app = Celery("test", set_as_current=False)
    app.conf.update(task_always_eager=True)
    return program(config, app)


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return eager(Program, configure(tmp_path, BATS, OWLS, name="birds"))


def heartbeat(program: Program) -> dict[str, Any]:
    program.tasks["heartbeat_task"]()
    return json.loads(program.message_store.get_unsent_messages()[-1].content)


def test_each_microphone_has_a_configuration_as_if_it_were_the_only_one(tmp_path: Path) -> None:
    config = configure(tmp_path, BATS, OWLS, name="birds")
    birds, bats, owls = views_of(config)
    assert birds is config
    assert [microphone_name(view) for view in (birds, bats, owls)] == ["birds", "bats", "owls"]
    assert (bats.microphone.samplerate, bats.recording.duration) == (384_000, 1)
    assert (bats.detector.preset, owls.detector.preset) == ("ultrasonic", "auto")
    assert (owls.microphone.samplerate, owls.recording) == (48_000, config.recording)
    assert [has_model_of_its_own(view) for view in (birds, bats, owls)] == [False, True, False]


def test_a_configuration_of_another_kind_has_one_microphone() -> None:
    config = MicrophoneConfig(device_name="hw:1")
    assert views_of(config) == [config]
    assert microphone_name(config) == ""


@pytest.mark.parametrize(
    ("further", "problem"),
    [
        ([OWLS | {"name": "bats"}], "the name 'bats'"),
        ([OWLS | {"device_name": "hw:2"}], "the device_name 'hw:2'"),
        ([OWLS | {"channel": 2}], "channel 2 is none of the 1"),
        ([OWLS | {"name": ""}], "at least 1 character"),
        ([OWLS | {"name": "../owls"}], "pattern"),
    ],
)
def test_microphones_that_cannot_be_told_apart_are_refused(
    tmp_path: Path, further: list[dict[str, Any]], problem: str
) -> None:
    with pytest.raises(ValidationError, match=problem):
        configure(tmp_path, BATS, *further)


def test_none_is_recorded_in_the_process_of_another(program: Program) -> None:
    workers = program.get_workers(program.config).workers
    assert [(w.name, w.queues) for w in workers] == [
        ("recording", ["recording"]),
        ("detection", ["detection"]),
        ("default", ["celery"]),
        ("recording_bats", ["recording_bats"]),
        ("recording_owls", ["recording_owls"]),
    ]
    routes: dict[str, Any] = program.app.conf.task_routes
    assert routes["recording_task"] == {"queue": "recording"}
    assert routes["recording_task_bats"] == {"queue": "recording_bats"}
    assert routes["detection_task_bats"] == {"queue": "detection"}


def test_with_one_microphone_all_is_as_it_was(tmp_path: Path) -> None:
    config = configure(tmp_path)
    program = eager(Program, config)
    assert program.get_workers(config) == Program.worker_config
    assert [name for name in program.tasks if "recording_task" in name] == ["recording_task"]
    program.on_start(Deployment(name="wood"))
    assert program.tasks["recording_task"]().microphone == ""


def test_each_is_recorded_in_its_own_rhythm(program: Program) -> None:
    schedule: dict[str, Any] = program.app.conf.beat_schedule
    assert schedule["recording_task"]["schedule"].interval_s == 10
    assert schedule["recording_task_bats"]["schedule"].interval_s == 5
    assert program.tasks["recording_task_bats"].time_limit == 61


def test_what_each_hears_goes_to_its_own_model(program: Program) -> None:
    program.on_start(Deployment(name="wood"))
    birds: Recording = program.tasks["recording_task"]()
    bats: Recording = program.tasks["recording_task_bats"]()
    assert (birds.microphone, bats.microphone) == ("birds", "bats")
    found = program.store.get_recordings([birds.id, bats.id])
    assert {r.microphone: [o.name_model for o in outputs] for r, outputs in found} == {
        "birds": ["auto"],
        "bats": ["ultrasonic"],
    }


def test_one_that_is_broken_disturbs_none_of_the_others(program: Program) -> None:
    assert isinstance(program.store, SqliteStore)
    program.on_start(deployment := Deployment(name="wood"))
    assert program.tasks["recording_task_owls"]() is None
    assert program.tasks["recording_task"]() is not None
    assert program.tasks["recording_task_bats"]() is not None
    program.tasks["recording_task_bats"]()
    spans = program.store.get_spans(deployment=deployment)
    assert {(s.microphone, s.reason) for s in spans if s.state is EffortState.DEVICE_FAULT} == {
        ("owls", "it is gone")
    }
    assert {s.microphone for s in spans} == {"birds", "bats", "owls"}


def test_a_recording_whose_bell_was_lost_goes_to_the_model_of_its_microphone(
    program: Program,
) -> None:
    program.on_start(Deployment(name="wood"))
    recording = FakeRecorder(program.config.paths.tmp_audio).record(Deployment(name="wood"))
    bats = recording.model_copy(update={"microphone": "bats"})
    program.store.store_recording(bats)
    program.ring_again()
    [(_, [output])] = program.store.get_recordings([bats.id])
    assert output.name_model == "ultrasonic"


def test_at_the_end_each_is_finished_by_its_own_model(program: Program) -> None:
    program.on_start(deployment := Deployment(name="wood"))
    made = [
        FakeRecorder(program.config.paths.tmp_audio)
        .record(deployment)
        .model_copy(update={"microphone": name})
        for name in ("birds", "bats", "gone since")
    ]
    for recording in made:
        program.store.store_recording(recording)
    program.on_end(deployment)
    found = program.store.get_recordings([recording.id for recording in made])
    assert {r.microphone: [o.name_model for o in outputs] for r, outputs in found} == {
        "birds": ["auto"],
        "bats": ["ultrasonic"],
        "gone since": ["auto"],
    }


def test_a_heartbeat_names_the_one_that_is_silent(program: Program) -> None:
    long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(hours=2)
    program.on_start(Deployment(name="wood", started_on=long_ago))
    for name in ("recording_task", "recording_task_bats", "recording_task_owls"):
        program.tasks[name]()
    beat = heartbeat(program)
    assert beat["status"] == "SILENT: the microphone owls is silent: nothing recorded yet"
    ages = [each["name"] for each in beat["metrics"] if each["name"].startswith("last_")]
    assert ages == ["last_recording_age", "last_recording_age_birds", "last_recording_age_bats"]


def test_a_heartbeat_is_ok_if_all_record(tmp_path: Path) -> None:
    program = eager(Program, configure(tmp_path, BATS))
    program.on_start(Deployment(name="wood"))
    program.tasks["recording_task"]()
    program.tasks["recording_task_bats"]()
    assert heartbeat(program)["status"] == "OK"


def test_the_ready_programs_make_a_recorder_for_each(tmp_path: Path) -> None:
    config = configure(tmp_path, BATS)
    document = {key: value for key, value in config.model_dump().items() if key != "detector"}
    for module, made in ((activity, config), (default, None)):
        schema = module.Program.get_config_schema()
        program = eager(module.Program, made or schema.model_validate(document))
        first, bats = program.recorders
        assert (first.device_name, bats.device_name) == ("hw:1", "hw:2")
        assert (bats.microphone, bats.format.rate_hz, bats.duration_s) == ("bats", 384_000, 1)


def a_side(name: str, channel: int, **fields: Any) -> dict[str, Any]:
    stereo = {"device_name": "hw:9", "audio_channels": 2}
    return stereo | {"name": name, "channel": channel} | fields


def test_channels_of_one_device_share_a_process_and_the_device(tmp_path: Path) -> None:
    config = configure(tmp_path, a_side("left", 1), BATS, a_side("right", 2))
    program = eager(activity.Program, config)
    workers = program.get_workers(config).workers
    assert [(w.name, w.concurrency) for w in workers[3:]] == [
        ("recording_left", 2),
        ("recording_bats", 1),
    ]
    assert program.app.conf.task_routes["recording_task_right"] == {"queue": "recording_left"}
    first, left, bats, right = program.recorders
    assert left.shared is right.shared is not None
    assert first.shared is bats.shared is None
    assert (left.channel, right.channel, right.format.channels) == (1, 2, 1)
    watches = [w for r in program.recorders for w in r.sieves if isinstance(w, MicrophoneWatch)]
    assert len({watch.kept for watch in watches}) == 4


def test_the_first_may_be_a_channel_too(tmp_path: Path) -> None:
    config = configure(tmp_path, a_side("right", 2), **a_side("left", 1))
    recording, *_ = eager(Program, config).get_workers(config).workers
    assert (recording.name, recording.concurrency) == ("recording", 2)
    assert Program.worker_config.workers[0].concurrency == 1


@pytest.mark.parametrize(
    "other", [{"channel": 1}, {"channel": None}, {"channel": 2, "samplerate": 96_000}]
)
def test_what_cannot_be_channels_of_one_device_is_refused(
    tmp_path: Path, other: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError, match="another channel"):
        configure(tmp_path, a_side("left", 1), a_side("right", 2) | other)
