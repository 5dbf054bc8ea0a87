"""A running sensor with one recording that kills whatever processes it."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from moody_sensor import MoodySensor

from acoupi.components.types import MAX_INTERRUPTIONS
from acoupi.data import MessageType
from acoupi.system import get_status
from acoupi.system.retrying import retry_recordings

Wait = Callable[..., None]


@pytest.fixture
def sensor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MoodySensor]:
    monkeypatch.setenv("ACOUPI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "moody_program", raising=False)
    sensor = MoodySensor(tmp_path, {}, {})
    yield sensor
    sensor.end()


def state_of(sensor: MoodySensor, recording_id: UUID) -> tuple[str, str]:
    [line] = [line for line in sensor.recordings() if line.id == recording_id]
    return line.state, line.reason


@pytest.mark.parametrize(
    ("mood", "how"),
    [
        ("segfault", "killed by SIGSEGV"),
        ("abort", "killed by SIGABRT"),
        ("eat", "MB of memory, and may have 300 MB"),
    ],
)
def test_a_recording_that_kills_every_worker_is_set_aside_and_the_rest_go_on_until_it_is_retried(
    sensor: MoodySensor, wait_until: Wait, monkeypatch: pytest.MonkeyPatch, mood: str, how: str
) -> None:
    monkeypatch.setenv("ACOUPI_WORKER_MEMORY_MB", "300")
    sensor.feel("model", mood)
    sensor.start()
    wait_until(lambda: sensor.n_recordings() >= 2)
    poison = sensor.recordings()[0].id
    sensor.feel(poison, mood)
    sensor.feel_well("model")

    wait_until(lambda: state_of(sensor, poison)[0] == "failed", timeout_s=60)
    reason = state_of(sensor, poison)[1]
    assert f"interrupted {MAX_INTERRUPTIONS} times" in reason
    assert how in reason
    overview = get_status(sensor.settings).overview
    assert overview.failed_recordings == 1
    assert overview.failing_tasks == []
    wait_until(lambda: sensor.n_outputs() >= sensor.n_recordings() - 2)

    sensor.feel_well(poison)
    assert retry_recordings(sensor.settings, [poison]) == 1
    wait_until(lambda: state_of(sensor, poison)[0] == "kept")
    stopped = sensor.stop()
    assert stopped.leftovers.recordings == []
    assert sensor.n_outputs() == sensor.n_recordings()
    assert len(sensor.messages(MessageType.DETECTION)) == sensor.n_recordings()
    assert sensor.lost_samples() == []
