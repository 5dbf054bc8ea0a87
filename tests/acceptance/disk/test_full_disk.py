"""A running sensor whose disks are filled to the last byte, one after the other."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from moody_sensor import MoodySensor, isolate
from small_disk import DISK_MB, SmallDisk

from acoupi.audio.guano import read_identity
from acoupi.audio.segment import finish_part, write_what_comes
from acoupi.audio.wav import WavFormat
from acoupi.data import Deployment, MessageType, Recording

Wait = Callable[..., None]


@pytest.fixture
def disks(
    tmp_path: Path, requires: Callable[[object, str, str], None]
) -> Iterator[Callable[[str], SmallDisk]]:
    requires(os.geteuid() == 0, "the right to mount", "run the tests as root")
    made: list[SmallDisk] = []

    def make(name: str) -> SmallDisk:
        made.append(SmallDisk(tmp_path / name))
        return made[-1]

    yield make
    for disk in made:
        disk.remove()


@pytest.fixture
def make_sensor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., MoodySensor]]:
    isolate(tmp_path, monkeypatch)
    made: list[MoodySensor] = []

    def make(**options: object) -> MoodySensor:
        options = {name.replace("__", "."): value for name, value in options.items()}
        made.append(MoodySensor(tmp_path, {}, {"storage.min_free_mb": 1, **options}))
        return made[-1]

    yield make
    for sensor in made:
        sensor.end()


@pytest.mark.parametrize("place", ["home", "waiting", "recordings", "data"])
def test_a_disk_that_is_full_is_said_and_survived_and_nothing_is_lost(
    place: str,
    disks: Callable[[str], SmallDisk],
    make_sensor: Callable[..., MoodySensor],
    wait_until: Wait,
) -> None:
    disk = disks(place)
    sensor = make_sensor()
    sensor.start()
    wait_until(lambda: sensor.n_outputs() >= 2)

    disk.fill()
    wait_until(lambda: any("is full" in problem for problem in sensor.problems()))
    before = _settled(sensor, wait_until)
    assert before >= 2

    disk.free()
    wait_until(lambda: sensor.n_recordings() >= before + 3)
    assert sensor.problems() == []
    wait_until(lambda: any("room again" in text for text in alerts(sensor)))
    assert len([text for text in alerts(sensor) if "is full" in text]) == 1
    stop_without_loss(sensor)


def test_a_database_whose_disk_fills_without_warning_loses_nothing(
    disks: Callable[[str], SmallDisk],
    make_sensor: Callable[..., MoodySensor],
    wait_until: Wait,
) -> None:
    disk = disks("data")
    sensor = make_sensor(storage__min_free_mb=0)
    sensor.start()
    wait_until(lambda: sensor.n_outputs() >= 2)

    disk.fill()
    time.sleep(2)
    before = sensor.n_recordings()
    disk.free()
    wait_until(lambda: sensor.n_recordings() >= before + 3)
    stop_without_loss(sensor)


def test_what_a_microphone_heard_before_the_disk_was_full_is_kept(
    disks: Callable[[str], SmallDisk],
) -> None:
    disk = disks("waiting")
    recording = Recording(duration=20, samplerate=1 << 20, deployment=Deployment(name="wood"))
    format, second = WavFormat(1 << 20, 1, 1), bytes(1 << 20)
    part, final = disk.path / "x.wav.part", disk.path / "x.wav"

    kept = write_what_comes(part, recording, format, 20 << 20, [second] * 20)
    finish_part(part, final)

    assert DISK_MB - 1 < kept.duration < DISK_MB
    identity = read_identity(final)
    assert identity is not None
    assert (identity.recording_id, identity.duration_s) == (recording.id, kept.duration)
    assert list(disk.path.iterdir()) == [final]


def stop_without_loss(sensor: MoodySensor) -> None:
    """Stop it, and look at every sample, row and message there is."""
    stopped = sensor.stop()
    assert stopped.leftovers.recordings == []
    assert stopped.leftovers.problems == []
    assert {line.state for line in sensor.recordings()} == {"kept"}
    assert sensor.lost_samples() == []
    assert sensor.unfinished_files() == []
    assert sensor.n_outputs() == sensor.n_recordings()
    assert len(sensor.messages(MessageType.DETECTION)) == sensor.n_outputs()


def alerts(sensor: MoodySensor) -> list[str]:
    return [str(message.content) for message in sensor.messages(MessageType.ALERT)]


def _settled(sensor: MoodySensor, wait_until: Wait) -> int:
    """Wait until a second has passed without a new recording."""
    seen: list[int] = []

    def is_quiet() -> bool:
        seen.append(sensor.n_recordings())
        time.sleep(0.2)
        return len(seen) > 6 and len(set(seen[-6:])) == 1

    wait_until(is_quiet)
    return seen[-1]
