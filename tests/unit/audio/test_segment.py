"""Recordings whose source fails before they are whole."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from acoupi.audio.guano import read_identity
from acoupi.audio.segment import annotate, write_what_comes
from acoupi.audio.wav import WavFormat, open_wav, write_wav
from acoupi.audio.wav_header import find_chunks
from acoupi.data import Deployment, Recording
from acoupi.errors import DeviceUnavailableError

FORMAT = WavFormat(8000, 1, 2)


@pytest.fixture
def recording() -> Recording:
    return Recording(duration=1, samplerate=8000, deployment=Deployment(name="wood"))


def unplugged_after(frames: int) -> Iterator[bytes]:
    if frames:
        yield bytes(2 * frames)
    raise DeviceUnavailableError("somebody pulled the plug")


def test_a_whole_recording_is_as_long_as_it_should_be(
    tmp_path: Path, recording: Recording
) -> None:
    part = tmp_path / "x.wav.part"
    assert write_what_comes(part, recording, FORMAT, 8000, [bytes(16_000)]) == recording
    assert open_wav(part).frames == 8000


def test_what_was_heard_before_a_device_failed_is_kept(
    tmp_path: Path, recording: Recording, caplog: pytest.LogCaptureFixture
) -> None:
    part = tmp_path / "x.wav.part"
    kept = write_what_comes(part, recording, FORMAT, 8000, unplugged_after(2000))
    assert kept.duration == 0.25
    assert open_wav(part).frames == 2000
    identity = read_identity(part)
    assert identity is not None
    assert (identity.recording_id, identity.duration_s) == (recording.id, 0.25)
    assert b"Length:0.25" in (open_wav(part).metadata or b"").replace(b" ", b"")
    assert "pulled the plug" in caplog.text
    assert [path.name for path in tmp_path.iterdir()] == ["x.wav.part"]


def test_a_device_that_gives_nothing_leaves_nothing(tmp_path: Path, recording: Recording) -> None:
    with pytest.raises(DeviceUnavailableError, match="pulled the plug"):
        write_what_comes(tmp_path / "x.wav.part", recording, FORMAT, 8000, unplugged_after(0))
    assert list(tmp_path.iterdir()) == []


def test_what_another_recorder_wrote_into_a_file_stays_when_it_is_annotated(
    tmp_path: Path, recording: Recording
) -> None:
    path, wood = tmp_path / "x.wav", b"bext\x03\0\0\0oak\0"
    write_wav(path, FORMAT, 8000, [bytes(range(250)) * 64], b"", wood)
    annotate(path, recording)
    assert [name for name, *_ in find_chunks(path)] == [b"fmt ", b"guan", b"bext", b"data"]
    assert wood in path.read_bytes()
    assert open_wav(path).read() == bytes(range(250)) * 64
    identity = read_identity(path)
    assert identity
    assert identity.recording_id == recording.id
