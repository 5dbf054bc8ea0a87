import datetime as dt
import wave
from pathlib import Path

import numpy as np
import pytest
from celery import Celery
from pydantic import ValidationError

from acoupi._clock import monotonic_s, utc_now
from acoupi.audio.pace import Clock
from acoupi.audio.wav import open_wav
from acoupi.components import MicrophoneConfig
from acoupi.components.audio_recorder import ReplayRecorder
from acoupi.components.audio_recorder.source import parse_replay
from acoupi.components.stores import SqliteStore
from acoupi.components.types import AudioRecorder
from acoupi.data import Deployment, EffortState, Recording
from acoupi.errors import ConfigurationError, HealthCheckError
from acoupi.programs import activity, default
from acoupi.programs.templates import AudioConfiguration, PathsConfiguration
from acoupi.programs.templates.basic import BasicProgram
from acoupi.programs.templates.trigger_configuration import TriggerConfiguration
from acoupi.programs.templates.triggering import check_trigger, trigger_sieves
from acoupi.testing import FakeRecorder

RATE_HZ = 8000
LOUD_S = 3
ABSOLUTE = {"low_hz": 1000, "high_hz": 3000, "threshold_db": -40, "above": "full_scale"}


class Hurried:
    """A clock whose waits take no time."""

    def __init__(self) -> None:
        self.passed_s = 0.0

    def sleep(self, duration_s: float) -> None:
        self.passed_s += duration_s

    def clock(self) -> Clock:
        return Clock(
            now=lambda: utc_now() + dt.timedelta(seconds=self.passed_s),
            monotonic_s=lambda: monotonic_s() + self.passed_s,
            sleep=self.sleep,
        )


class Program(default.Program):
    """Plays a tape without waiting."""

    def configure_recorder(self, config: default.ConfigSchema) -> AudioRecorder:
        replay = parse_replay(config.microphone.device_name)
        assert replay is not None
        return ReplayRecorder(
            replay.path, 1, config.paths.tmp_audio, loop=False, clock=Hurried().clock()
        )


@pytest.fixture
def tape(tmp_path: Path) -> Path:
    """Six seconds, one of which has a call."""
    samples = np.random.default_rng(1).integers(-5, 6, 6 * RATE_HZ).astype("<i2")
    call = np.sin(np.arange(400) * np.pi / 2.5) * 20_000
    samples[LOUD_S * RATE_HZ + 800 :][:400] += call.astype("<i2")
    path = tmp_path / "tape.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    return path


def program_with(trigger: TriggerConfiguration | None, tape: Path, tmp_path: Path) -> Program:
    config = default.ConfigSchema(
        microphone=MicrophoneConfig(device_name=f"replay:{tape}"),
        recording=AudioConfiguration(
            duration=1,
            interval=1,
            schedule_start=dt.time(0),
            schedule_end=dt.time(0),
            trigger=trigger,
        ),
        paths=PathsConfiguration(
            tmp_audio=tmp_path / "waiting",
            recordings=tmp_path / "kept",
            db_metadata=tmp_path / "metadata.db",
        ),
    )
    return Program(config, Celery("test", set_as_current=False))


def record_all(program: Program, deployment: Deployment) -> list[Recording]:
    """Record the tape, and return what the store knows of it, oldest first."""
    program.check(program.config)
    program.on_start(deployment)
    for _ in range(6):
        program.tasks["recording_task"]()
    files = sorted(program.config.paths.tmp_audio.glob("*.wav"))
    assert not list(program.config.paths.tmp_audio.glob("*.part"))
    found = [recording for recording, _ in program.store.get_recordings_by_path(files)]
    assert len(found) == len(files)
    return sorted(found, key=lambda recording: recording.created_on)


def sound_of(recordings: list[Recording]) -> bytes:
    paths = [recording.path for recording in recordings]
    return b"".join(open_wav(path).read() for path in paths if path is not None)


@pytest.mark.parametrize(
    ("rolls", "first", "last"), [({}, 3, 4), ({"pre_roll_s": 0.9, "post_roll_s": 1.2}, 2, 5)]
)
def test_what_is_recorded_joins_to_the_sample_and_the_rest_is_accounted_as_quiet(
    rolls: dict[str, float], first: int, last: int, tape: Path, tmp_path: Path
) -> None:
    trigger = TriggerConfiguration.model_validate({**ABSOLUTE, **rolls})
    program = program_with(trigger, tape, tmp_path)
    deployment = Deployment(name="wood")
    recordings = record_all(program, deployment)
    assert len(recordings) == last - first
    whole = open_wav(tape).read()
    assert sound_of(recordings) == whole[2 * RATE_HZ * first : 2 * RATE_HZ * last]
    assert isinstance(program.store, SqliteStore)
    quiet = [
        span
        for span in program.store.get_spans(deployment=deployment)
        if span.state == EffortState.QUIET
    ]
    withheld_s = sum((span.ended_on - span.started_on).total_seconds() for span in quiet)
    # What was kept after all is in the ledger as both, and counts as recorded.
    assert withheld_s == pytest.approx(6 - (last - 3 if rolls else 1), abs=0.1)


