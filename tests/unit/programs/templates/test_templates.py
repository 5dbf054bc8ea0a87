import datetime as dt
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from acoupi.components import (
    HTTPConfig,
    HTTPMessenger,
    MicrophoneConfig,
    MQTTConfig,
    MQTTMessenger,
    SqliteMessageStore,
)
from acoupi.components.message_factories import FullModelOutputMessageBuilder
from acoupi.components.stores import SqliteStore
from acoupi.components.types import AudioRecorder, MessageBuilder, Messenger, Model
from acoupi.data import (
    Deployment,
    Detection,
    Message,
    MessageType,
    ModelOutput,
    Response,
    ResponseStatus,
)
from acoupi.errors import ConfigurationError, HealthCheckError
from acoupi.programs import AcoupiWorker, WorkerConfig
from acoupi.programs.templates import (
    AudioConfiguration,
    DetectionProgram,
    DetectionProgramConfiguration,
    MessagingConfig,
    PathsConfiguration,
    StorageConfiguration,
)
from acoupi.programs.templates.space import Disk, Space
from acoupi.tasks.heartbeat import Heartbeat
from acoupi.tasks.schedules import AlignedSchedule
from acoupi.testing import FakeMessenger, FakeModel, FakeRecorder


class Program(DetectionProgram[DetectionProgramConfiguration]):
    """A whole program of fakes."""

    built = 0

    def configure_recorder(self, config: DetectionProgramConfiguration) -> AudioRecorder:
        return FakeRecorder(config.paths.tmp_audio)

    def configure_model(self, config: DetectionProgramConfiguration) -> Model:
        type(self).built += 1
        return FakeModel([Detection(detection_score=0.9)])

    def configure_messenger(self, config: DetectionProgramConfiguration) -> Messenger:
        return FakeMessenger()

    def get_message_factories(
        self, config: DetectionProgramConfiguration
    ) -> list[MessageBuilder[[ModelOutput]]]:
        return [FullModelOutputMessageBuilder()]


class ReallySending(Program):
    """Sends by the ways that are configured."""

    def configure_messenger(self, config: DetectionProgramConfiguration) -> list[Messenger]:
        return DetectionProgram.configure_messenger(self, config)  # type: ignore[return-value]


@pytest.fixture
def config(tmp_path: Path) -> DetectionProgramConfiguration:
    return DetectionProgramConfiguration(
        timezone="UTC",
        microphone=MicrophoneConfig(device_name="none"),
        recording=AudioConfiguration(schedule_start=dt.time(0), schedule_end=dt.time(0)),
        paths=PathsConfiguration(
            tmp_audio=tmp_path / "tmp",
            recordings=tmp_path / "recordings",
            db_metadata=tmp_path / "data" / "metadata.db",
        ),
        messaging=MessagingConfig(messages_db=tmp_path / "data" / "messages.db"),
    )


@pytest.fixture
def program(config: DetectionProgramConfiguration) -> Program:
    app = Celery("test", set_as_current=False)
    app.conf.update(task_always_eager=True)
    Program.built = 0
    return Program(config, app)


def test_the_tasks_have_the_names_that_people_type(program: Program) -> None:
    assert sorted(program.tasks) == [
        "detection_task",
        "file_management_task",
        "heartbeat_task",
        "recording_task",
        "recovery_task",
        "ring_again_task",
        "send_messages_task",
        "watch_microphones_task",
        "watch_space_task",
    ]
    assert isinstance(
        program.app.conf.beat_schedule["recording_task"]["schedule"], AlignedSchedule
    )
    assert "detection_task" not in program.app.conf.beat_schedule


def test_a_model_is_built_by_the_first_who_runs_it_and_once(program: Program) -> None:
    assert program.built == 0
    program.on_start(Deployment(name="wood"))
    program.tasks["recording_task"]()
    program.tasks["recording_task"]()
    assert program.built == 1
    assert program.model.name == "fake"


