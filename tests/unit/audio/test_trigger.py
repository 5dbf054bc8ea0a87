import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from acoupi.audio import trigger as trigger_module
from acoupi.audio.loudness import Trigger
from acoupi.audio.sieve import Withheld
from acoupi.audio.trigger import Held, TriggerSieve
from acoupi.audio.wav import WavFormat
from acoupi.data import Deployment, EffortState, Recording

START = dt.datetime(2026, 5, 1, 3, 30, tzinfo=dt.UTC)
WOOD = Deployment(name="wood", started_on=START)
FORMAT = WavFormat(8000, 1, 2)
LOUD_AT_S = 0.5


def sound(is_loud: bool, seconds: float = 1) -> bytes:
    """Return a second of silence, with a short call in its middle if it is to be loud."""
    samples = np.zeros(round(8000 * seconds), "<i2")
    if is_loud:
        call = np.sin(np.arange(400) * np.pi / 2.5) * 20_000  # 1600 Hz
        samples[4000:4400] = call.astype("<i2")
    return samples.tobytes()


@dataclass
class Disk:
    """Takes what a sieve lets through, and what it lets through later."""

    trigger: Trigger
    written: dict[int, bytes] = field(default_factory=dict)
    starts: dict[dt.datetime, int] = field(default_factory=dict)
    states: list[EffortState] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sieve = TriggerSieve(self.trigger, self.keep)

    def keep(self, held: Held) -> None:
        assert held.format == FORMAT
        self.written[self.starts[held.recording.created_on]] = held.samples

    def record(self, second: int, data: bytes, block: int = 1000, cut_short: bool = False) -> None:
        created_on = START + dt.timedelta(seconds=second)
        duration = len(data) / 16_000 * (2 if cut_short else 1)
        recording = Recording(
            created_on=created_on, duration=duration, samplerate=8000, deployment=WOOD
        )
        self.starts[created_on] = second
        blocks = iter([data[n : n + block] for n in range(0, len(data), block)])
        self.sieve.begin(FORMAT, recording)
        try:
            self.written[second] = b"".join(self.sieve.sift(blocks))
        except Withheld as withheld:
            self.states.append(withheld.state)


def absolute(pre_roll_s: float = 0, post_roll_s: float = 0) -> Trigger:
    return Trigger(
        1000,
        3000,
        -40,
        above="full_scale",
        pre_roll_s=pre_roll_s,
        post_roll_s=post_roll_s,
    )


def test_a_loud_recording_passes_whole_and_a_quiet_one_not_at_all() -> None:
    disk = Disk(absolute())
    disk.record(0, sound(is_loud=False))
    disk.record(1, sound(is_loud=True))
    assert disk.written == {1: sound(is_loud=True)}
    assert disk.states == [EffortState.QUIET]


def test_nothing_is_passed_on_before_something_is_heard() -> None:
    sieve = TriggerSieve(absolute())
    taken: list[int] = []

    def blocks() -> Iterator[bytes]:
        data = sound(is_loud=True, seconds=2)
        for n in range(0, len(data), 800):
            taken.append(n)
            yield data[n : n + 800]

    sieve.begin(FORMAT, Recording(duration=2, samplerate=8000, deployment=WOOD, created_on=START))
    passed = sieve.sift(blocks())
    next(passed)
    assert 8000 <= taken[-1] <= 8000 + 2 * 4000 + 800


@given(
    loud=st.lists(st.booleans(), min_size=1, max_size=12),
    pauses_s=st.lists(st.integers(0, 3), min_size=12, max_size=12),
    pre_roll_s=st.sampled_from([0, 0.25, 0.75, 1.75, 3.75, 20.75]),
    post_roll_s=st.sampled_from([0, 0.25, 0.75, 1.75, 3.75, 20.75]),
    block=st.sampled_from([2, 160, 1000, 16_000]),
)
@settings(max_examples=150, deadline=None)
def test_what_is_kept_is_what_lies_around_the_loud_moments(
    loud: list[bool],
    pauses_s: list[int],
    pre_roll_s: float,
    post_roll_s: float,
    block: int,
) -> None:
    disk = Disk(absolute(pre_roll_s, post_roll_s))
    seconds = [n + sum(pauses_s[:n]) for n in range(len(loud))]
    for second, is_loud in zip(seconds, loud, strict=True):
        disk.record(second, sound(is_loud), block)
    calls_s = [
        second + LOUD_AT_S for second, is_loud in zip(seconds, loud, strict=True) if is_loud
    ]
    expected = {
        second: sound(is_loud)
        for second, is_loud in zip(seconds, loud, strict=True)
        if any(second - post_roll_s < call < second + 1 + pre_roll_s for call in calls_s)
    }
    assert disk.written == expected


def test_what_a_microphone_gave_before_it_failed_is_not_called_quiet() -> None:
    disk = Disk(absolute())
    disk.record(0, sound(is_loud=False), cut_short=True)
    assert disk.written == {0: b""}
    disk.record(5, sound(is_loud=True), cut_short=True)
    assert disk.written[5] == sound(is_loud=True)


def test_a_long_quiet_recording_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trigger_module, "MOST_HELD_BYTES", 20_000)
    sieve = TriggerSieve(absolute(pre_roll_s=60))
    data = sound(is_loud=False, seconds=10)
    recording = Recording(duration=10, samplerate=8000, deployment=WOOD, created_on=START)
    sieve.begin(FORMAT, recording)
    passed = sieve.sift(iter([data[n : n + 4000] for n in range(0, len(data), 4000)]))
    sizes = []
    with pytest.raises(Withheld):
        sizes.extend(len(block) for block in passed)
    assert max(sizes) <= 24_000


def test_what_is_held_for_a_pre_roll_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trigger_module, "MOST_HELD_BYTES", 3 * 16_000)
    disk = Disk(absolute(pre_roll_s=600))
    for second in range(10):
        disk.record(second, sound(is_loud=False))
    disk.record(10, sound(is_loud=True))
    assert sorted(disk.written) == [7, 8, 9, 10]


def test_a_clock_that_is_set_back_does_not_keep_everything() -> None:
    disk = Disk(absolute(pre_roll_s=2, post_roll_s=2))
    disk.record(100_000, sound(is_loud=True))
    disk.record(100_001, sound(is_loud=False))
    disk.record(0, sound(is_loud=False))
    disk.record(1, sound(is_loud=True))
    assert sorted(disk.written) == [0, 1, 100_000, 100_001]
    disk.record(4, sound(is_loud=False))
    assert 4 not in disk.written


def test_where_the_band_cannot_be_everything_is_kept() -> None:
    disk = Disk(Trigger(20_000, 90_000, 12))
    disk.record(0, sound(is_loud=False))
    assert disk.written == {0: sound(is_loud=False)}


def test_what_another_sieve_withholds_is_not_held() -> None:
    disk = Disk(absolute(pre_roll_s=60))

    def private() -> Iterator[bytes]:
        yield sound(is_loud=False)[:8000]
        raise Withheld(EffortState.PRIVATE, "people spoke")

    recording = Recording(duration=1, samplerate=8000, deployment=WOOD, created_on=START)
    disk.sieve.begin(FORMAT, recording)
    with pytest.raises(Withheld) as withheld:
        list(disk.sieve.sift(private()))
    assert withheld.value.state == EffortState.PRIVATE
    disk.record(1, sound(is_loud=True))
    assert list(disk.written) == [1]
