"""A running sensor whose model or recorder hangs: the rest of it goes on."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from moody_sensor import MoodySensor, isolate

from acoupi.components.types import MAX_INTERRUPTIONS
from acoupi.system import get_status
from acoupi.system.health import Health

Wait = Callable[..., None]

LIMIT_S = 1


@pytest.fixture
def sensor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MoodySensor]:
    isolate(tmp_path, monkeypatch)
    sensor = MoodySensor(tmp_path, {"task_time_limit": LIMIT_S}, {})
    yield sensor
    sensor.end()


def test_a_model_that_hangs_is_ended_and_its_recording_set_aside(
    sensor: MoodySensor, wait_until: Wait
) -> None:
    sensor.feel("model", "hang")
    sensor.start()
    wait_until(lambda: sensor.n_recordings() >= 2)
    first = sensor.recordings()[0]
    sensor.feel(first.id, "hang")
    sensor.feel_well("model")
    _pretend_that_some_died_already(sensor)

    wait_until(lambda: _state(sensor, first.id) == "failed", timeout_s=60)
    assert f"interrupted {MAX_INTERRUPTIONS} times" in _reason(sensor, first.id)
    recordings = sensor.n_recordings()
    wait_until(lambda: sensor.n_recordings() >= recordings + 2)
    wait_until(lambda: sensor.n_outputs() >= sensor.n_recordings() - 2)
    assert get_status(sensor.settings).health is Health.OK

    stopped = sensor.stop()
    assert stopped.leftovers.recordings == []
    assert sensor.n_outputs() == sensor.n_recordings() - 1
    assert sensor.lost_samples() == []


def _pretend_that_some_died_already(sensor: MoodySensor) -> None:
    with contextlib.closing(sqlite3.connect(sensor.store.db_path)) as connection, connection:
        connection.execute(
            "UPDATE processing SET attempts = attempts + ? WHERE attempts > 0",
            (MAX_INTERRUPTIONS - 2,),
        )


def _state(sensor: MoodySensor, id_: object) -> str:
    return next(line.state for line in sensor.recordings() if line.id == id_)


def _reason(sensor: MoodySensor, id_: object) -> str:
    return next(line.reason for line in sensor.recordings() if line.id == id_)


def test_a_recorder_that_hangs_is_ended_and_recording_goes_on(
    sensor: MoodySensor, wait_until: Wait
) -> None:
    sensor.start()
    wait_until(lambda: sensor.n_recordings() >= 2)
    sensor.feel("recorder", "hang")
    before = sensor.n_recordings()
    wait_until(lambda: "past its time limit" in sensor.log())
    sensor.feel_well("recorder")

    wait_until(lambda: sensor.n_recordings() >= before + 3)
    assert get_status(sensor.settings).health is Health.OK
    stopped = sensor.stop()
    assert stopped.leftovers.recordings == []
    assert sensor.lost_samples() == []
    assert sensor.n_outputs() == sensor.n_recordings()