def test_a_recording_goes_all_the_way(program: Program) -> None:
    deployment = Deployment(name="wood")
    program.on_start(deployment)
    program.tasks["recording_task"]()
    program.on_end(deployment)
    assert isinstance(program.store, SqliteStore)
    tally = program.store.tally(deployment)
    assert (tally.n_recordings, tally.n_processed, tally.n_detections) == (1, 1, 1)
    [(_, kept_at)] = tally.paths
    assert kept_at.is_relative_to(program.config.paths.recordings)
    [messenger] = program.messengers
    assert isinstance(messenger, FakeMessenger)
    assert len(messenger.messages) == 1


def test_ending_a_deployment_finishes_what_was_interrupted(program: Program) -> None:
    deployment = Deployment(name="wood")
    program.on_start(deployment)
    lost_bell = program.recorder.record(deployment)
    program.store.store_recording(lost_bell)
    program.on_end(deployment)
    [(recording, outputs)] = program.store.get_recordings([lost_bell.id])
    assert len(outputs) == 1
    assert recording.path != lost_bell.path


def test_recovery_rings_for_recordings_that_nobody_processed(program: Program) -> None:
    deployment = Deployment(name="wood")
    program.on_start(deployment)
    program.store.store_recording(lost_bell := program.recorder.record(deployment))
    program.recover()
    assert len(program.store.get_recording_model_outputs(lost_bell)) == 1


def test_outside_its_hours_a_program_does_not_record(
    config: DetectionProgramConfiguration,
) -> None:
    now = dt.datetime.now(dt.UTC)
    soon = (now + dt.timedelta(hours=2)).time()
    later = (now + dt.timedelta(hours=3)).time()
    hours = config.recording.model_copy(update={"schedule_start": soon, "schedule_end": later})
    config = config.model_copy(update={"recording": hours})
    program = Program(config, Celery("test", set_as_current=False))
    program.on_start(Deployment(name="wood"))
    assert program.tasks["recording_task"]() is None


def test_a_check_names_the_folder_that_cannot_be_written(program: Program, tmp_path: Path) -> None:
    (tmp_path / "recordings").write_text("not a folder")
    with pytest.raises(HealthCheckError, match=str(tmp_path / "recordings")):
        program.check(program.config)


def test_every_configured_messenger_is_used_and_none_is_fine(
    config: DetectionProgramConfiguration,
) -> None:
    assert ReallySending(config, Celery("test", set_as_current=False)).messengers == []
    http = HTTPConfig(base_url="http://127.0.0.1:9/")
    messaging = config.messaging.model_copy(update={"http": http})
    config = config.model_copy(update={"messaging": messaging})
    [messenger] = ReallySending(config, Celery("test", set_as_current=False)).messengers
    assert "127.0.0.1" in messenger.name


def test_http_and_mqtt_are_both_used_and_keep_their_own_books(
    config: DetectionProgramConfiguration,
) -> None:
    ways = {
        "http": HTTPConfig(base_url="http://127.0.0.1:9/", timeout=1),
        "mqtt": MQTTConfig(host="localhost", port=9),
    }
    messaging = config.messaging.model_copy(update=ways)
    program = ReallySending(
        config.model_copy(update={"messaging": messaging}), Celery("test", set_as_current=False)
    )
    http, mqtt = program.messengers
    assert (type(http), type(mqtt)) == (HTTPMessenger, MQTTMessenger)

    message, now = Message(content="{}"), dt.datetime.now(dt.UTC)
    outbox = program.message_store
    assert isinstance(outbox, SqliteMessageStore)
    outbox.store_message(message)
    outbox.store_delivery(http.name, Response(status=ResponseStatus.SUCCESS, message=message), now)
    assert outbox.get_due_messages(http.name, now) == []
    assert outbox.get_due_messages(mqtt.name, now) == [message]


def test_what_another_program_kept_long_ago_is_not_processed(
    program: Program, tmp_path: Path
) -> None:
    deployment = Deployment(name="wood")
    program.on_start(deployment)
    archived = FakeRecorder(tmp_path / "archive").record(deployment)
    program.store.store_recording(archived)
    program.on_end(deployment)
    assert program.store.get_recording_model_outputs(archived) == []
    [(still, _)] = program.store.get_recordings([archived.id])
    assert still.path == archived.path


