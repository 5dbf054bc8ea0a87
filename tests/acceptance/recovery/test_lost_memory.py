"""A power cut, after which the sound that waited in memory is gone."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from moody_sensor import MoodySensor, isolate
from small_disk import SmallDisk

from acoupi.system import get_status
from acoupi.tasks.missing import FILE_IS_GONE

Wait = Callable[..., None]


@pytest.fixture
def memory(tmp_path: Path, requires: Callable[[object, str, str], None]) -> Iterator[SmallDisk]:
    requires(os.geteuid() == 0, "the right to mount", "run the tests as root")
    memory = SmallDisk(tmp_path / "waiting")
    yield memory
    memory.remove()


@pytest.fixture
def sensor(
    tmp_path: Path, memory: SmallDisk, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MoodySensor]:
    isolate(tmp_path, monkeypatch)
    sensor = MoodySensor(tmp_path, {}, {"storage.min_free_mb": 0})
    yield sensor
    sensor.end()


def test_what_is_gone_with_the_power_is_set_aside_and_the_sensor_goes_on(
    sensor: MoodySensor, memory: SmallDisk, wait_until: Wait
) -> None:
    sensor.feel("model", "wait")
    sensor.start()
    wait_until(lambda: sensor.n_recordings() >= 3)
    sensor.end()
    memory.remove()
    lost = sensor.n_recordings()
    memory.mount()
    sensor.feel_well("model")

    sensor.restart()

    wait_until(lambda: sensor.n_outputs() >= 2)
    gone = [line for line in sensor.recordings() if line.state == "lost"]
    assert [(line.reason, line.path) for line in gone] == [(FILE_IS_GONE, None)] * lost
    assert get_status(sensor.settings).overview.lost_recordings == lost
    assert sensor.stop().leftovers.recordings == []
    assert sensor.n_outputs() == sensor.n_recordings() - lost
