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


def throw_away(broker_file: Path) -> None:
    for path in broker_file.parent.iterdir():
        path.unlink()


def damage(broker_file: Path) -> None:
    """Write over all of it, as a dying card does."""
    for path in broker_file.parent.iterdir():
        if path.is_file() and path.stat().st_size:
            path.write_bytes(b"\x55" * path.stat().st_size)


@pytest.mark.parametrize("lose", [throw_away, damage])
def test_what_the_broker_loses_under_load_is_found_again(
    sensor: MoodySensor, wait_until: Wait, lose: Callable[[Path], None]
) -> None:
    sensor.feel("model", "wait")
    sensor.start()
    wait_until(lambda: sensor.n_recordings() >= 5)
    lose(sensor.settings.broker_file)
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
