"""A program that leaves a mark for everything it does."""

import os
import time
from pathlib import Path

from pydantic import BaseModel

from acoupi.data import Deployment
from acoupi.programs import AcoupiProgram, AcoupiWorker, WorkerConfig


class Config(BaseModel):
    trace: Path
    interval_s: float = 0.2
    fail: str = ""


class TinyProgram(AcoupiProgram[Config]):
    config_schema = Config
    worker_config = WorkerConfig(
        workers=[
            AcoupiWorker(name="recording", queues=["recording"], concurrency=1),
            AcoupiWorker(name="detection", queues=["detection"], concurrency=1),
        ]
    )

    def setup(self, config: Config) -> None:
        def tick() -> None:
            self.mark("tick")

        def hang() -> None:
            self.mark("hang")
            time.sleep(1000)

        def work() -> None:
            self.mark("begin")
            time.sleep(1.5)
            self.mark("end")

        if config.fail == "setup":
            raise RuntimeError("the card is upside down")
        self.add_task(tick, schedule=config.interval_s, queue="recording")
        self.add_task(hang, queue="detection", time_limit_s=1)
        self.add_task(work, queue="detection")

    def recover(self) -> None:
        self.mark("recover")

    def on_start(self, deployment: Deployment) -> None:
        self.mark("start")
        if self.config.fail == "start":
            raise RuntimeError("no place for a deployment")

    def on_end(self, deployment: Deployment) -> None:
        self.mark("stop")

    def mark(self, kind: str) -> None:
        with self.config.trace.open("a") as file:
            file.write(f"{kind} {os.getpid()}\n")
