"""A sensor whose clock is set while it runs."""

import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from acoupi.audio.wav import open_wav
from acoupi.demo.receiver import Receiver

Sensor = Any  # see conftest
Wait = Callable[..., None]

HOUR_S = 3600.0
YEAR_S = 365 * 24 * HOUR_S
INTERVAL_S = 3
FRAME_BYTES = 2
SLACK_S = 4.0
"""What a busy computer may take beside."""

STEPS: dict[str, Callable[[], float]] = {
    "an hour ahead": lambda: HOUR_S,
    "the hour back again": lambda: 0.0,
    "three years ahead": lambda: 3 * YEAR_S,
    "back to 1970": lambda: 90 - time.time(),
    "the time from the network": lambda: 0.0,
}


@pytest.mark.timeout(180)
def test_a_sensor_goes_on_through_every_step_of_its_clock(
    sensor: Sensor, receiver: Receiver, real_audio: Path, wait_until: Wait
) -> None:
    wait_until(lambda: sensor.recordings() >= 1, timeout_s=30)
    pids, begun_s, begun_with = sensor.pids(), time.monotonic(), sensor.recordings()
    for name, offset_s in STEPS.items():
        sensor.clock.set_by(offset_s())
        check_that_it_goes_on(sensor, receiver, wait_until, name)
    # One ring for what each step skipped, and else no more than the schedule asks for.
    in_time = (time.monotonic() - begun_s) / INTERVAL_S
    assert sensor.recordings() - begun_with <= in_time + len(STEPS) + 1
    assert sensor.pids() == pids, "a process was replaced"
    sensor.run("deployment", "stop")
    check_that_nothing_is_lost_or_doubled(sensor, receiver, real_audio / "soundscape.wav")


def check_that_it_goes_on(sensor: Sensor, receiver: Receiver, wait_until: Wait, step: str) -> None:
    stepped_s, recordings, messages = time.monotonic(), sensor.recordings(), receiver.n_messages
    # One may have been on its way, and bear the old time.
    wait_until(lambda: sensor.recordings() >= recordings + 2, timeout_s=60)
    assert time.monotonic() - stepped_s <= 2 * INTERVAL_S + SLACK_S, step
    wait_until(lambda: receiver.n_messages > messages)
    [(last,)] = sensor.rows("SELECT datetime FROM recording ORDER BY rowid DESC LIMIT 1")
    age_s = sensor.clock.now_s - dt.datetime.fromisoformat(str(last)).timestamp()
    assert 0 <= age_s <= 2 * INTERVAL_S + SLACK_S, step
    assert sensor.health() == "ok", step


def check_that_nothing_is_lost_or_doubled(
    sensor: Sensor, receiver: Receiver, source: Path
) -> None:
    """Find every sample of the source in one recording, each processed and told of once."""
    played, position = samples_of(source), 0
    kept = sensor.rows("SELECT path, duration_s, samplerate_hz FROM recording ORDER BY rowid")
    for path, duration_s, rate_hz in kept:
        n_bytes = round(float(str(duration_s)) * int(str(rate_hz))) * FRAME_BYTES
        if path is not None:
            assert samples_of(Path(str(path))) == played[position : position + n_bytes]
        position += n_bytes
    assert position <= len(played), "the tape began again: play a longer one"
    outputs = sensor.rows("SELECT recording_id FROM model_output")
    assert len(outputs) == len(set(outputs)) == len(kept)
    assert sensor.rows("SELECT DISTINCT state FROM processing") == [("done",)]
    [(n_messages,)] = sensor.rows("SELECT count(*) FROM message", "messages.db")
    assert (receiver.n_messages, receiver.n_repeats) == (n_messages, 0)


def samples_of(path: Path) -> bytes:
    wav = open_wav(path)
    return b"".join(wav.blocks(0, wav.frames))
