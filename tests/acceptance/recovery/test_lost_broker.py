"""A running sensor whose broker loses everything: the stores know what is left to do."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from moody_sensor import MoodySensor, isolate

from acoupi.data import MessageType
from acoupi.system.supervisor.locks import holders

Wait = Callable[..., None]


@pytest.fixture
def sensor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MoodySensor]:
    isolate(tmp_path, monkeypatch)
    sensor = MoodySensor(tmp_path, {}, {})
    yield sensor
    sensor.end()


def test_what_a_broker_that_was_thrown_away_knew_is_found_again(
    sensor: MoodySensor, wait_until: Wait
) -> None:
    sensor.feel("model", "wait")
    sensor.start()
    wait_until(lambda: sensor.n_recordings() >= 5)
    for path in sensor.settings.broker_file.parent.iterdir():
        path.unlink()
    sensor.feel_well("model")

    before = sensor.n_recordings()
    wait_until(lambda: sensor.n_recordings() >= before + 2, timeout_s=40)
    wait_until(lambda: sensor.n_outputs() >= before + 2, timeout_s=40)
    assert holders(sensor.settings.lock_file)
    stopped = sensor.stop()

    assert stopped.leftovers.recordings == []
    assert sensor.lost_samples() == []
    assert sensor.n_outputs() == sensor.n_recordings()
    assert len(sensor.messages(MessageType.DETECTION)) == sensor.n_outputs()
