"""Two commands at once, and commands that are killed: what the home holds then."""

import itertools
import json
import multiprocessing
import os
import random
import signal
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from acoupi.config import set_config_field
from acoupi.system import Settings, load_config_schema, setup_program
from acoupi.system.config_file import change_config
from acoupi.system.config_history import read_history
from acoupi.system.pending import finish_writing
from acoupi.system.programs import load_program_config
from acoupi.system.state import is_configured

CONNECTED = "acoupi.programs.connected"
KILLS = 200
CHANGES = 50
FIELDS = ("recording.duration", "recording.interval")

DEVICE = "--microphone.device_name=hw:1"
HTTP = "--messaging.http.base_url=http://x.org"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("ACOUPI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return Settings()


def put(settings: Settings, field: str, value: float) -> None:
    def change(config: BaseModel) -> BaseModel:
        return set_config_field(config, field, value)

    change_config(settings, load_config_schema(settings), change, f"put {field}")


def put_many(settings: Settings, field: str, start: Any) -> None:
    start.wait()
    for n in range(CHANGES):
        put(settings, field, 20 + n)


def test_two_commands_at_once_do_not_lose_each_other_s_change(settings: Settings) -> None:
    setup_program(settings, CONNECTED, [DEVICE, HTTP])
    processes = multiprocessing.get_context("fork")
    start = processes.Barrier(len(FIELDS))
    both = [processes.Process(target=put_many, args=(settings, f, start)) for f in FIELDS]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        for process in both:
            process.start()
    for process in both:
        process.join()
    assert [process.exitcode for process in both] == [0, 0]
    recording = json.loads(settings.program_config_file.read_text())["recording"]
    assert recording["duration"] == recording["interval"] == 20 + CHANGES - 1
    entries = read_history(settings)
    made = [entry.config["recording"] for entry in entries]
    assert len({entry.number for entry in entries}) == len(entries)
    for before, after in itertools.pairwise(made):
        assert sum(before[name] != after[name] for name in ("duration", "interval")) == 1


def forked() -> int:
    with warnings.catch_warnings():  # the child does nothing that a thread could have locked
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def killed_at(delay_s: float, work: Callable[[], object]) -> bool:
    """Run work in a child, and kill it so much later; tell whether it was at it still."""
    child = forked()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    time.sleep(delay_s)
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def duration_of(work: Callable[[], object]) -> float:
    """Return how long the longer of two runs took."""
    taken: list[float] = []
    for _ in range(2):
        began = time.monotonic()
        work()
        taken.append(time.monotonic() - began)
    return max(taken)


def test_a_change_that_is_killed_at_any_moment_leaves_a_home_that_loads(
    settings: Settings,
) -> None:
    setup_program(settings, CONNECTED, [DEVICE, HTTP])
    span_s = duration_of(lambda: put(settings, FIELDS[0], time.monotonic() + 1))
    chance = random.Random(7)
    killed = 0
    for n in range(KILLS):
        before: Any = load_program_config(settings)
        value = 1000.0 + n
        killed += killed_at(
            chance.uniform(0, 1.2 * span_s), lambda v=value: put(settings, FIELDS[0], v)
        )
        after: Any = load_program_config(settings)
        assert after.recording.duration in (before.recording.duration, value)
        assert read_history(settings)
    assert killed > KILLS / 4
    put(settings, FIELDS[0], 5)
    assert {path.stat().st_mode & 0o777 for path in _private(settings)} == {0o600}
    assert not list(settings.program_config_file.parent.glob(".*"))


def test_a_set_up_that_is_killed_at_any_moment_leaves_the_old_home_or_the_new(
    settings: Settings,
) -> None:
    programs = {
        "acoupi.programs.default": [DEVICE],
        CONNECTED: [DEVICE, HTTP],
        "acoupi.programs.activity": [DEVICE],
    }
    names = list(programs)
    span_s = duration_of(lambda: [setup_program(settings, name, programs[name]) for name in names])
    chance = random.Random(11)
    killed = 0
    for n in range(KILLS):
        before = settings.program_name_file.read_text().strip()
        name = names[n % len(names)]
        delay_s = chance.uniform(0, 1.2 * span_s / len(names))
        killed += killed_at(
            delay_s, lambda name=name: setup_program(settings, name, programs[name])
        )
        config = load_program_config(settings)
        present = settings.program_name_file.read_text().strip()
        assert present in (before, name)
        assert type(config) is load_config_schema(settings)
        assert set(json.loads(settings.program_config_file.read_text())) == set(
            type(config).model_fields
        )
        assert present in settings.program_file.read_text()
    assert killed > KILLS / 4


def test_a_first_set_up_that_is_killed_leaves_a_home_that_is_set_up_or_is_not(
    settings: Settings, tmp_path: Path
) -> None:
    span_s = duration_of(lambda: setup_program(settings, CONNECTED, [DEVICE, HTTP]))
    chance = random.Random(13)
    for n in range(KILLS // 4):
        fresh = Settings(home=tmp_path / f"fresh-{n}")
        delay_s = chance.uniform(0, 1.5 * span_s)
        killed_at(delay_s, lambda fresh=fresh: setup_program(fresh, CONNECTED, [DEVICE, HTTP]))
        finish_writing(fresh)
        if is_configured(fresh):
            load_program_config(fresh)
        setup_program(fresh, CONNECTED, [DEVICE, HTTP])
        load_program_config(fresh)


def _private(settings: Settings) -> list[Path]:
    folder = settings.program_config_file.parent
    return [settings.program_config_file, *(folder / "history").glob("*.json")]
