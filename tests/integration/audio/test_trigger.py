"""A trigger on a real device: what is around a call is kept, and all of it."""

import datetime as dt
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from celery import Celery

from acoupi.audio.wav import open_wav
from acoupi.components import MicrophoneConfig
from acoupi.components.stores import SqliteStore
from acoupi.data import Deployment, EffortState, Recording
from acoupi.programs import default
from acoupi.programs.templates import AudioConfiguration, PathsConfiguration
from acoupi.programs.templates.trigger_configuration import TriggerConfiguration

RATE_HZ = 48_000
LOOP_S = 5
CALL_S = 2.3
PRE_ROLL_S, POST_ROLL_S = 0.9, 0.6
RECORDED_S = 11
NEAR_S = 0.02


def sound_with_a_call() -> bytes:
    """Return five seconds of noise, no two samples alike, with 10 ms of a call."""
    samples = np.random.default_rng(1).integers(-40, 41, LOOP_S * RATE_HZ).astype("<i2")
    call = 10_000 * np.sin(2 * np.pi * 5000 * np.arange(RATE_HZ // 100) / RATE_HZ)
    samples[round(CALL_S * RATE_HZ) :][: len(call)] += call.astype("<i2")
    return samples.tobytes()


def program_on(device_name: str, folder: Path) -> default.Program:
    trigger = TriggerConfiguration(
        low_hz=3000, high_hz=8000, pre_roll_s=PRE_ROLL_S, post_roll_s=POST_ROLL_S
    )
    config = default.ConfigSchema(
        microphone=MicrophoneConfig(device_name=device_name, samplerate=RATE_HZ),
        recording=AudioConfiguration(
            duration=0.5,
            interval=0.5,
            schedule_start=dt.time(0),
            schedule_end=dt.time(0),
            trigger=trigger,
        ),
        paths=PathsConfiguration(
            tmp_audio=folder / "waiting",
            recordings=folder / "kept",
            db_metadata=folder / "metadata.db",
        ),
    )
    return default.Program(config, Celery("test", set_as_current=False))


def joined(recordings: list[Recording]) -> list[list[Recording]]:
    """Put recordings together that follow each other without a pause."""
    groups = [recordings[:1]]
    for before, after in pairwise(recordings):
        pause = after.created_on - before.created_on - dt.timedelta(seconds=before.duration)
        if pause > dt.timedelta(seconds=0.25):
            groups.append([])
        groups[-1].append(after)
    return groups


def sound_of(recordings: list[Recording]) -> bytes:
    return b"".join(open_wav(each.path).read() for each in recordings if each.path)


def is_inner(group: list[Recording], began: dt.datetime) -> bool:
    """Tell whether the microphone was heard for long enough before and after."""
    start_s = (group[0].created_on - began).total_seconds()
    end_s = (group[-1].created_on - began).total_seconds() + 0.5
    return start_s > 1 and end_s < RECORDED_S - 1


def test_what_is_around_each_call_is_kept_to_the_sample_and_the_rest_is_quiet(
    microphone: Any, tmp_path: Path
) -> None:
    microphone.plug_in("S16_LE", RATE_HZ, 1)
    sound = sound_with_a_call()
    (microphone.directory / "any.raw").write_bytes(sound)
    program = program_on("anymic", tmp_path)
    deployment = Deployment(name="wood")
    program.on_start(deployment)
    try:
        for _ in range(2 * RECORDED_S):
            program.tasks["recording_task"]()
    finally:
        program.recorder.close()  # type: ignore[attr-defined]
    assert isinstance(program.store, SqliteStore)
    files = sorted(program.config.paths.tmp_audio.glob("*.wav"))
    found = [each for each, _ in program.store.get_recordings_by_path(files)]
    assert len(found) == len(files)
    groups = joined(sorted(found, key=lambda each: each.created_on))
    began = min(span.started_on for span in program.store.get_spans())
    inner = [group for group in groups if is_inner(group, began)]
    assert inner
    for group in groups:
        assert sound_of(group) in sound * 3
    for group in inner:
        kept = sound_of(group)
        start_s = (sound * 3).find(kept) / 2 / RATE_HZ % LOOP_S
        end_s = start_s + len(kept) / 2 / RATE_HZ
        assert CALL_S - PRE_ROLL_S - 0.5 - NEAR_S <= start_s <= CALL_S - PRE_ROLL_S + NEAR_S
        assert CALL_S + POST_ROLL_S - NEAR_S <= end_s <= CALL_S + POST_ROLL_S + 0.5 + NEAR_S
    spans = program.store.get_spans(deployment=deployment)
    quiet_s = sum(
        (span.ended_on - span.started_on).total_seconds()
        for span in spans
        if span.state is EffortState.QUIET
    )
    recorded_s = sum(each.duration for each in found)
    # The recordings of a pre-roll, two each time, are noted as quiet at first.
    assert RECORDED_S - 0.01 <= quiet_s + recorded_s <= RECORDED_S + 1.0 * len(groups) + 0.01
