# pyright: basic, reportPrivateImportUsage=false, reportOptionalMemberAccess=false
# Kombu and Celery have no type information.
"""A Celery app on a broker, and its workers."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from celery import Celery
from kombu import Connection

from acoupi.system.celery_config import CeleryConfig

__all__ = ["Broker", "Crew", "kill"]

WaitUntil = Callable[..., None]

APP = Path(__file__).with_name("work_app.py")


@dataclass(frozen=True)
class Broker:
    """Where messages go, with the settings that acoupi gives to Celery."""

    url: str
    given: dict[str, Any] = field(default_factory=dict)

    @property
    def settings(self) -> dict[str, Any]:
        options = {"broker_transport_options": self.given} if self.given else {}
        return CeleryConfig.model_validate({"broker_url": self.url, **options}).to_celery()

    def connect(self) -> Connection:
        options = self.settings.get("broker_transport_options")
        return Connection(self.url, transport_options=options)


class Crew:
    """A Celery app, and its workers."""

    def __init__(self, home: Path, broker: Broker, wait_until: WaitUntil) -> None:
        self.home = home
        self.broker = broker
        self.wait_until = wait_until
        self.settings = {
            **broker.settings,
            "task_default_queue": f"work-{uuid.uuid4().hex[:8]}",
            "control_exchange": f"control-{uuid.uuid4().hex[:8]}",
        }
        home.mkdir(exist_ok=True)
        shutil.copy(APP, home)
        (home / "settings.json").write_text(json.dumps(self.settings))
        self.app = Celery("work_app")
        self.app.conf.update(self.settings)
        self.workers: list[subprocess.Popen[bytes]] = []
        self._log = (home / "log").open("wb")

    def start(
        self, name: str = "w", concurrency: int = 1, wait: bool = True, log_level: str = "info"
    ) -> Any:
        options = ["--pool=threads", f"-c{concurrency}", f"-n{name}@test", f"-l{log_level}"]
        worker = self._celery("worker", *options, stdout=self._log, stderr=self._log)
        self.workers.append(worker)
        if wait:
            self.wait_until(lambda: self.app.control.ping([f"{name}@test"], timeout=0.3, limit=1))
        return worker

    def ask(self, *command: str) -> str:
        asked = self._celery(*command, stdout=subprocess.PIPE, stderr=self._log)
        return asked.communicate(timeout=30)[0].decode()

    def send(self, name: str, duration_s: float = 0.0, **options: Any) -> Any:
        return self.app.send_task("work_app.work", (name, duration_s), **options)

    def result_of(self, task: str, *args: Any) -> Any:
        """Run a task, and return what it returns."""
        asked = self.app.send_task(f"work_app.{task}", args, ignore_result=False)
        try:
            return asked.get(timeout=10)
        finally:
            asked.backend.result_consumer.stop()

    def noted(self, kind: str) -> list[str]:
        file = self.home / kind
        return [line.split()[0] for line in file.read_text().splitlines()] if file.exists() else []

    def noted_at(self, kind: str) -> list[float]:
        return [float(line.split()[1]) for line in (self.home / kind).read_text().splitlines()]

    def waiting(self) -> int:
        """Count what no worker has taken; Redis does not know of a queue that is empty."""
        with self.app.connection_for_read() as connection:
            queue = connection.default_channel
            with contextlib.suppress(*connection.channel_errors):
                name = self.settings["task_default_queue"]
                return queue.queue_declare(name, passive=True).message_count
        return 0

    def close(self) -> None:
        for worker in self.workers:
            kill(worker)
        self.app.close()
        self._log.close()

    def _celery(self, *command: str, **options: Any) -> "subprocess.Popen[bytes]":
        celery = [sys.executable, "-m", "celery", "-A", "work_app", "--quiet", *command]
        env = {**os.environ, "HOME_OF_TEST": str(self.home)}
        return subprocess.Popen(celery, cwd=self.home, env=env, **options)


def kill(worker: "subprocess.Popen[bytes]") -> None:
    worker.kill()
    worker.wait()
