"""Two microphones that are the channels of one device."""

import contextlib
import gc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from acoupi.audio.wav import open_wav
from acoupi.components.audio_recorder import MicrophoneConfig, create_recorder
from acoupi.components.audio_recorder.captured import CaptureRecorder
from acoupi.components.audio_recorder.sharing import share_devices
from acoupi.data import Deployment
from acoupi.errors import DeviceError

RATE_HZ = 48_000
FRAMES = RATE_HZ // 4
HEDGE = Deployment(name="hedge")


@pytest.fixture
def sides(microphone: Any) -> list[bytes]:
    """Plug in a device with two channels, and return what each of them hears, twice."""
    sound = microphone.plug_in("S16_LE", RATE_HZ, 2)
    return [
        b"".join(sound[at + 2 * side : at + 2 * side + 2] for at in range(0, len(sound), 4)) * 2
        for side in (0, 1)
    ]


@pytest.fixture
def recorders(sides: list[bytes], tmp_path: Path) -> Iterator[list[CaptureRecorder]]:
    made: list[CaptureRecorder] = []
    for channel in (1, 2):
        config = MicrophoneConfig(
            device_name="anymic", samplerate=RATE_HZ, audio_channels=2, channel=channel
        )
        recorder = create_recorder(config, FRAMES / RATE_HZ, tmp_path / "tmp", True, 0.25)
        assert isinstance(recorder, CaptureRecorder)
        made.append(recorder)
    share_devices(made)
    yield made
    for recorder in made:
        recorder.close()


def record(recorder: CaptureRecorder, times: int) -> bytes:
    """Record some times, and return all samples."""
    paths = [recorder.record(HEDGE).path for _ in range(times)]
    return b"".join(open_wav(path).read() for path in paths if path is not None)


def test_each_hears_its_own_channel_without_a_gap_at_the_same_time(
    sides: list[bytes], recorders: list[CaptureRecorder], children: Callable[[], list[Any]]
) -> None:
    with ThreadPoolExecutor(2) as pool:
        heard = list(pool.map(lambda recorder: record(recorder, 4), recorders))
    starts = [side.find(each[: 2 * FRAMES]) for side, each in zip(sides, heard, strict=True)]
    assert starts[0] == starts[1] >= 0
    half = len(sides[0]) // 2
    for side, each, start in zip(sides, heard, starts, strict=True):
        looped = side[:half] * 6
        assert each == looped[start : start + len(each)]
        assert len(each) == 4 * 2 * FRAMES
    assert len(children()) == 1


def test_the_device_is_closed_when_the_last_of_them_rests(
    recorders: list[CaptureRecorder], children: Callable[[], list[Any]]
) -> None:
    left, right = recorders
    record(left, 1)
    record(right, 1)
    left.rest()
    assert len(children()) == 1
    record(right, 1)
    right.rest()
    gc.collect()
    assert children() == []


def test_one_that_rested_goes_on_from_now_and_has_lost_nothing(
    sides: list[bytes], recorders: list[CaptureRecorder]
) -> None:
    left, right = recorders
    record(left, 1)
    record(right, 1)
    left.rest()
    left.losses()
    record(right, 4)
    again = left.record(HEDGE)
    assert right.record(HEDGE).created_on <= again.created_on
    assert left.losses() == []


def test_what_the_device_loses_both_have_lost(
    microphone: Any,
    recorders: list[CaptureRecorder],
    record_until_it_fails: Callable[[CaptureRecorder], None],
    wait_until: Callable[..., None],
) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda recorder: record(recorder, 1), recorders))
    microphone.fail("unplug")
    for recorder in recorders:
        with pytest.raises(DeviceError):
            record_until_it_fails(recorder)
    microphone.fail("")
    lost = [0, 0]

    def both_know() -> bool:
        for side, recorder in enumerate(recorders):
            with contextlib.suppress(DeviceError):
                recorder.record(HEDGE)
            lost[side] += sum(loss.samples for loss in recorder.losses())
        return all(lost)

    wait_until(both_know)
