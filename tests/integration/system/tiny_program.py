"""A program that leaves a mark for everything it does."""

import os
import signal
import subprocess
import time
from collections.abc import Collection
from multiprocessing import current_process
from pathlib import Path

from pydantic import BaseModel

from acoupi._clock import utc_now
from acoupi.data import Deployment, Recording
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

        def crash() -> None:
            self.mark("crash")
            os.kill(os.getpid(), signal.SIGKILL)

        def spawn() -> None:
            with subprocess.Popen(["sleep", "1000"]) as child:
                self.mark("spawn", child.pid)

        def record() -> Recording:
            return Recording(
                created_on=utc_now(),
                duration=3,
                samplerate=8000,
                deployment=Deployment(name="meadow"),
            )

        def work() -> None:
            self.mark("begin")
            time.sleep(1.5)
            self.mark("end")

        if config.fail in ("setup", current_process().name) and not self.mended:
            raise RuntimeError("the card is upside down")
        self.add_task(tick, schedule=config.interval_s, queue="recording")
        self.add_task(hang, queue="detection", time_limit_s=1)
        self.add_task(work, queue="detection")
        self.add_task(crash, queue="detection")
        self.add_task(self.eat, queue="detection")
        self.add_task(spawn, queue="detection")
        self.add_task(record, queue="detection")

    def eat(self) -> None:
        self.mark("eat")
        held = bytearray(400_000_000)
        held[::4096] = b"x" * len(held[::4096])
        time.sleep(1000)

    @property
    def mended(self) -> bool:
        return self.config.trace.with_suffix(".mended").exists()

    def report_trouble(self, text: str) -> None:
        with self.config.trace.with_suffix(".troubles").open("a") as file:
            file.write(f"{text}\n")

    def explain_end(self, pids: Collection[int], reason: str) -> None:
        for pid in pids:
            self.mark(f"explained:{reason.split()[0]}", pid)

    def recover(self) -> None:
        self.mark("recover")

    def on_start(self, deployment: Deployment) -> None:
        self.mark("start")
        if self.config.fail == "start":
            raise RuntimeError("no place for a deployment")

    def on_end(self, deployment: Deployment) -> None:
        self.mark("stop")

    def mark(self, kind: str, pid: int | None = None) -> None:
        with self.config.trace.open("a") as file:
            file.write(f"{kind} {pid or os.getpid()}\n")
