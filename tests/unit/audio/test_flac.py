"""Sound and metadata in FLAC files."""

import datetime as dt
import random
import resource
import signal
import sys
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from acoupi.audio.flac import APPLICATION, has_sound_of, open_flac, read_blocks
from acoupi.audio.flac_codec import keep_as_flac
from acoupi.audio.guano import build_metadata, read_identity
from acoupi.audio.vorbis import comments_from_metadata, metadata_from_comments
from acoupi.audio.wav import WavFile, WavFormat, open_wav, write_wav
from acoupi.data import Deployment, Recording
from acoupi.errors import ConfigurationError, DeviceConfigurationError, RecordingError

METADATA = b"GUANO|Version: 1.0\nNote: 5=6: \xc3\xa4"
FRAMES = 3001
USUAL = WavFormat(8000, 1, 2)
EXTREMES = {2: (b"\x00\x80", b"\xff\x7f"), 3: (b"\x00\x00\x80", b"\xff\xff\x7f")}


def make_wav(
    folder: Path, format: WavFormat = USUAL, frames: int = FRAMES, metadata: bytes = METADATA
) -> WavFile:
    """Write noise, and the lowest and the highest sample there can be."""
    sound = random.Random(repr(format)).randbytes(frames * format.frame_bytes)
    extremes = b"".join(EXTREMES.get(format.sample_bytes, ())) * format.channels
    sound = (extremes + sound)[: len(sound)]
    write_wav(folder / "a.wav", format, frames, [sound], metadata)
    return open_wav(folder / "a.wav")


def a_recording(format: WavFormat, **fields: object) -> Recording:
    known = {
        "duration": FRAMES / format.rate_hz,
        "samplerate": format.rate_hz,
        "audio_channels": format.channels,
        "deployment": Deployment(name="Old oak", latitude=51.5, longitude=-0.125),
    }
    return Recording.model_validate(known | fields)


@settings(max_examples=40, deadline=None)
@given(
    st.builds(
        WavFormat,
        st.integers(8000, 65_535) | st.integers(6554, 65_535).map(lambda tens: 10 * tens),
        st.integers(1, 8),
        st.sampled_from([2, 3]),
    ),
    st.sampled_from([1, 10, 2.5]),
    st.datetimes(dt.datetime(1970, 1, 3), dt.datetime(2100, 1, 1), timezones=st.just(dt.UTC)),
    st.text(max_size=20),
)
def test_a_file_says_the_same_and_sounds_the_same_bit_for_bit(
    tmp_path_factory: pytest.TempPathFactory,
    format: WavFormat,
    expansion: float,
    created_on: dt.datetime,
    name: str,
) -> None:
    folder = tmp_path_factory.mktemp("f")
    recording = a_recording(
        format,
        time_expansion=expansion,
        created_on=created_on,
        deployment=Deployment(name="oak " + name.encode(errors="ignore").decode()),
    )
    wav = make_wav(folder, format, metadata=build_metadata(recording))
    path = keep_as_flac(wav, folder / "a.flac", wav.metadata or b"")
    assert open_flac(path).read() == wav.read()
    assert read_identity(path) == read_identity(wav.path)
    identity = read_identity(path)
    assert identity
    assert (identity.recording_id, identity.time_expansion) == (recording.id, expansion)


@pytest.mark.parametrize("rate_hz", [8_000, 192_000, 250_000, 256_000, 384_000, 500_000])
@pytest.mark.parametrize("sample_bytes", [2, 3])
def test_every_usual_rate_can_be_held(tmp_path: Path, rate_hz: int, sample_bytes: int) -> None:
    wav = make_wav(tmp_path, WavFormat(rate_hz, 2, sample_bytes))
    flac = open_flac(keep_as_flac(wav, tmp_path / "a.flac", METADATA))
    assert (flac.format, flac.frames) == (wav.format, FRAMES)
    assert flac.read(1000, 500) == wav.read(1000, 500)
    assert flac.metadata == METADATA


