"""Reading and writing WAV files."""

import struct
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from acoupi.audio.wav import (
    WavFormat,
    complete_wav,
    is_being_written,
    open_wav,
    verify_wav,
    write_wav,
)
from acoupi.errors import DeviceConfigurationError, RecordingError

FORMATS = st.builds(
    WavFormat,
    rate_hz=st.integers(1, 500_000),
    channels=st.integers(1, 4),
    sample_bytes=st.integers(1, 4),
)


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack("<4sI", name, len(content)) + content + b"\0" * (len(content) % 2)


def riff(*chunks: bytes) -> bytes:
    body = b"WAVE" + b"".join(chunks)
    return struct.pack("<4sI", b"RIFF", len(body)) + body


def fmt(tag: int = 1, bits: int = 16, extension: bytes = b"") -> bytes:
    size = bits // 8
    return chunk(
        b"fmt ", struct.pack("<HHIIHH", tag, 1, 8000, 8000 * size, size, bits) + extension
    )


def test_chunks_before_and_after_the_samples_are_skipped(tmp_path: Path) -> None:
    path = tmp_path / "odd.wav"
    parts = [chunk(b"LIST", b"abc"), fmt(), chunk(b"data", b"12345678"), chunk(b"guan", b"A: b")]
    path.write_bytes(riff(*parts))
    found = open_wav(path)
    assert (found.frames, found.read(), found.metadata) == (4, b"12345678", b"A: b")


def test_an_extensible_file_with_pcm_inside_is_read(tmp_path: Path) -> None:
    path = tmp_path / "extensible.wav"
    extension = struct.pack("<HHIH", 22, 16, 4, 1) + bytes(14)
    path.write_bytes(riff(fmt(0xFFFE, extension=extension), chunk(b"data", b"12")))
    assert open_wav(path).format == WavFormat(8000, 1, 2)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "does not begin as one"),
        (b"just some text, nothing else", "does not begin as one"),
        (riff(), "no format"),
        (riff(fmt()), "no samples"),
        (riff(fmt(tag=2, bits=16), chunk(b"data", b"")), "not PCM"),
        (riff(fmt(tag=3, bits=32), chunk(b"data", b"")), "floating-point numbers"),
        (riff(fmt(bits=12), chunk(b"data", b"")), "12 bit"),
        (riff(chunk(b"fmt ", b"short"), chunk(b"data", b"")), "cut short"),
        (riff(fmt(), struct.pack("<4sI", b"data", 100), b"12"), "cut short by 98 bytes"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_reason(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "bad.wav"
    path.write_bytes(content)
    with pytest.raises(DeviceConfigurationError, match=reason) as caught:
        open_wav(path)
    assert str(path) in str(caught.value)
    assert caught.value.help


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeviceConfigurationError, match=r"gone\.wav.*No such file"):
        open_wav(tmp_path / "gone.wav")


@given(FORMATS, st.integers(0, 50), st.binary(max_size=9), st.data())
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory,
    format: WavFormat,
    frames: int,
    metadata: bytes,
    data: st.DataObject,
) -> None:
    path = tmp_path_factory.mktemp("wav") / "a.wav"
    size = frames * format.frame_bytes
    sound = data.draw(st.binary(min_size=size, max_size=size))
    write_wav(path, format, frames, [sound], metadata)
    verify_wav(path, format, frames)
    found = open_wav(path)
    assert found.read() == sound
    assert found.metadata == (metadata or None)
    assert path.stat().st_size == int.from_bytes(path.read_bytes()[4:8], "little") + 8


def test_the_standard_library_reads_what_is_written(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    write_wav(path, WavFormat(250_000, 2, 3), 5, [bytes(range(30))], b"Note: odd")
    with wave.open(str(path)) as file:
        assert file.getparams()[:4] == (2, 3, 250_000, 5)
        assert file.readframes(5) == bytes(range(30))


@pytest.mark.parametrize("sound", [b"", b"123456", b"1234567890"])
def test_more_or_fewer_samples_than_promised_are_an_error(tmp_path: Path, sound: bytes) -> None:
    with pytest.raises(RecordingError, match=f"{len(sound)} bytes of sound instead of 8"):
        write_wav(tmp_path / "a.wav", WavFormat(8000, 1, 2), 4, [sound])


def test_more_than_four_gigabytes_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="4 GiB"):
        write_wav(tmp_path / "a.wav", WavFormat(384_000, 2, 4), 1 << 29, [])


def test_a_file_that_shrinks_after_it_was_opened_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    write_wav(path, WavFormat(8000, 1, 2), 4, [bytes(8)])
    opened = open_wav(path)
    path.write_bytes(path.read_bytes()[:-2])
    with pytest.raises(DeviceConfigurationError, match="cut short while it was read"):
        opened.read()


def test_verification_notices_another_length(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    write_wav(path, WavFormat(8000, 1, 2), 4, [bytes(8)])
    with pytest.raises(RecordingError, match="holds 4 frames after 5"):
        verify_wav(path, WavFormat(8000, 1, 2), 5)


@given(frames=st.integers(1, 50), kept=st.floats(0, 1), metadata=st.binary(max_size=40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_cut_off_anywhere_keeps_its_whole_frames(
    tmp_path: Path, frames: int, kept: float, metadata: bytes
) -> None:
    path = tmp_path / "cut.wav"
    format = WavFormat(8000, 1, 3)
    samples = bytes(n % 256 for n in range(frames * 3))
    write_wav(path, format, frames, [samples], metadata)
    whole = open_wav(path)
    cut_at = round(kept * path.stat().st_size)
    path.write_bytes(path.read_bytes()[:cut_at])
    left = max(0, min(frames, (cut_at - whole.data_offset) // 3))
    if not left:
        with pytest.raises(DeviceConfigurationError):
            complete_wav(path)
        return
    assert complete_wav(path) == left
    salvaged = open_wav(path)
    assert (salvaged.frames, salvaged.metadata) == (left, metadata or None)
    assert salvaged.read() == samples[: 3 * left]


def test_a_file_is_being_written_until_its_writer_is_done(tmp_path: Path) -> None:
    path = tmp_path / "new.wav"
    seen: list[bool] = []

    def samples() -> Iterator[bytes]:
        seen.append(is_being_written(path))
        yield bytes(8)

    write_wav(path, WavFormat(8000, 1, 2), 4, samples())
    assert [*seen, is_being_written(path)] == [True, False]
