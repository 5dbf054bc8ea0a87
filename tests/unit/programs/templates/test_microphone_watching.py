"""A program that measures its microphone: what it tells, and to whom."""

import datetime as dt
import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import time_machine
from celery import Celery
from made_sounds import RATE_HZ, ambience, to_bytes

from acoupi.audio.wav import WavFormat, write_wav
from acoupi.components.audio_recorder import MicrophoneConfig, create_recorder
from acoupi.components.types import AudioRecorder, Messenger
from acoupi.data import Deployment, Message
from acoupi.programs.templates import (
    AudioConfiguration,
    MessagingConfig,
    MessagingProgram,
    MessagingProgramConfiguration,
    PathsConfiguration,
)
from acoupi.programs.templates.configuration import FurtherMicrophone
from acoupi.programs.templates.hearing import describe_hearing
from acoupi.programs.templates.microphone_alarm import MicrophoneAlarm
from acoupi.programs.templates.microphone_watching import (
    find_microphone_problems,
    measure_microphones,
    read_microphones,
    watch_of,
    watches_microphones,
)
from acoupi.programs.templates.microphones import views_of
from acoupi.testing import FakeMessenger, FakeRecorder

DEAD = [np.zeros(3 * RATE_HZ)]
TWO = [ambience(), np.zeros(3 * RATE_HZ)]


class Program(MessagingProgram[MessagingProgramConfiguration]):
    """Sends to a messenger that only remembers."""

    def configure_messenger(self, config: MessagingProgramConfiguration) -> Messenger:
        return FakeMessenger()


def configure(tmp_path: Path, *channels: Any, **recording: Any) -> MessagingProgramConfiguration:
    tape = tmp_path / "tape.wav"
    sound = to_bytes(*(channels or (ambience(),)))
    write_wav(tape, WavFormat(RATE_HZ, len(channels) or 1, 2), 3 * RATE_HZ, iter([sound]))
    return MessagingProgramConfiguration(
        timezone="UTC",
        microphone=MicrophoneConfig(device_name=f"replay:{tape}?speed=max"),
        recording=AudioConfiguration(
            duration=3,
            interval=3,
            schedule_start=dt.time(0),
            schedule_end=dt.time(0),
            **recording,
        ),
        paths=PathsConfiguration(
            tmp_audio=tmp_path / "tmp",
            recordings=tmp_path / "recordings",
            db_metadata=tmp_path / "data" / "metadata.db",
        ),
        messaging=MessagingConfig(messages_db=tmp_path / "data" / "messages.db"),
    )


def run(config: MessagingProgramConfiguration) -> Program:
    app = Celery("test", set_as_current=False)
    app.conf.update(task_always_eager=True)
    program = Program(config, app)
    program.on_start(Deployment(name="meadow"))
    return program


def record(program: Program, times: int) -> None:
    for _ in range(times):
        assert program.tasks["recording_task"].apply().get() is not None


def alerts(program: Program) -> list[str]:
    messages: list[Message] = program.message_store.get_unsent_messages()
    contents = (json.loads(message.content) for message in messages)
    return [content["problem"] for content in contents if "problem" in content]


def heartbeat(program: Program) -> dict[str, Any]:
    program.tasks["heartbeat_task"].apply().get()
    contents = [json.loads(m.content) for m in program.message_store.get_unsent_messages()]
    return [content for content in contents if "metrics" in content][-1]


def test_a_heartbeat_carries_what_was_measured(tmp_path: Path) -> None:
    program = run(configure(tmp_path))
    record(program, 1)
    metrics = {each["name"]: each for each in heartbeat(program)["metrics"]}
    assert metrics["microphone_level"]["value"] == pytest.approx(-50.5, abs=0.5)
    assert metrics["microphone_level"]["unit"] == "dBFS"
    octaves = [name for name in metrics if name.endswith("hz")]
    assert octaves[0] == "microphone_noise_floor_63_hz"
    assert octaves[-1] == "microphone_noise_floor_16_khz"
    assert metrics["microphone_clipped"]["value"] == 0
    assert "microphone_noise_floor_change" not in metrics  # nothing to compare with yet


def test_a_dead_channel_is_in_heartbeat_status_and_one_alert(tmp_path: Path) -> None:
    program = run(configure(tmp_path, *TWO))
    record(program, 3)
    for _ in range(3):
        program.tasks["watch_microphones_task"].apply().get()
    (said,) = alerts(program)
    assert "(channel 2) gives nothing but one value" in said
    beat = heartbeat(program)
    assert beat["status"] == f"DEGRADED: {said}"
    names = {each["name"] for each in beat["metrics"]}
    assert {"microphone_flat", "microphone_channel_2_flat"} <= names
    first, second = describe_hearing(program.config)
    assert (list(first.suspected), list(second.suspected)) == ([], ["dead"])
    assert second.name.endswith(", channel 2")