@pytest.mark.parametrize(
    "format",
    [
        WavFormat(655_360, 1, 2),
        WavFormat(88_201, 1, 2),
        WavFormat(48_000, 9, 2),
        WavFormat(48_000, 1, 4),
        WavFormat(48_000, 1, 1),
    ],
)
def test_what_flac_cannot_hold_is_refused(tmp_path: Path, format: WavFormat) -> None:
    with pytest.raises(RecordingError, match="FLAC does not hold"):
        keep_as_flac(make_wav(tmp_path, format), tmp_path / "a.flac", METADATA)
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


@pytest.mark.parametrize("metadata", [b"no colon", b"\xff\xfe", "Größe: 5".encode(), b"a=b: c"])
def test_metadata_that_no_comment_can_hold_is_refused(tmp_path: Path, metadata: bytes) -> None:
    with pytest.raises(RecordingError, match="metadata"):
        keep_as_flac(make_wav(tmp_path), tmp_path / "a.flac", metadata)


def test_another_tool_reads_the_metadata(tmp_path: Path) -> None:
    wav = make_wav(tmp_path, frames=80_000)
    path = keep_as_flac(wav, tmp_path / "a.flac", METADATA)
    assert b"GUANO|Version=1.0" in path.read_bytes()
    assert comments_from_metadata(METADATA) in path.read_bytes()


@given(st.binary(max_size=60))
def test_comments_of_whatever_kind_are_read_or_passed_over(content: bytes) -> None:
    found = metadata_from_comments(content)
    assert found is None or found


def test_nothing_is_overwritten_and_an_earlier_try_is_found(tmp_path: Path) -> None:
    wav, dest = make_wav(tmp_path), tmp_path / "kept" / "a.flac"
    first = keep_as_flac(wav, dest, METADATA)
    written = first.stat()
    assert keep_as_flac(wav, dest, METADATA) == first == dest
    assert first.stat() == written
    other = make_wav(tmp_path, WavFormat(9000, 1, 2))
    second = keep_as_flac(other, dest, METADATA)
    assert second == dest.with_name("a-1.flac")
    assert has_sound_of(second, other)
    assert not has_sound_of(dest, other)


def test_what_does_not_decode_to_what_was_recorded_gets_no_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wav = make_wav(tmp_path)
    monkeypatch.setattr("acoupi.audio.flac.WavFormat", lambda *shape: WavFormat(1, 1, 2))
    with pytest.raises(RecordingError, match="not what was recorded"):
        keep_as_flac(wav, tmp_path / "kept" / "a.flac", METADATA)
    assert list((tmp_path / "kept").iterdir()) == []


