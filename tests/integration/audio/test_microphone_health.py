"""A real place, heard by a microphone that is well, and by some that are not."""

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path

import numpy as np
import pytest
from made_sounds import Sound, covered, hiss, to_bytes

from acoupi.audio.microphone_health.history import MicrophoneHealth
from acoupi.audio.microphone_health.kept import load_health
from acoupi.audio.microphone_health.symptoms import Symptom
from acoupi.audio.samples import read_mono
from acoupi.audio.wav import WavFormat, open_wav
from acoupi.components.microphone_watch import MicrophoneWatch
from acoupi.data import Deployment, Recording

START = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
DURATION_S = 3
GOOD_HOURS = 60

Fault = Callable[[Sound], Sound]


class Sensor:
    """Records once an hour, round and round, what is in a file."""

    def __init__(self, soundscape: Path, kept: Path) -> None:
        self.sound = open_wav(soundscape)
        self.format = WavFormat(self.sound.format.rate_hz, 1, 2)
        self.watch = MicrophoneWatch("hw:1", kept)
        self.kept = kept
        self.hours = 0
        self.deployment = Deployment(name="meadow")

    def record(self, hours: int, fault: Fault = lambda sound: sound) -> MicrophoneHealth:
        for sound in islice(self.pieces(), self.hours, self.hours + hours):
            recording = Recording(
                created_on=START + self.hours * dt.timedelta(hours=1),
                duration=DURATION_S,
                samplerate=self.format.rate_hz,
                deployment=self.deployment,
            )
            block = to_bytes(fault(sound))
            self.watch.begin(self.format, recording)
            assert b"".join(self.watch.sift(iter([block]))) == block
            self.hours += 1
        health = load_health(self.kept)
        assert health is not None
        return health

    def pieces(self) -> Iterator[Sound]:
        size = DURATION_S * self.format.rate_hz
        starts = range(0, self.sound.frames - size, size)
        return (read_mono(self.sound, start, size).astype(np.float64) for start in cycle(starts))


@pytest.fixture
def sensor(real_audio: Path, tmp_path: Path) -> Sensor:
    return Sensor(real_audio / "soundscape.wav", tmp_path / "health.json")


def test_birds_are_no_fault_and_no_weather(sensor: Sensor) -> None:
    health = sensor.record(GOOD_HOURS + 40)
    (channel,) = health.channels
    assert health.symptoms == []
    assert max(hour.wind + hour.rain for hour in channel.hours) == 0
    assert channel.change_db == pytest.approx(0, abs=6)


@pytest.mark.parametrize(
    ("fault", "symptom"),
    [
        (lambda sound: 0.1 * sound + hiss(rms=3e-6), Symptom.QUIETER),
        (lambda sound: covered(sound, above_hz=300) + hiss(rms=3e-6), Symptom.MUFFLED),
        (lambda sound: sound - 0.3, Symptom.OFF_ZERO),
        (lambda sound: 500 * sound, Symptom.CLIPPING),
        (lambda sound: 0 * sound, Symptom.DEAD),
    ],
    ids=["dying", "covered", "off zero", "too loud", "dead"],
)
def test_each_fault_is_called_by_its_name_and_is_over_when_it_is(
    sensor: Sensor, fault: Fault, symptom: Symptom
) -> None:
    assert sensor.record(GOOD_HOURS).symptoms == []
    assert sensor.record(4, fault).symptoms == [(0, symptom)]
    assert sensor.record(4).symptoms == []
