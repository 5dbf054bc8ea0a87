"""A running sensor whose model falls behind, and the account of what nobody heard."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from moody_sensor import MoodySensor, isolate

from acoupi.system import get_status
from acoupi.system.retrying import retry_recordings

MOST_S = 1.0
Wait = Callable[..., None]


@pytest.fixture
def sensor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MoodySensor]:
    isolate(tmp_path, monkeypatch)
    keeping_up = {"keeping_up.policy": "skip_oldest", "keeping_up.after_min": MOST_S / 60}
    sensor = MoodySensor(tmp_path, {}, {"storage.min_free_mb": 0, **keeping_up})
    yield sensor
    sensor.end()


def total_of_effort(sensor: MoodySensor) -> dict[str, Any]:
    ran = subprocess.run(
        [sys.executable, "-m", "acoupi", "effort", "--json"],
        env=os.environ | {"ACOUPI_HOME": str(sensor.settings.home)},
        capture_output=True,
        text=True,
        check=True,
    )
    [effort] = json.loads(ran.stdout)
    return effort["total"]


def seconds_of(sensor: MoodySensor, state: str) -> float:
    return sum(line.duration_s for line in sensor.recordings() if line.state == state)


def is_refused(sensor: MoodySensor) -> bool:
    return any(span.state.value == "condition" for span in sensor.store.get_spans())


def test_what_a_sensor_that_falls_behind_leaves_is_accounted_for_kept_and_heard_later(
    sensor: MoodySensor, wait_until: Wait
) -> None:
    sensor.feel("model", "wait")
    sensor.start()
    wait_until(lambda: sensor.n_recordings() >= 12)
    sensor.feel("condition", "no")
    wait_until(lambda: is_refused(sensor))
    sensor.feel_well("model")
    wait_until(lambda: all(line.state in ("kept", "unheard") for line in sensor.recordings()))

    # The first was with the model when the others came; of those, the newest second is heard.
    lines = sensor.recordings()
    n_heard = 1 + 1 + int(MOST_S / 0.3)
    left = ["kept", *["unheard"] * (len(lines) - n_heard), *["kept"] * (n_heard - 1)]
    assert [line.state for line in lines] == left
    assert sensor.n_outputs() == n_heard
    assert {line.reason for line in lines if line.state == "unheard"} == {
        "the sensor did not keep up: the oldest were left"
    }
    total = total_of_effort(sensor)
    assert total["unheard_s"] == pytest.approx(seconds_of(sensor, "unheard"), abs=0.01)
    assert total["recorded_s"] == pytest.approx(seconds_of(sensor, "kept"), abs=0.01)
    assert get_status(sensor.settings).overview.unheard_recordings == len(lines) - n_heard

    assert retry_recordings(sensor.settings) == len(lines) - n_heard
    wait_until(lambda: sensor.n_outputs() == len(lines))
    wait_until(lambda: all(line.state == "kept" for line in sensor.recordings()))
    assert sensor.stop().leftovers.recordings == []
    total = total_of_effort(sensor)
    assert total["unheard_s"] == 0
    assert total["recorded_s"] == pytest.approx(seconds_of(sensor, "kept"), abs=0.01)
    assert sensor.lost_samples() == []