def test_a_wrong_sample_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wav = make_wav(tmp_path, WavFormat(8000, 1, 3))
    monkeypatch.setattr(
        "acoupi.audio.flac_codec.widen", lambda samples: bytes(len(samples) // 3 * 4)
    )
    with pytest.raises(RecordingError, match="does not decode to what was recorded"):
        keep_as_flac(wav, tmp_path / "a.flac", METADATA)


CHUNKS = b"LIST\x05\0\0\0INFOx\0" + b"bext\x04\0\0\0wood"


def with_chunks(folder: Path, chunks: bytes = CHUNKS) -> WavFile:
    """Make a file as other recorders do, with chunks before and after the samples."""
    wav = make_wav(folder, WavFormat(8000, 1, 3))
    write_wav(folder / "b.wav", wav.format, wav.frames, [wav.read()], METADATA, chunks)
    with (folder / "b.wav").open("ab") as file:
        file.write(b"id3 \x02\0\0\0ab")
    return open_wav(folder / "b.wav")


def test_the_other_chunks_of_a_file_come_along(tmp_path: Path) -> None:
    wav = with_chunks(tmp_path)
    carried = read_blocks(keep_as_flac(wav, tmp_path / "b.flac", METADATA), APPLICATION)
    # Without the samples and their padding, which FLAC has.
    content = wav.path.read_bytes()
    end = wav.data_offset + wav.frames * 3 + 1
    assert all(block[:4] == b"riff" for block in carried)
    assert b"".join(block[4:] for block in carried) == content[: wav.data_offset] + content[end:]


def test_what_is_too_large_to_come_along_keeps_a_file_what_it_is(tmp_path: Path) -> None:
    large = b"note" + (1 << 21).to_bytes(4, "little") + bytes(1 << 21)
    with pytest.raises(RecordingError, match="beside the sound"):
        keep_as_flac(with_chunks(tmp_path, large), tmp_path / "b.flac", METADATA)
    assert not (tmp_path / "b.flac").exists()


def test_a_chunk_that_is_cut_short_is_left_behind(tmp_path: Path) -> None:
    wav = with_chunks(tmp_path)
    with wav.path.open("ab") as file:
        file.write(b"cut \xff\0\0\0short")
    path = keep_as_flac(wav, tmp_path / "b.flac", METADATA)
    assert not [block for block in read_blocks(path, APPLICATION) if b"cut " in block]


@pytest.mark.parametrize("content", [b"", b"RIFF", b"fLaC", b"fLaC\x00\x00\x00\x22", b"fLaC\x84"])
def test_what_is_no_flac_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.flac").write_bytes(content)
    with pytest.raises(DeviceConfigurationError, match="cannot be used as a FLAC file"):
        open_flac(tmp_path / "a.flac")
    assert read_identity(tmp_path / "a.flac") is None


def test_a_file_that_is_cut_short_is_named(tmp_path: Path) -> None:
    path = keep_as_flac(make_wav(tmp_path), tmp_path / "a.flac", METADATA)
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(RecordingError, match=r"a\.flac"):
        open_flac(path).read()


def test_a_package_that_is_missing_is_named_with_what_brings_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "soundfile", None)
    with pytest.raises(ConfigurationError, match="soundfile") as raised:
        keep_as_flac(make_wav(tmp_path), tmp_path / "a.flac", METADATA)
    assert "acoupi[flac]" in str(raised.value.help)


def test_a_full_disk_is_no_reason_to_keep_a_larger_file(tmp_path: Path) -> None:
    wav = make_wav(tmp_path, frames=100_000)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))
    try:
        with pytest.raises(OSError, match="disk full"):
            keep_as_flac(wav, tmp_path / "kept" / "a.flac", METADATA)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert list((tmp_path / "kept").iterdir()) == []


def lay_out(frames: int, bits: int = 16) -> bytes:
    """Return the block that says how samples are laid out."""
    packed = 8000 << 44 | (bits - 1) << 36 | frames
    return bytes([0, 0, 0, 34]) + bytes(10) + packed.to_bytes(8) + bytes(16)


def test_a_file_that_does_not_say_its_length_is_refused_and_not_taken_for_empty(
    tmp_path: Path,
) -> None:
    path = tmp_path / "piped.flac"
    last = b"\x81\0\0\0"
    path.write_bytes(b"fLaC" + lay_out(0) + last + b"\xff\xf8 and sound")
    with pytest.raises(DeviceConfigurationError, match=r"piped\.flac.*how long it is") as caught:
        open_flac(path)
    assert caught.value.help
    path.write_bytes(b"fLaC" + lay_out(0) + last)
    assert open_flac(path).frames == 0


@pytest.mark.parametrize(("bits", "sample_bytes"), [(8, 2), (12, 2), (16, 2), (20, 3), (24, 3)])
def test_samples_of_any_depth_are_decoded_to_two_bytes_or_three(
    tmp_path: Path, bits: int, sample_bytes: int
) -> None:
    path = tmp_path / "a.flac"
    path.write_bytes(b"fLaC" + lay_out(1, bits))
    assert open_flac(path).format.sample_bytes == sample_bytes


def test_a_hundred_megabytes_of_empty_blocks_take_next_to_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "bad.flac"
    path.write_bytes(b"fLaC" + lay_out(1) + b"\x01\0\0\0" * 25_000_000)
    tracemalloc.start()
    try:
        assert open_flac(path).frames == 1
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()
