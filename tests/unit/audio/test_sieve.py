"""What sound passes through before it is written."""

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from acoupi.audio.loss import Lost
from acoupi.audio.segment import write_what_comes
from acoupi.audio.sieve import Sieve, Withheld, sift_with
from acoupi.audio.wav import WavFormat, open_wav, write_wav
from acoupi.components.audio_recorder import ReplayRecorder
from acoupi.data import Deployment, EffortState, Recording
from acoupi.errors import ConfigurationError, DeviceUnavailableError
from acoupi.testing import FakeRecorder

FORMAT = WavFormat(1000, 1, 2)


class Mirror:
    """Turns each sample's bits over; is told of each recording."""

    def __init__(self) -> None:
        self.begun: list[Recording] = []

    def begin(self, format: WavFormat, recording: Recording) -> None:
        assert format == FORMAT
        self.begun.append(recording)

    def sift(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        held = b""
        for block in blocks:
            yield held
            held = bytes(byte ^ 0xFF for byte in block)
        yield held

    def losses(self) -> list[Lost]:
        now = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
        return [Lost(now, now, 1, "private")]


class Closed(Mirror):
    """Lets nothing through, as soon as it has seen some number of blocks."""

    def __init__(self, after: int = 1) -> None:
        super().__init__()
        self.after = after

    def sift(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        for count, block in enumerate(blocks, 1):
            if count == self.after:
                raise Withheld(EffortState.QUIET, "too quiet")
            yield block


@pytest.fixture
def recording() -> Recording:
    return Recording(duration=1, samplerate=1000, deployment=Deployment(name="wood"))


def a_tape(tmp_path: Path, sieves: Sequence[Sieve]) -> ReplayRecorder:
    sound = bytes(n % 251 for n in range(3000))
    write_wav(tmp_path / "tape.wav", FORMAT, 1500, [sound], b"")
    recorder = ReplayRecorder(
        tmp_path / "tape.wav", 0.5, tmp_path / "out", speed=float("inf"), loop=False
    )
    sift_with(recorder, sieves)
    return recorder


def test_sound_passes_through_all_sieves_in_their_order(
    tmp_path: Path, recording: Recording
) -> None:
    part, sieves = tmp_path / "x.wav.part", [Mirror(), Mirror(), Mirror()]
    write_what_comes(part, recording, FORMAT, 1000, [bytes(800), bytes(1200)], sieves)
    assert open_wav(part).read() == b"\xff" * 2000
    assert [sieve.begun for sieve in sieves] == [[recording]] * 3


def test_what_a_sieve_holds_back_is_kept_when_the_microphone_fails(
    tmp_path: Path, recording: Recording
) -> None:
    def blocks() -> Iterator[bytes]:
        yield bytes(400)
        raise DeviceUnavailableError("somebody pulled the plug")

    part = tmp_path / "x.wav.part"
    kept = write_what_comes(part, recording, FORMAT, 1000, blocks(), [Mirror()])
    assert kept.duration == 0.2
    assert open_wav(part).read() == b"\xff" * 400


@pytest.mark.parametrize("after", [1, 2])
def test_nothing_of_a_withheld_recording_stays(
    tmp_path: Path, recording: Recording, after: int
) -> None:
    part = tmp_path / "x.wav.part"
    with pytest.raises(Withheld, match="too quiet"):
        write_what_comes(part, recording, FORMAT, 1000, [bytes(800), bytes(1200)], [Closed(after)])
    assert list(tmp_path.iterdir()) == []


def test_a_tape_goes_on_after_what_was_withheld(tmp_path: Path) -> None:
    recorder = a_tape(tmp_path, [Closed()])
    with pytest.raises(Withheld) as caught:
        recorder.record(Deployment(name="wood"))
    assert caught.value.recording is not None
    assert caught.value.recording.duration == 0.5
    assert not list((tmp_path / "out").glob("*.wav*"))

    sift_with(recorder, [])
    path = recorder.record(Deployment(name="wood")).path
    assert path is not None
    assert open_wav(path).read() == open_wav(tmp_path / "tape.wav").read()[1000:2000]


def test_a_recorder_that_knows_no_sieves_is_refused_rather_than_left_open(tmp_path: Path) -> None:
    recorder = FakeRecorder(tmp_path)
    sift_with(recorder, [])
    with pytest.raises(ConfigurationError, match=r"FakeRecorder writes .* through Closed"):
        sift_with(recorder, [Closed()])