def heartbeats(program: Program) -> list[Heartbeat]:
    program.tasks["heartbeat_task"]()
    waiting = program.message_store.get_unsent_messages()
    kind = MessageType.HEARTBEAT
    return [Heartbeat.model_validate_json(m.content) for m in waiting if m.message_type is kind]


def test_a_heartbeat_is_ok_only_after_a_recording(program: Program) -> None:
    long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(hours=2)
    program.on_start(Deployment(name="wood", started_on=long_ago))
    [silent] = heartbeats(program)
    assert silent.status == "SILENT: nothing recorded yet"
    assert silent.metrics == []

    program.tasks["recording_task"]()
    well = heartbeats(program)[-1]
    assert well.status == "OK"
    [age] = well.metrics
    assert (age.name, age.unit) == ("last_recording_age", "s")
    assert 0 <= age.value < 60


def test_trouble_is_told_by_a_message(program: Program) -> None:
    program.report_trouble("the worker detection is given up")
    [alert] = program.message_store.get_unsent_messages()
    assert alert.message_type is MessageType.ALERT
    content = json.loads(alert.content)
    assert sorted(content) == ["device_id", "problem", "sent_on"]
    assert content["problem"] == "the worker detection is given up"


def test_without_space_for_sound_a_program_can_go_on_and_keep_what_it_finds(
    config: DetectionProgramConfiguration,
) -> None:
    storage = StorageConfiguration(when_full="keep_detections")
    program = Program(
        config.model_copy(update={"storage": storage}),
        Celery("test", set_as_current=False, task_always_eager=True),
    )
    mb = 1_000_000
    program.space.measure = lambda _: Disk(1, 32_000 * mb, 100 * mb)
    deployment = Deployment(name="wood")
    program.on_start(deployment)
    program.tasks["recording_task"]()
    program.on_end(deployment)
    assert isinstance(program.store, SqliteStore)
    tally = program.store.tally(deployment)
    assert (tally.n_recordings, tally.n_processed, tally.n_detections) == (1, 1, 1)
    assert tally.paths == []
    assert list(config.paths.tmp_audio.glob("*.wav")) == []


def test_a_program_without_a_model_has_nothing_to_keep_but_sound(
    config: DetectionProgramConfiguration,
) -> None:
    storage = StorageConfiguration(when_full="keep_detections")
    assert not Space.of(config.model_copy(update={"storage": storage}), False).lets_sound_go


class WithoutDefaultQueue(Program):
    """Serves two queues of its own, and manages its files in one of them."""

    worker_config = WorkerConfig(
        workers=[
            AcoupiWorker(name="ears", queues=["recording"]),
            AcoupiWorker(name="brain", queues=["detection", "rest"]),
        ]
    )

    def add_task(self, function: Callable[..., Any], **options: Any) -> None:  # type: ignore[override]
        if options.get("queue") == "celery":
            options["queue"] = "rest"
        super().add_task(function, **options)


def test_what_runs_in_the_background_runs_in_a_queue_that_is_served(
    config: DetectionProgramConfiguration,
) -> None:
    program = WithoutDefaultQueue(config, Celery("test", set_as_current=False))
    assert program.background_queue == "rest"
    assert program.app.conf.task_routes["recovery_task"] == {"queue": "rest"}


def test_recordings_are_kept_in_the_format_that_is_configured(
    config: DetectionProgramConfiguration, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.storage.recording_format = "flac"
    program = Program(config, Celery("test", set_as_current=False))
    program.check(config)
    managers = program.get_file_managers(config)
    monkeypatch.setattr(program, "get_file_managers", lambda _: managers)
    program.create_file_management_task(config)
    assert [getattr(manager, "format", None) for manager in managers] == ["flac"]


def test_a_check_tells_that_what_flac_needs_is_missing(
    config: DetectionProgramConfiguration, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.storage.recording_format = "flac"
    program = Program(config, Celery("test", set_as_current=False))
    monkeypatch.setitem(sys.modules, "soundfile", None)
    with pytest.raises(ConfigurationError, match="soundfile") as raised:
        program.check(config)
    assert "acoupi[flac]" in str(raised.value.help)