def test_a_new_process_does_not_repeat_an_alert_and_tells_the_end_of_it(tmp_path: Path) -> None:
    config = configure(tmp_path, *DEAD)
    program = run(config)
    record(program, 3)
    program.tasks["watch_microphones_task"].apply().get()
    tape = tmp_path / "tape.wav"
    write_wav(tape, WavFormat(RATE_HZ, 1, 2), 3 * RATE_HZ, iter([to_bytes(ambience())]))
    other = run(config)
    other.tasks["watch_microphones_task"].apply().get()
    assert len(alerts(other)) == 1
    record(other, 3)
    other.tasks["watch_microphones_task"].apply().get()
    assert alerts(other)[1:] == [
        f"the microphone {config.microphone.device_name!r} is no longer suspected: dead"
    ]
    assert find_microphone_problems(config) == []


def test_what_could_not_be_told_is_tried_again(tmp_path: Path) -> None:
    program = run(configure(tmp_path, *DEAD))
    record(program, 3)
    answers, told = iter([False, True]), list[str]()

    def tell(text: str) -> bool:
        told.append(text)
        return next(answers)

    alarm = MicrophoneAlarm(lambda: read_microphones(program.config), tell, tmp_path / "told.json")
    for _ in range(3):
        alarm.watch_microphones_task()
    assert len(told) == 2


@pytest.mark.parametrize("place", ["told.json", "a file/told.json"])
def test_it_is_told_once_by_whichever_process_and_also_on_a_full_disk(
    tmp_path: Path, place: str
) -> None:
    (tmp_path / "a file").touch()
    program = run(configure(tmp_path, *DEAD))
    told = list[str]()

    def tell(text: str) -> bool:
        told.append(text)
        return True

    def alarm() -> MicrophoneAlarm:
        return MicrophoneAlarm(lambda: read_microphones(program.config), tell, tmp_path / place)

    first, second = alarm(), alarm()
    first.watch_microphones_task()
    record(program, 3)
    processes = [first] if "/" in place else [second, first]
    for process in (*processes, *processes):
        process.watch_microphones_task()
    assert len(told) == 1


def test_what_is_recorded_is_what_was_heard(tmp_path: Path) -> None:
    program = run(configure(tmp_path, *TWO))
    record(program, 1)
    (path,) = (tmp_path / "tmp").glob("*.wav")
    assert to_bytes(*TWO) in path.read_bytes()


def test_nothing_is_measured_where_that_is_not_wanted(tmp_path: Path) -> None:
    program = run(configure(tmp_path, watch_microphone=False))
    record(program, 1)
    assert "watch_microphones_task" not in program.tasks
    assert read_microphones(program.config) == []
    assert measure_microphones(program.config) == []
    assert not list((tmp_path / "data").glob("*.microphone-*"))


@pytest.mark.parametrize(
    ("first", "own", "metrics"),
    [
        (True, None, {"microphone_level", "microphone_pond_level"}),
        (False, None, set()),
        (True, False, {"microphone_level"}),
        (False, True, {"microphone_pond_level"}),
    ],
)
def test_each_of_several_microphones_is_measured_as_it_says(
    tmp_path: Path, first: bool, own: bool | None, metrics: set[str]
) -> None:
    config = configure(tmp_path, watch_microphone=first)
    recording = None if own is None else AudioConfiguration(watch_microphone=own)
    pond = FurtherMicrophone(
        device_name=f"{config.microphone.device_name}&loop=yes", name="pond", recording=recording
    )
    several = config.model_copy(update={"further_microphones": [pond]})
    for each in views_of(several):
        recorder = create_recorder(each.microphone, 3, tmp_path / "tmp")
        recorder.sieves = watch_of(each, recorder, logging.getLogger("test"))
        recorder.record(Deployment(name="meadow"))
    assert watches_microphones(several) == bool(metrics)
    levels = {m.name for m in measure_microphones(several) if m.name.endswith("_level")}
    assert levels == metrics


def test_a_recorder_without_sieves_is_left_alone(tmp_path: Path) -> None:
    class OldRecorder(AudioRecorder):
        record = FakeRecorder.record

    config = configure(tmp_path)
    logger = logging.getLogger("test")
    assert watch_of(config, OldRecorder(), logger) == []


@pytest.mark.parametrize("config", [None, object(), MicrophoneConfig(device_name="hw:1")])
def test_of_other_programs_nothing_is_known(config: object) -> None:
    assert read_microphones(config) == []
    assert find_microphone_problems(config) == []
    assert describe_hearing(config) == []


def test_what_was_found_long_ago_is_no_problem_of_today(tmp_path: Path) -> None:
    program = run(configure(tmp_path, *DEAD))
    record(program, 3)
    assert len(find_microphone_problems(program.config)) == 1
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=3)):
        assert find_microphone_problems(program.config) == []
