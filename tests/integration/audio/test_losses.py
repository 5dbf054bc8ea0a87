"""What a microphone that fails and comes back is said to have lost."""

import datetime as dt
import signal
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import pytest
from processes import children_called

from acoupi._clock import utc_now
from acoupi.audio.capture import Patience
from acoupi.audio.loss import Lost
from acoupi.audio.wav import open_wav
from acoupi.components.audio_recorder import AlsaRecorder
from acoupi.data import Deployment, Recording

DEPLOYMENT = Deployment(name="Old oak")
RATE_HZ = 48_000
IMPATIENT = Patience(first_s=1, next_s=0.5)
Wait = Callable[[Callable[[], object]], None]


@contextmanager
def a_recorder(folder: Path, **options: Any) -> Generator[AlsaRecorder]:
    known: dict[str, Any] = {"device_name": "birdmic", "duration_s": 0.2, "patience": IMPATIENT}
    recorder = AlsaRecorder(audio_dir=folder, **(known | options))
    try:
        yield recorder
    finally:
        recorder.close()


def listeners() -> list[psutil.Process]:
    return children_called("arecord")


def the_child() -> psutil.Process:
    (child,) = listeners()
    return child


def sound_of(recording: Recording) -> bytes:
    assert recording.path
    return open_wav(recording.path).read()


def lost_until(recorder: AlsaRecorder, why: str, wait_until: Wait) -> list[Lost]:
    lost: list[Lost] = []

    def found() -> bool:
        lost.extend(recorder.losses())
        return any(loss.why == why for loss in lost)

    wait_until(found)
    return lost


def frames_between(microphone: Any, first: Recording, second: Recording) -> int:
    """Return how many samples the microphone heard between two recordings."""
    start = microphone.heard_at(sound_of(first)) + len(sound_of(first))
    return (microphone.heard_at(sound_of(second)) - start) % len(microphone.sound) // 2


def test_a_microphone_that_is_well_loses_nothing(microphone: Any, tmp_path: Path) -> None:
    with a_recorder(tmp_path, duration_s=1) as recorder:
        for _ in range(3):
            recorder.record(DEPLOYMENT)
        assert recorder.losses() == []


def test_a_child_that_was_stopped_loses_what_the_device_heard_meanwhile(
    microphone: Any, tmp_path: Path, wait_until: Wait
) -> None:
    with a_recorder(tmp_path, patience=Patience(5, 10)) as recorder:
        first = recorder.record(DEPLOYMENT)
        child = the_child()
        child.send_signal(signal.SIGSTOP)
        time.sleep(3.6)
        child.send_signal(signal.SIGCONT)
        lost = lost_until(recorder, "overrun", wait_until)
        last = recorder.record(DEPLOYMENT)
        assert recorder.losses() == []
    assert {loss.why for loss in lost} == {"overrun"}
    lost_frames = sum(loss.samples for loss in lost)
    assert 3 * RATE_HZ < lost_frames < 5 * RATE_HZ
    # What the clock says of two instants is what the microphone has heard between them.
    by_clock = (last.created_on - first.created_on).total_seconds() - first.duration
    assert frames_between(microphone, first, last) == pytest.approx(
        by_clock * RATE_HZ, abs=0.05 * RATE_HZ
    )


def test_a_child_that_was_killed_is_replaced_and_the_gap_is_what_was_lost(
    microphone: Any, tmp_path: Path, wait_until: Wait
) -> None:
    with a_recorder(tmp_path) as recorder:
        recorder.record(DEPLOYMENT)
        killed = utc_now()
        the_child().kill()
        lost = lost_until(recorder, "gone", wait_until)
        assert utc_now() - killed < dt.timedelta(seconds=3)
        wait_until(listeners)
        assert microphone.heard_at(sound_of(recorder.record(DEPLOYMENT))) >= 0
        lost += recorder.losses()
    assert abs(lost[0].from_instant - killed) < dt.timedelta(seconds=1)
    assert lost[-1].to_instant - killed < dt.timedelta(seconds=3)
    gap = lost[-1].to_instant - lost[0].from_instant
    assert sum(loss.samples for loss in lost) == pytest.approx(
        gap.total_seconds() * RATE_HZ, abs=0.02 * RATE_HZ
    )


@pytest.mark.parametrize(("fault", "why"), [("unplug", "gone"), ("stall", "stalled")])
def test_a_microphone_is_found_again_without_being_asked_for(
    microphone: Any, tmp_path: Path, wait_until: Wait, fault: str, why: str
) -> None:
    with a_recorder(tmp_path) as recorder:
        recorder.record(DEPLOYMENT)
        failed = utc_now()
        microphone.fail(fault)
        lost = lost_until(recorder, why, wait_until)
        assert utc_now() - failed < dt.timedelta(seconds=3)
        microphone.fail("")
        back = utc_now()
        capture = recorder._stream and recorder._stream.capture
        wait_until(lambda: recorder._stream and recorder._stream.capture is not capture)
        recorder.record(DEPLOYMENT)
        lost += recorder.losses()
    assert lost[-1].to_instant - back < dt.timedelta(seconds=3)
    assert all(
        before.to_instant - after.from_instant < dt.timedelta(milliseconds=50)
        for before, after in pairwise(lost)
    )


def test_digital_zeros_are_told_and_recorded_nonetheless(
    microphone: Any, tmp_path: Path, wait_until: Wait
) -> None:
    (microphone.directory / "in.raw").write_bytes(bytes(2 * RATE_HZ))
    with a_recorder(tmp_path) as recorder:
        recorder.record(DEPLOYMENT)
        (flat,) = lost_until(recorder, "flat", wait_until)
        assert set(sound_of(recorder.record(DEPLOYMENT))) == {0}
    assert flat.samples >= 2 * RATE_HZ


def test_recordings_with_pauses_begin_at_their_instants(microphone: Any, tmp_path: Path) -> None:
    with a_recorder(tmp_path, interval_s=1, continuous=False) as recorder:
        recorder.record(DEPLOYMENT)
        made: list[Recording] = []
        for _ in range(3):
            # A tenth after the multiple, or half a second: as late as a task may be.
            time.sleep(1.1 + 0.2 * len(made) - utc_now().timestamp() % 1)
            made.append(recorder.record(DEPLOYMENT))
    off = [(r.created_on.timestamp() + 0.5) % 1 - 0.5 for r in made]
    assert max(map(abs, off)) < 0.001
    gaps = [frames_between(microphone, a, b) / RATE_HZ + 0.2 for a, b in pairwise(made)]
    by_clock = [(b.created_on - a.created_on).total_seconds() for a, b in pairwise(made)]
    assert gaps == pytest.approx(by_clock, abs=0.05)


def test_a_recorder_that_rests_listens_again_for_the_next_recording(
    microphone: Any, tmp_path: Path
) -> None:
    with a_recorder(tmp_path) as recorder:
        recorder.record(DEPLOYMENT)
        recorder.rest()
        assert listeners() == []
        assert microphone.heard_at(sound_of(recorder.record(DEPLOYMENT))) >= 0
        assert recorder.losses() == []


def test_a_recorder_that_is_forgotten_stops_listening(
    microphone: Any, tmp_path: Path, wait_until: Wait
) -> None:
    recorder = AlsaRecorder("birdmic", 0.2, tmp_path)
    recorder.record(DEPLOYMENT)
    assert listeners()
    del recorder
    wait_until(lambda: not listeners())
