"""A program whose model, or recorder, does what a file in its home says.

``moods/model`` and ``moods/recorder`` hold a word: ``hang``, ``crash``, ``fail``,
``segfault``, ``abort``, ``eat`` memory, or ``wait`` until it is gone. ``moods/ID`` is
for the recording with this id alone. As long as there is ``moods/condition``, nothing is
recorded.
"""

import ctypes
import faulthandler
import os
import signal
import time
from pathlib import Path

from pydantic import Field

from acoupi.components.message_factories import FullModelOutputMessageBuilder
from acoupi.components.stores import SqliteStore
from acoupi.components.types import (
    AudioRecorder,
    MessageBuilder,
    Messenger,
    Model,
    RecordingCondition,
    Store,
)
from acoupi.data import Deployment, Detection, ModelOutput, Recording
from acoupi.programs.templates import DetectionProgram, DetectionProgramConfiguration


def _eat() -> None:
    held = bytearray(500_000_000)
    held[::4096] = b"x" * len(held[::4096])
    time.sleep(1000)


DEADLY = {
    "crash": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    "segfault": lambda: ctypes.string_at(0),
    "abort": os.abort,
    "eat": _eat,
}


def follow(moods: Path, *names: object) -> None:
    """Do what the first of these files says, if one is there."""
    for name in names:
        mood = moods / str(name)
        if mood.exists():
            break
    else:
        return
    word = mood.read_text().strip()
    if word in DEADLY:
        faulthandler.disable()  # it has nothing to tell that we do not know
        DEADLY[word]()
    elif word == "hang":
        time.sleep(1000)
    elif word == "wait":
        while mood.exists():
            time.sleep(0.02)
    elif word == "fail":
        raise RuntimeError("not today")


class MoodyModel(Model):
    name = "moody"

    def __init__(self, moods: Path) -> None:
        self.moods = moods

    def run(self, recording: Recording) -> ModelOutput:
        follow(self.moods, recording.id, "model")
        found = [Detection(detection_score=0.9)]
        return ModelOutput(name_model=self.name, recording=recording, detections=found)


class MoodyRecorder(AudioRecorder):
    def __init__(self, moods: Path, recorder: AudioRecorder) -> None:
        self.moods = moods
        self.recorder = recorder

    def record(self, deployment: Deployment) -> Recording:
        follow(self.moods, "recorder")
        return self.recorder.record(deployment)

    def recover(self) -> None:
        getattr(self.recorder, "recover")()  # noqa: B009 - only some have it


class MoodyCondition(RecordingCondition):
    def __init__(self, moods: Path) -> None:
        self.moods = moods

    def should_record(self) -> bool:
        return not (self.moods / "condition").exists()


class QuickStore(SqliteStore):
    RING_AGAIN_S = 1.0


class Config(DetectionProgramConfiguration):
    moods: Path = Field(description="where the moods are")


class Program(DetectionProgram[Config]):
    config_schema = Config
    ring_again_interval_s = 1
    recovery_interval_s = 2
    space_interval_s = 0.5
    recording_margin_s = 2

    def configure_store(self, config: Config) -> Store:
        return QuickStore(config.paths.db_metadata)

    def configure_model(self, config: Config) -> Model:
        return MoodyModel(config.moods)

    def configure_recorder(self, config: Config) -> AudioRecorder:
        return MoodyRecorder(config.moods, super().configure_recorder(config))

    def get_recording_conditions(self, config: Config) -> list[RecordingCondition]:
        return [*super().get_recording_conditions(config), MoodyCondition(config.moods)]

    def configure_messenger(self, config: Config) -> list[Messenger]:
        return []

    def get_message_factories(self, config: Config) -> list[MessageBuilder[[ModelOutput]]]:
        return [FullModelOutputMessageBuilder()]
