"""The gate, with a model that hears speech in what is loud."""

import datetime as dt
import math
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest

from acoupi.audio.privacy.gate import GatePolicy, PrivacyGate
from acoupi.audio.privacy.marks import is_private
from acoupi.audio.privacy.silero import FRAME
from acoupi.audio.samples import Samples
from acoupi.audio.sieve import Withheld
from acoupi.audio.wav import WavFormat
from acoupi.data import Deployment, EffortState, Recording
from acoupi.errors import RecordingError

MONO = WavFormat(16_000, 1, 2)
STARTED = dt.datetime(2026, 5, 1, 6, tzinfo=dt.UTC)
QUIET, LOUD = b"\x01\x00", b"\x00\x60"


class LoudIsSpeech:
    """Believes that whatever is loud is speech."""

    def __init__(self, failure: Exception | None = None, odd: float | None = None) -> None:
        self.failure = failure
        self.odd = odd
        self.forgotten = 0

    def forget(self) -> None:
        self.forgotten += 1

    def hear(self, samples: Samples) -> list[float]:
        if self.failure is not None:
            raise self.failure
        if self.odd is not None:
            return [self.odd] * (len(samples) // FRAME)
        peaks = np.abs(samples.reshape(-1, FRAME)).max(axis=1)
        return [0.9 if peak > 0.1 else 0.01 for peak in peaks]


def gate_of(policy: GatePolicy, model: LoudIsSpeech | None = None) -> PrivacyGate:
    heard = model or LoudIsSpeech()
    return PrivacyGate(policy, lambda: heard, threshold=0.3, margin_s=0.25)


def recording_of(frames: int, folder: Path = Path("/dev/shm"), after_s: float = 0) -> Recording:
    created_on = STARTED + dt.timedelta(seconds=after_s)
    return Recording(
        path=folder / "20260501_060000_x.wav",
        created_on=created_on,
        duration=frames / MONO.rate_hz,
        samplerate=MONO.rate_hz,
        deployment=Deployment(name="meadow"),
    )


def second(*kinds: bytes) -> bytes:
    return b"".join(kind * MONO.rate_hz for kind in kinds)


def sifted(gate: PrivacyGate, sound: bytes, recording: Recording | None = None) -> bytes:
    gate.begin(MONO, recording or recording_of(len(sound) // 2))
    return b"".join(gate.sift(pieces(sound)))


def pieces(sound: bytes, size: int = 5000) -> Iterator[bytes]:
    return (sound[start : start + size] for start in range(0, len(sound), size))


@pytest.mark.parametrize("policy", ["drop", "silence", "keep_detection"])
def test_sound_without_speech_passes_untouched(policy: GatePolicy):
    gate, sound = gate_of(policy), second(QUIET, QUIET)[:-6]
    assert sifted(gate, sound) == sound
    assert gate.losses() == []


def test_a_recording_with_speech_is_dropped_and_its_time_is_private():
    with pytest.raises(Withheld) as withheld:
        sifted(gate_of("drop"), second(QUIET, LOUD, QUIET))
    assert withheld.value.state is EffortState.PRIVATE
    assert withheld.value.reason == "people spoke"


def test_speech_is_silenced_with_its_margin_and_nothing_else():
    gate, sound = gate_of("silence"), second(QUIET, LOUD, QUIET)
    passed = np.frombuffer(sifted(gate, sound), "<i2")
    assert len(passed) == 3 * MONO.rate_hz
    silent = np.flatnonzero(passed == 0)
    margin, last = 4000, FRAME
    assert silent[0] == pytest.approx(16_000 - margin, abs=last)
    assert silent[-1] == pytest.approx(32_000 + margin, abs=last)
    assert len(silent) == silent[-1] - silent[0] + 1
    rest = np.delete(passed, silent)
    assert (rest == 1).all()


def test_what_is_silenced_is_told_with_its_time():
    gate = gate_of("silence")
    sifted(gate, second(QUIET, LOUD, QUIET))
    [lost] = gate.losses()
    assert (lost.why, lost.detail) == ("private", "silenced")
    assert (lost.from_instant - STARTED).total_seconds() == pytest.approx(0.75, abs=0.04)
    assert (lost.to_instant - STARTED).total_seconds() == pytest.approx(2.25, abs=0.04)
    assert gate.losses() == []


@pytest.mark.parametrize("policy", ["drop", "silence"])
def test_no_sample_of_speech_leaves_the_gate_at_any_time(policy: GatePolicy):
    gate = gate_of(policy)
    gate.begin(MONO, recording_of(48_000))
    passed = b""
    try:
        for block in gate.sift(pieces(second(QUIET, LOUD, QUIET), size=512)):
            passed += block
    except Withheld:
        pass
    assert LOUD not in [passed[n : n + 2] for n in range(0, len(passed), 2)]


def test_no_more_is_held_back_than_a_margin_and_a_moment():
    gate, came = gate_of("silence"), 0
    gate.begin(MONO, recording_of(160_000))

    def coming() -> Iterator[bytes]:
        nonlocal came
        for block in pieces(second(*[QUIET] * 10), size=512):
            came += len(block)
            yield block

    passed = 0
    for block in gate.sift(coming()):
        passed += len(block)
        assert came - passed <= 2 * (4000 + 9 * FRAME)
    assert passed == came


def test_what_is_said_at_the_end_reaches_into_the_next_recording():
    gate = gate_of("silence")
    sifted(gate, second(QUIET, LOUD), recording_of(32_000))
    passed = sifted(gate, second(QUIET), recording_of(16_000, after_s=2))
    silent = np.flatnonzero(np.frombuffer(passed, "<i2") == 0)
    assert (silent[0], silent[-1]) == (0, 3999)


def test_a_recording_later_knows_nothing_of_it():
    model = LoudIsSpeech()
    gate = gate_of("silence", model)
    sifted(gate, second(QUIET, LOUD), recording_of(32_000))
    before = model.forgotten
    assert sifted(gate, second(QUIET), recording_of(16_000, after_s=10)) == second(QUIET)
    assert model.forgotten == before + 1


def test_a_clock_that_was_set_back_makes_nothing_private():
    gate = gate_of("silence")
    sifted(gate, second(QUIET, QUIET), recording_of(32_000))
    assert sifted(gate, second(QUIET), recording_of(16_000, after_s=1)) == second(QUIET)


def test_the_model_goes_on_where_recordings_join():
    model = LoudIsSpeech()
    gate = gate_of("silence", model)
    sifted(gate, second(QUIET), recording_of(16_000))
    sifted(gate, second(QUIET), recording_of(16_000, after_s=1))
    assert model.forgotten == 1


def test_a_recording_for_models_only_is_marked_before_the_first_word(in_memory: Path):
    gate, recording = gate_of("keep_detection"), recording_of(48_000, in_memory)
    gate.begin(MONO, recording)
    for block in gate.sift(pieces(second(QUIET, LOUD, QUIET), size=512)):
        if LOUD in block:
            assert is_private(recording.path or Path())
    [lost] = gate.losses()
    assert (lost.why, lost.detail) == ("private", "detections only")


def test_a_recording_for_models_keeps_every_sample(in_memory: Path):
    sound = second(QUIET, LOUD, QUIET)
    recording = recording_of(48_000, in_memory)
    assert sifted(gate_of("keep_detection"), sound, recording) == sound


def test_a_recording_for_models_without_speech_may_be_kept(in_memory: Path):
    recording = recording_of(16_000, in_memory)
    sifted(gate_of("keep_detection"), second(QUIET), recording)
    assert not is_private(recording.path or Path())


def test_recordings_for_models_are_refused_on_a_disk():
    with pytest.raises(RecordingError, match="not in memory"):
        gate_of("keep_detection").begin(MONO, recording_of(16_000, Path("/var/tmp")))


@pytest.mark.parametrize("policy", ["drop", "silence", "keep_detection"])
def test_nothing_passes_once_the_model_fails(policy: GatePolicy):
    gate = gate_of(policy, LoudIsSpeech(failure=RuntimeError("out of order")))
    gate.begin(MONO, recording_of(16_000))
    passed: list[bytes] = []
    with pytest.raises(RecordingError, match="nothing is kept: out of order"):
        passed += gate.sift(pieces(second(QUIET)))
    assert passed == []


@pytest.mark.parametrize("odd", [math.nan, -1.0, 2.0, math.inf])
def test_nothing_passes_if_the_model_answers_nonsense(odd: float):
    gate = gate_of("silence", LoudIsSpeech(odd=odd))
    with pytest.raises(RecordingError, match="the speech model answers"):
        sifted(gate, second(QUIET))


def test_nothing_passes_if_the_model_cannot_be_loaded():
    def fail() -> LoudIsSpeech:
        raise OSError("no such file")

    gate = PrivacyGate("drop", fail)
    with pytest.raises(RecordingError, match="no such file"):
        gate.begin(MONO, recording_of(16_000))
    with pytest.raises(RecordingError):
        list(gate.sift(pieces(second(QUIET))))


def test_the_model_is_loaded_again_after_it_failed():
    models = [LoudIsSpeech(failure=RuntimeError("once")), LoudIsSpeech()]
    gate = PrivacyGate("silence", lambda: models.pop(0))
    with pytest.raises(RecordingError):
        sifted(gate, second(QUIET))
    assert sifted(gate, second(QUIET)) == second(QUIET)


def test_a_microphone_that_fails_midway_leaves_what_was_heard_so_far():
    gate = gate_of("silence")
    gate.begin(MONO, recording_of(160_000))
    passed: Iterable[bytes] = gate.sift(pieces(second(QUIET, LOUD)[:-2]))
    assert len(b"".join(passed)) == 2 * 32_000 - 2


def test_two_channels_of_24_bit_are_silenced_in_whole_frames():
    format = WavFormat(48_000, 2, 3)
    quiet, loud = b"\x01\0\0" * 2, b"\0\0\x60" * 2
    sound = quiet * 48_000 + loud * 48_000 + quiet * 48_000
    gate = gate_of("silence")
    gate.begin(format, recording_of(144_000))
    passed = b"".join(gate.sift(pieces(sound, size=6 * 1000)))
    assert len(passed) == len(sound)
    frames = [passed[n : n + 6] for n in range(0, len(passed), 6)]
    assert set(frames) == {quiet, b"\0" * 6}


@pytest.fixture
def in_memory() -> Iterator[Path]:
    import tempfile

    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)
