# pyright: basic, reportPrivateImportUsage=false, reportOptionalMemberAccess=false
# Kombu and Celery have no type information.
"""What the workers of the tests do: they note when they begin and end."""

import itertools
import json
import os
import threading
import time
from pathlib import Path

from celery import Celery

from acoupi import broker

broker.register()
home = Path(os.environ["HOME_OF_TEST"])
app = Celery("work_app")
app.conf.update(json.loads((home / "settings.json").read_text()))

counting, counted = threading.Lock(), itertools.count(1)


def note(kind: str, name: str) -> None:
    with (home / kind).open("a") as file:
        file.write(f"{name} {time.time()}\n")


@app.task
def work(name: str, duration_s: float = 0.0) -> None:
    note("started", name)
    time.sleep(duration_s)
    note("done", name)


@app.task
def hang_once(name: str) -> None:
    again = (home / "started").exists()
    note("started", name)
    time.sleep(0 if again else 60)
    note("done", name)


@app.task
def note_delay(sent_s: float) -> None:
    note("delays", str(time.monotonic() - sent_s))


@app.task
def count_to(n: int) -> None:
    with counting:
        if next(counted) == n:
            note("counted", str(time.monotonic()))


@app.task(ignore_result=False)
def add(a: int, b: int) -> int:
    return a + b