class Listening(activity.Program):
    """Finds activity in a tape that it plays without waiting."""

    configure_recorder = Program.configure_recorder  # type: ignore[assignment]


def test_a_model_hears_what_was_before_a_trigger_too(tape: Path, tmp_path: Path) -> None:
    values = program_with(None, tape, tmp_path).config.model_dump()
    config = activity.ActivityConfig.model_validate(
        {
            **values,
            "recording": {**values["recording"], "trigger": {**ABSOLUTE, "pre_roll_s": 2}},
            "messaging": {"messages_db": tmp_path / "messages.db"},
        }
    )
    app = Celery("test", set_as_current=False)
    app.conf.task_always_eager = True
    program = Listening(config, app)
    program.on_start(Deployment(name="wood"))
    for _ in range(6):
        program.tasks["recording_task"]()
    files = sorted(config.paths.tmp_audio.glob("*.wav"))
    assert len(files) == 3
    program.ring_again()
    assert isinstance(program.store, SqliteStore)
    assert program.store.get_unprocessed_recordings() == []
    answers = program.store.get_recordings_info_by_path(files)
    assert [len(outputs) for _, outputs in answers] == [1, 1, 1]


def test_without_a_trigger_everything_is_recorded(tape: Path, tmp_path: Path) -> None:
    program = program_with(None, tape, tmp_path)
    assert program.get_sieves(program.config, program.config.microphone) == []
    assert AudioConfiguration().trigger is None


def test_a_disk_that_takes_nothing_from_before_a_trigger_does_not_stop_the_recording(
    tape: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("acoupi.programs.templates.triggering.write_part", full)
    trigger = TriggerConfiguration.model_validate({**ABSOLUTE, "pre_roll_s": 1})
    program = program_with(trigger, tape, tmp_path)
    assert len(record_all(program, Deployment(name="wood"))) == 1
    assert "before the trigger is not kept: [Errno 28]" in caplog.text


@pytest.mark.parametrize(
    "values",
    [
        {"low_hz": 3000, "high_hz": 3000},
        {"threshold_db": 3},
        {"above": "background", "threshold_db": -40},
        {"pre_roll_s": -1},
        {"post_roll_s": float("inf")},
    ],
)
def test_a_trigger_that_makes_no_sense_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        TriggerConfiguration.model_validate({**ABSOLUTE, **values})


def configured(**values: object) -> default.ConfigSchema:
    trigger = TriggerConfiguration.model_validate({**ABSOLUTE, **values})
    return default.ConfigSchema(
        microphone=MicrophoneConfig(device_name="none"),
        recording=AudioConfiguration(trigger=trigger),
    )


def test_the_check_says_when_the_microphone_gives_nothing_of_the_band() -> None:
    config = configured(low_hz=30_000, high_hz=90_000)
    with pytest.raises(HealthCheckError, match="nothing above 24000 Hz"):
        check_trigger(config, config.microphone, 3)
    expanding = config.microphone.model_copy(update={"time_expansion": 10})
    check_trigger(config, expanding, 3)


def test_the_check_says_when_recordings_are_too_long_for_a_pre_roll() -> None:
    microphone = MicrophoneConfig(device_name="none", samplerate=384_000)
    with pytest.raises(HealthCheckError, match=r"one has 461 MB"):
        check_trigger(configured(pre_roll_s=1), microphone, 600)
    check_trigger(configured(post_roll_s=1), microphone, 600)
    check_trigger(configured(pre_roll_s=1), microphone, 60)


class OwnRecorder(default.Program):
    """Records by means of its own."""

    def configure_recorder(self, config: default.ConfigSchema) -> FakeRecorder:
        return FakeRecorder(config.paths.tmp_audio)


def test_a_recorder_that_knows_no_triggers_is_not_silently_left_without() -> None:
    with pytest.raises(ConfigurationError, match="FakeRecorder"):
        OwnRecorder(configured(), Celery("test", set_as_current=False))


def test_each_microphone_has_a_trigger_of_its_own() -> None:
    config = configured()
    program = default.Program(config, Celery("test", set_as_current=False))
    assert isinstance(program, BasicProgram)
    one, other = (program.get_sieves(config, config.microphone) for _ in "ab")
    assert one[0] is not other[0]
    assert (
        trigger_sieves(MicrophoneConfig(device_name="none"), lambda: program.store, program.logger)
        == []
    )
