"""A sensor that is refused, broken, killed and closed, and the account of its time."""

import datetime as dt
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from moody_sensor import MoodySensor, isolate

from acoupi._clock import utc_now
from acoupi.components.stores.sqlite.effort import Noted, read_effort
from acoupi.data import EffortState
from acoupi.data.account import account

DOWN_S = 1.5
Wait = Callable[..., None]


@pytest.fixture
def sensor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MoodySensor]:
    isolate(tmp_path, monkeypatch)
    sensor = MoodySensor(tmp_path, {}, {"storage.min_free_mb": 0, "timezone": "UTC"})
    yield sensor
    sensor.end()


def states(sensor: MoodySensor) -> set[str]:
    return {span.state.value for span in sensor.store.get_spans()}


def close_schedule(sensor: MoodySensor) -> None:
    """Let the sensor record half a day from now, for a minute."""
    path = sensor.settings.program_config_file
    config = json.loads(path.read_text())
    opening = utc_now() + dt.timedelta(hours=12)
    config["recording"]["schedule_start"] = f"{opening:%H:%M}:00"
    config["recording"]["schedule_end"] = f"{opening + dt.timedelta(minutes=1):%H:%M}:00"
    path.write_text(json.dumps(config))


def effort_command(sensor: MoodySensor, *args: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "acoupi", "effort", *args],
        env=os.environ | {"ACOUPI_HOME": str(sensor.settings.home)},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout


def lengths(noted: Noted, start: dt.datetime, end: dt.datetime) -> dict[EffortState, float]:
    found: dict[EffortState, float] = {}
    for stretch in account(start, end, noted.spans, noted.recorded):
        length_s = stretch.length.total_seconds()
        found[stretch.state] = found.get(stretch.state, 0.0) + length_s
    return found


def test_every_second_of_a_troubled_deployment_is_accounted_for(
    sensor: MoodySensor, wait_until: Wait
) -> None:
    sensor.start()
    wait_until(lambda: sensor.n_recordings() >= 3)
    sensor.feel("condition", "no")
    wait_until(lambda: "condition" in states(sensor))
    sensor.feel_well("condition")
    sensor.feel("recorder", "fail")
    wait_until(lambda: "device_fault" in states(sensor))
    sensor.end()
    killed_on = utc_now()
    sensor.feel_well("recorder")
    close_schedule(sensor)
    time.sleep(DOWN_S)
    started_on = utc_now()
    sensor.restart()
    wait_until(lambda: "not_scheduled" in states(sensor))
    sensor.stop()

    [noted] = read_effort(sensor.store.db_path)
    stay = noted.deployment
    assert stay.ended_on is not None
    whole = lengths(noted, stay.started_on, stay.ended_on)
    assert sum(whole.values()) == pytest.approx(
        (stay.ended_on - stay.started_on).total_seconds(), abs=1e-6
    )
    assert whole[EffortState.RECORDED] == pytest.approx(
        sum(line.duration_s for line in sensor.recordings()), abs=0.01
    )
    assert all(whole[EffortState(state)] > 0 for state in states(sensor))
    assert {span.reason for span in noted.spans} >= {"MoodyCondition", "not today"}
    assert set(lengths(noted, killed_on, started_on)) == {EffortState.DOWN}
    check_document(json.loads(effort_command(sensor, "--json")), whole)
    assert "device fault: not today" in effort_command(sensor)


def check_document(document: list[dict[str, Any]], whole: dict[EffortState, float]) -> None:
    """Check that the command says the same, and that its parts add up."""
    [effort] = document
    total = effort["total"]
    shown = {state: total[f"{state.value}_s"] for state in EffortState}
    assert shown == pytest.approx(dict.fromkeys(EffortState, 0.0) | whole, abs=1e-6)
    assert sum(shown.values()) == pytest.approx(total["total_s"], abs=1e-6)
    assert sum(total["clock_s"].values()) == pytest.approx(total["total_s"], abs=1e-6)
