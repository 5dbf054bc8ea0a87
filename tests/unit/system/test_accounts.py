from pathlib import Path

import pytest
from celery import Celery

from acoupi.components import MicrophoneConfig
from acoupi.components.types import AudioRecorder, Messenger, Model
from acoupi.data import Deployment, Detection, Message, ResponseStatus
from acoupi.errors import DeploymentError
from acoupi.programs.templates import (
    BasicProgram,
    BasicProgramConfiguration,
    DetectionProgram,
    DetectionProgramConfiguration,
    MessagingConfig,
    PathsConfiguration,
)
from acoupi.programs.test import TestConfigSchema, TestProgram
from acoupi.system.accounts import Accounts, draw_up_accounts, is_readable
from acoupi.testing import FakeMessenger, FakeModel, FakeRecorder, write_silence

MICROPHONE = MicrophoneConfig(device_name="none")


class Basic(BasicProgram[BasicProgramConfiguration]):
    def configure_recorder(self, config: BasicProgramConfiguration) -> AudioRecorder:
        return FakeRecorder(config.paths.tmp_audio, duration_s=2)


class Detecting(DetectionProgram[DetectionProgramConfiguration]):
    def configure_recorder(self, config: DetectionProgramConfiguration) -> AudioRecorder:
        return FakeRecorder(config.paths.tmp_audio, duration_s=2)

    def configure_model(self, config: DetectionProgramConfiguration) -> Model:
        return FakeModel([Detection()])

    def configure_messenger(self, config: DetectionProgramConfiguration) -> Messenger:
        return FakeMessenger()


def app() -> Celery:
    app = Celery("test", set_as_current=False)
    app.conf.update(task_always_eager=True)
    return app


@pytest.fixture
def paths(tmp_path: Path) -> PathsConfiguration:
    return PathsConfiguration(
        tmp_audio=tmp_path / "tmp",
        recordings=tmp_path / "recordings",
        db_metadata=tmp_path / "metadata.db",
    )


@pytest.fixture
def program(paths: PathsConfiguration, tmp_path: Path) -> Detecting:
    messaging = MessagingConfig(messages_db=tmp_path / "messages.db")
    return Detecting(
        DetectionProgramConfiguration(microphone=MICROPHONE, paths=paths, messaging=messaging),
        app(),
    )


@pytest.fixture
def deployment(program: Detecting) -> Deployment:
    """A deployment with two recordings, well ended."""
    deployment = Deployment(name="wood")
    program.on_start(deployment)
    for _ in range(2):
        recording = program.recorder.record(deployment)
        program.store.store_recording(recording)
    program.on_end(deployment)
    return deployment


def accounts_of(program: Detecting, deployment: Deployment) -> Accounts:
    return draw_up_accounts(program, deployment)


def test_a_deployment_that_ended_well_leaves_nothing_unaccounted(
    program: Detecting, deployment: Deployment
) -> None:
    accounts = accounts_of(program, deployment)
    assert accounts.unaccounted == ()
    assert (accounts.recordings, accounts.recorded_s) == (2, 4)
    assert (accounts.processed, accounts.kept, accounts.let_go) == (2, 2, 0)
    assert accounts.detections == 2


def test_a_kept_recording_that_cannot_be_read_is_named(
    program: Detecting, deployment: Deployment, paths: PathsConfiguration
) -> None:
    gone, short = sorted(paths.recordings.rglob("*.wav"))
    gone.unlink()
    short.write_bytes(short.read_bytes()[:-100])
    unaccounted = accounts_of(program, deployment).unaccounted
    assert len(unaccounted) == 2
    assert all("cannot be read" in line for line in unaccounted)
    assert {str(gone), str(short)} == {line.rsplit(" ", 1)[1] for line in unaccounted}


def test_what_still_waits_and_what_nobody_knows_is_named(
    program: Detecting, deployment: Deployment, paths: PathsConfiguration
) -> None:
    waiting = program.recorder.record(deployment)
    program.store.store_recording(waiting)
    write_silence(paths.tmp_audio / "stranger.wav")
    (paths.tmp_audio / "cut.wav.part").touch()
    unaccounted = "\n".join(accounts_of(program, deployment).unaccounted)
    assert "1 recordings were never processed" in unaccounted
    assert f"recording {waiting.id} still waits" in unaccounted
    assert "stranger.wav" in unaccounted
    assert "cut.wav.part" in unaccounted


@pytest.mark.parametrize(
    ("status", "complaint"),
    [
        (ResponseStatus.ERROR, "1 messages are not delivered"),
        (ResponseStatus.FAILED, "1 messages were refused"),
    ],
)
def test_messages_that_did_not_arrive_are_counted(
    program: Detecting, deployment: Deployment, status: ResponseStatus, complaint: str
) -> None:
    program.message_store.store_message(Message(content="x"))
    [messenger] = program.messengers
    assert isinstance(messenger, FakeMessenger)
    messenger.status = status
    program.tasks["send_messages_task"]()
    assert accounts_of(program, deployment).unaccounted == (complaint,)


def test_a_program_without_messages_or_models_has_accounts_too(
    paths: PathsConfiguration,
) -> None:
    program = Basic(BasicProgramConfiguration(microphone=MICROPHONE, paths=paths), app())
    deployment = Deployment(name="wood")
    program.on_start(deployment)
    program.store.store_recording(program.recorder.record(deployment))
    program.on_end(deployment)
    accounts = draw_up_accounts(program, deployment)
    assert accounts.unaccounted == ()
    assert (accounts.recordings, accounts.kept, accounts.messages) == (1, 1, 0)


def test_a_program_that_stores_nothing_has_no_accounts() -> None:
    with pytest.raises(DeploymentError, match="TestProgram"):
        draw_up_accounts(TestProgram(TestConfigSchema(), app()), Deployment(name="x"))


def test_what_is_not_a_recording_is_not_readable(tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("not sound")
    assert not is_readable(tmp_path / "text.wav")
    assert not is_readable(tmp_path / "missing.wav")
