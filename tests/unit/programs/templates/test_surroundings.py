import datetime as dt
from pathlib import Path

import pytest
from celery import Celery

from acoupi._clock import utc_now
from acoupi.components import MicrophoneConfig
from acoupi.components.saving_filters import SavingSurroundings, SavingThreshold
from acoupi.components.stores import SqliteStore
from acoupi.data import Deployment, Detection, ModelOutput, Recording
from acoupi.errors import ConfigurationError
from acoupi.programs import activity
from acoupi.programs.templates import AudioConfiguration, PathsConfiguration
from acoupi.programs.templates.configuration import FurtherMicrophone
from acoupi.programs.templates.surroundings import keep_around
from acoupi.testing.sounds import write_silence

BEGAN_S_AGO = 30.0


@pytest.fixture
def config(tmp_path: Path) -> activity.ActivityConfig:
    return activity.ActivityConfig(
        microphone=MicrophoneConfig(device_name="none"),
        recording=AudioConfiguration(duration=3, interval=3),
        paths=PathsConfiguration(
            tmp_audio=tmp_path / "waiting",
            recordings=tmp_path / "kept",
            db_metadata=tmp_path / "metadata.db",
        ),
        saving=activity.SavingConfig(pre_roll_s=2, post_roll_s=4),
    )


@pytest.fixture
def program(config: activity.ActivityConfig) -> activity.Program:
    return activity.Program(config, Celery("test", set_as_current=False))


@pytest.fixture
def deployment(program: activity.Program) -> Deployment:
    deployment = Deployment(name="wood")
    program.on_start(deployment)
    return deployment


@pytest.fixture
def joined(
    program: activity.Program, config: activity.ActivityConfig, deployment: Deployment
) -> list[Recording]:
    """Six recordings that follow each other, each processed; something calls in the third."""
    began = utc_now() - dt.timedelta(seconds=BEGAN_S_AGO)
    made = [
        Recording(
            created_on=began + dt.timedelta(seconds=3 * n),
            duration=3,
            samplerate=8000,
            deployment=deployment,
            path=config.paths.tmp_audio / f"{n}.wav",
        )
        for n in range(6)
    ]
    for n, recording in enumerate(made):
        assert recording.path is not None
        write_silence(recording.path, 3, 8000)
        found = [Detection(detection_score=0.9)] if n == 2 else []
        program.store.store_model_output(
            ModelOutput(name_model="any", recording=recording, detections=found)
        )
        assert isinstance(program.store, SqliteStore)
        program.store.begin_processing(recording)
        program.store.end_processing(recording, "done")
    return made


def kept(program: activity.Program, recordings: list[Recording]) -> list[bool]:
    found = program.store.get_recordings([each.id for each in recordings])
    places = {recording.id: recording.path for recording, _ in found}
    return [places[each.id] is not None for each in recordings]


def waiting(config: activity.ActivityConfig) -> list[str]:
    return sorted(path.stem for path in config.paths.tmp_audio.glob("*.wav"))


def test_the_surroundings_of_a_detection_are_kept_and_the_last_recording_waits_for_the_next(
    program: activity.Program, config: activity.ActivityConfig, joined: list[Recording]
) -> None:
    program.tasks["file_management_task"]()
    assert kept(program, joined[:5]) == [False, True, True, True, True]
    assert waiting(config) == ["5"]


def test_at_the_end_of_a_deployment_nothing_waits(
    program: activity.Program,
    config: activity.ActivityConfig,
    joined: list[Recording],
    deployment: Deployment,
) -> None:
    program.on_end(deployment)
    assert kept(program, joined) == [False, True, True, True, True, False]
    assert waiting(config) == []


def test_surroundings_are_not_kept_unless_asked_for(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "metadata.db")
    assert type(keep_around(store, 0.5, 0, 0, 3)) is SavingThreshold
    assert isinstance(keep_around(store, 0.5, 0, 1, 3), SavingSurroundings)
    assert activity.SavingConfig().pre_roll_s == activity.SavingConfig().post_roll_s == 0


def test_a_store_that_finds_nothing_by_time_cannot_keep_surroundings() -> None:
    with pytest.raises(ConfigurationError, match="cannot find") as error:
        keep_around(object(), 0.5, 1, 0, 3)  # type: ignore[arg-type]
    assert "saving.pre_roll_s" in (error.value.help or "")


def test_the_slowest_of_several_microphones_is_waited_for(
    config: activity.ActivityConfig,
) -> None:
    slow = FurtherMicrophone(
        device_name="none", name="bats", recording=AudioConfiguration(duration=300, interval=600)
    )
    both = config.model_copy(update={"further_microphones": [slow]})
    program = activity.Program(both, Celery("test", set_as_current=False))
    [keep] = program.get_recording_filters(both)
    assert isinstance(keep, SavingSurroundings)
    assert keep.patience >= dt.timedelta(seconds=900)
