"""WAV files as other tools write them, damaged ones, and those that lie."""

import contextlib
import logging
import os
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st
from numpy.typing import NDArray

from acoupi.audio.samples import read_mono
from acoupi.audio.sound import open_sound
from acoupi.audio.tape import load_tape
from acoupi.audio.wav import WavFormat, open_foreign_wav, open_wav
from acoupi.errors import DeviceConfigurationError

RATE_HZ = 8000
SOUND = b"12345678"
UNKNOWN = 0xFFFFFFFF
STREAMED = [0, UNKNOWN, 0x80000000, 0x7FFFF000, 0x7FFFEFFC]
SAMPLES = st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=50)


def chunk(name: bytes, content: bytes, pad: bytes = b"\0") -> bytes:
    return struct.pack("<4sI", name, len(content)) + content + pad * (len(content) % 2)


def fmt(tag: int = 1, channels: int = 1, rate_hz: int = RATE_HZ, bits: int = 16) -> bytes:
    frame = channels * bits // 8
    values = tag, channels, rate_hz, rate_hz * frame & UNKNOWN, frame & 0xFFFF, bits
    return chunk(b"fmt ", struct.pack("<HHIIHH", *values))


def extensible(tag: int, bits: int) -> bytes:
    frame = bits // 8
    plain = struct.pack("<HHIIHH", 0xFFFE, 1, RATE_HZ, RATE_HZ * frame, frame, bits)
    return chunk(b"fmt ", plain + struct.pack("<HHIH", 22, bits, 4, tag) + bytes(14))


def riff(*chunks: bytes, name: bytes = b"RIFF", size: int | None = None) -> bytes:
    body = b"WAVE" + b"".join(chunks)
    return struct.pack("<4sI", name, len(body) if size is None else size) + body


def data(declared: int, content: bytes = SOUND) -> bytes:
    return struct.pack("<4sI", b"data", declared) + content


def write(path: Path, *content: bytes) -> Path:
    path.write_bytes(b"".join(content))
    return path


def heard(path: Path) -> NDArray[np.float32]:
    sound = open_sound(path)
    return read_mono(sound, 0, sound.frames)


@pytest.mark.parametrize("head", [fmt(3, bits=32), fmt(3, bits=64), extensible(3, 32)])
@given(samples=SAMPLES)
def test_floats_are_heard_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, head: bytes, samples: list[float]
) -> None:
    width = struct.unpack_from("<H", head, 22)[0] // 8
    content = np.array(samples, f"<f{width}").tobytes()
    path = write(tmp_path_factory.mktemp("f") / "a.wav", riff(head, chunk(b"data", content)))
    assert open_sound(path).format == WavFormat(RATE_HZ, 1, 4)
    assert heard(path) == pytest.approx(np.array(samples, np.float32), abs=2**-31)


def test_floats_out_of_range_are_cut_off_and_what_is_no_number_is_silence(tmp_path: Path) -> None:
    odd = [1, -1, 7, -1e38, np.inf, -np.inf, np.nan, 1 - 2**-24]
    content = np.array(odd, "<f4").tobytes()
    path = write(tmp_path / "a.wav", riff(fmt(3, bits=32), chunk(b"data", content)))
    assert heard(path).tolist() == [1, -1, 1, -1, 1, -1, 0, 1 - 2**-24]


