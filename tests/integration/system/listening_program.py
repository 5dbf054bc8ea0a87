"""A sensor whose model leaves a mark for everything that is done with it."""

import os
from pathlib import Path

import numpy as np

from acoupi.components.types import AudioRecorder, Model
from acoupi.data import ModelOutput, Recording
from acoupi.programs.templates import DetectionProgram, DetectionProgramConfiguration
from acoupi.testing import FakeRecorder


class Config(DetectionProgramConfiguration):
    trace: Path
    fail: str = ""


class NotingModel(Model):
    name = "noting"

    def __init__(self, config: Config) -> None:
        self.config = config
        self.mark("load")

    def warm_up(self) -> None:
        self.mark("warm")
        if self.config.fail == "crash" and len(self.config.trace.read_text().splitlines()) == 2:
            os.abort()

    def run(self, recording: Recording) -> ModelOutput:
        threads = count_threads()
        square = np.ones((800, 800), np.float32)
        np.matmul(square, square)
        self.config.trace.with_name("threads").write_text(str(count_threads() - threads))
        self.mark("run")
        return ModelOutput(name_model=self.name, recording=recording)

    def mark(self, what: str) -> None:
        with self.config.trace.open("a") as file:
            file.write(f"{what} {os.getpid()}\n")
        if self.config.fail == what:
            raise RuntimeError("the weights are gone")


def count_threads() -> int:
    return len(list(Path("/proc/self/task").iterdir()))


class Program(DetectionProgram[Config]):
    config_schema = Config

    def configure_recorder(self, config: Config) -> AudioRecorder:
        return FakeRecorder(config.paths.tmp_audio)

    def configure_model(self, config: Config) -> Model:
        return NotingModel(config)