@pytest.mark.parametrize(("bits", "kind"), [(8, "u1"), (16, "<i2"), (32, "<i4")])
@pytest.mark.parametrize("is_extensible", [False, True])
def test_integers_reach_from_minus_one_to_one(
    tmp_path: Path, bits: int, kind: str, is_extensible: bool
) -> None:
    middle = 128 if kind == "u1" else 0
    top = 2 ** (bits - 1)
    samples = np.array([middle - top, middle - top // 2, middle, middle + top // 2], kind)
    head = extensible(1, bits) if is_extensible else fmt(bits=bits)
    path = write(tmp_path / "a.wav", riff(head, chunk(b"data", samples.tobytes())))
    assert heard(path).tolist() == [-1, -0.5, 0, 0.5]


def test_floats_are_replayed_as_integers(tmp_path: Path) -> None:
    content = np.array([0.5, -0.5, 2.0], "<f4").tobytes()
    write(tmp_path / "a.wav", riff(fmt(3, bits=32), chunk(b"data", content)))
    (file,) = load_tape(tmp_path).files
    assert np.frombuffer(file.read(), "<i4").tolist() == [2**30, -(2**30), 2**31 - 1]
    assert file.read(1, 1) == file.read()[4:8]


@pytest.mark.parametrize("declared", STREAMED)
@pytest.mark.parametrize("riff_bytes", [0, 36, UNKNOWN])
def test_what_came_through_a_pipe_ends_with_the_file(
    tmp_path: Path, declared: int, riff_bytes: int
) -> None:
    path = write(tmp_path / "a.wav", riff(fmt(), data(declared, SOUND + b"9"), size=riff_bytes))
    for opened in (open_wav(path), open_foreign_wav(path)):
        assert opened.read() == SOUND


def test_a_file_that_says_it_is_empty_is_empty(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", riff(fmt(), chunk(b"data", b""), chunk(b"guan", b"A: b")))
    assert (open_sound(path).frames, open_sound(path).metadata) == (0, b"A: b")


def test_metadata_that_are_cut_are_none_for_half_a_number_is_another(tmp_path: Path) -> None:
    said = chunk(b"guan", b"GUANO|Version: 1.0\nLoc Position: 52.10 13.4")
    path = write(tmp_path / "a.wav", riff(fmt(), chunk(b"data", SOUND), said)[:-3])
    assert (heard(path).size, open_sound(path).metadata) == (len(SOUND) // 2, None)


@pytest.mark.parametrize("name", [b"RF64", b"BW64"])
@pytest.mark.parametrize("told", [len(SOUND), 0, 2**64 - 1])
def test_a_file_of_the_large_kind_says_elsewhere_how_long_it_is(
    tmp_path: Path, name: bytes, told: int
) -> None:
    rest = chunk(b"guan", b"A: b") if told == len(SOUND) else b""
    sizes = chunk(b"ds64", struct.pack("<QQQI", 100 if rest else 0, told, 0, 0))
    content = riff(sizes, fmt(), data(UNKNOWN), rest, name=name, size=UNKNOWN)
    found = open_sound(write(tmp_path / "a.wav", content))
    assert found.read() == SOUND
    assert found.metadata == (b"A: b" if rest else None)


def test_more_than_four_gigabytes_are_read_to_their_end(tmp_path: Path) -> None:
    path, sound_bytes = tmp_path / "a.wav", 5_000_000_000
    sizes = chunk(b"ds64", struct.pack("<QQQI", sound_bytes + 80, sound_bytes, 0, 0))
    write(path, riff(sizes, fmt(), data(UNKNOWN, b""), name=b"RF64", size=UNKNOWN))
    start = path.stat().st_size
    os.truncate(path, start + sound_bytes)  # which takes no space
    with path.open("r+b") as file:
        file.seek(start + sound_bytes - 4)
        file.write(b"last" + chunk(b"guan", b"A: b"))
    found = open_sound(path)
    assert (found.frames, found.metadata) == (sound_bytes // 2, b"A: b")
    assert found.read(found.frames - 3) == b"\0\0last"


@given(
    junk=st.binary(max_size=9),
    pads=st.lists(st.sampled_from([b"", b"\0"]), min_size=2, max_size=2),
    sound=st.binary(max_size=9),
)
def test_odd_chunks_may_have_a_pad_or_none(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes, pads: list[bytes], sound: bytes
) -> None:
    chunks = [
        chunk(b"LIST", junk, pads[0]),
        fmt(bits=8),
        chunk(b"data", sound, pads[1]),
        chunk(b"guan", b"A: b"),
    ]
    found = open_sound(write(tmp_path_factory.mktemp("p") / "a.wav", riff(*chunks)))
    assert (found.read(), found.metadata) == (sound, b"A: b")


def test_of_a_file_that_is_cut_short_there_is_the_rest_which_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = write(tmp_path / "cut.wav", riff(fmt(), data(100, SOUND + b"9")))
    with caplog.at_level(logging.WARNING):
        assert [open_sound(path).read() for _ in range(3)] == [SOUND] * 3
    assert [record.getMessage() for record in caplog.records] == [
        f"{path} is cut short by 91 bytes: what is there is used"
    ]


def test_of_nothing_there_is_no_rest(tmp_path: Path) -> None:
    path = write(tmp_path / "cut.wav", riff(fmt(), data(100, b"1")))
    with pytest.raises(DeviceConfigurationError, match=r"cut\.wav.*before the first sample"):
        open_sound(path)


MANY = b"".join(chunk(b"JUNK", b"") for _ in range(1001))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (riff(fmt(rate_hz=0), data(8)), "at 0 Hz"),
        (riff(fmt(rate_hz=2_000_000_000), data(8)), "at 2000000000 Hz"),
        (riff(fmt(channels=0), data(8)), "0 channels"),
        (riff(fmt(channels=65_535), data(8)), "65535 channels"),
        (riff(fmt(bits=0), data(8)), "0 bit"),
        (riff(fmt(bits=65_528), data(8)), "65528 bit"),
        (riff(fmt(3, bits=16), data(8)), "16 bit"),
        (riff(fmt().replace(b"\x02\0\x10\0", b"\x07\0\x10\0"), data(8)), "7 bytes do not fit"),
        (riff(struct.pack("<4sI", b"fmt ", UNKNOWN), fmt()[8:], data(8)), "no samples"),
        (riff(struct.pack("<4sI", b"LIST", 0x80000001), fmt(), data(8)), "no format"),
        (riff(chunk(b"ds64", b""), fmt(), data(UNKNOWN, b"1"), name=b"RF64"), None),
        (riff(MANY, fmt(), data(8)), "more than 1000 parts"),
        (riff(chunk(b"\0\0\0\0", b""), fmt(), data(8)), "no format"),
        (riff(fmt(), data(8), name=b"RIFX"), "does not begin as one"),
    ],
)
def test_a_header_that_lies_is_refused_by_name(
    tmp_path: Path, content: bytes, reason: str | None
) -> None:
    path = write(tmp_path / "bad.wav", content)
    if reason is None:
        assert open_sound(path).frames == 0
        return
    with pytest.raises(DeviceConfigurationError, match=reason) as caught:
        open_sound(path)
    assert str(path) in str(caught.value)
    assert caught.value.help


@pytest.mark.parametrize(
    ("filling", "times"),
    [(chunk(b"JUNK", b""), 12_500_000), (b"\0", 100_000_000)],
    ids=["chunks", "zeros"],
)
@pytest.mark.parametrize("name", [None, b"guan", b"JUNK", b"fmt "])
def test_a_hundred_megabytes_of_junk_take_next_to_no_memory(
    tmp_path: Path, filling: bytes, times: int, name: bytes | None
) -> None:
    start = struct.pack("<4sI", name, len(filling) * times) if name else b""
    path = write(tmp_path / "bad.wav", riff(), start, filling * times, fmt(), data(8))
    tracemalloc.start()
    try:
        opened = open_sound(path).frames
    except DeviceConfigurationError:
        opened = 0
    finally:
        peak_bytes = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert opened == (4 if name in (b"guan", b"JUNK") else 0)
    assert peak_bytes < 2_000_000


@given(st.binary(max_size=60), st.sampled_from([b"RIFF", b"RF64"]))
def test_whatever_follows_the_start_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, name: bytes
) -> None:
    head = riff(fmt()[:8], content, fmt(), data(0), name=name)
    path = write(tmp_path_factory.mktemp("any") / "a.wav", head)
    with contextlib.suppress(DeviceConfigurationError):
        found = open_sound(path)
        assert len(found.read()) == found.frames * found.format.frame_bytes


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    with pytest.raises(DeviceConfigurationError, match=r"pipe\.wav.*no file"):
        open_sound(tmp_path / "pipe.wav")
