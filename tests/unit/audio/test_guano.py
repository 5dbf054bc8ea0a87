"""Metadata in a recording's own file."""

import datetime as dt
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from acoupi.audio.guano import build_metadata, read_identity
from acoupi.audio.wav import WavFormat, write_wav
from acoupi.data import Deployment, Recording

FORMAT = WavFormat(8000, 1, 2)
IDS = f"acoupi|Recording ID: {UUID(int=1)}\nacoupi|Deployment ID: {UUID(int=2)}".encode()


def a_recording(**fields: object) -> Recording:
    known = {"duration": 0.5, "samplerate": 8000, "deployment": Deployment(name="Old oak")}
    return Recording.model_validate(known | fields)


def write(path: Path, metadata: bytes) -> Path:
    write_wav(path, FORMAT, 4000, [bytes(8000)], metadata)
    return path


ZONES = st.integers(-14 * 60, 14 * 60).map(
    lambda minutes: dt.timezone(dt.timedelta(minutes=minutes))
)


@given(
    st.datetimes(dt.datetime(1970, 1, 3), dt.datetime(2100, 1, 1), timezones=ZONES),
    st.sampled_from([1, 10, 2.5]),
)
def test_a_file_says_which_recording_it_is(
    tmp_path_factory: pytest.TempPathFactory, created_on: dt.datetime, expansion: float
) -> None:
    recording = a_recording(created_on=created_on, time_expansion=expansion)
    found = read_identity(write(tmp_path_factory.mktemp("g") / "a.wav", build_metadata(recording)))
    assert found is not None
    assert found.recording_id == recording.id
    assert found.deployment_id == recording.deployment.id
    assert found.deployment_name == "Old oak"
    assert found.created_on == created_on
    assert (found.duration_s, found.samplerate_hz, found.audio_channels) == (0.5, 8000, 1)
    assert found.time_expansion == expansion


def test_the_text_has_the_standard_fields() -> None:
    place = Deployment(name="Old oak", latitude=51.5, longitude=-0.125)
    when = dt.datetime(2026, 5, 1, 4, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    text = build_metadata(a_recording(deployment=place, created_on=when, time_expansion=10))
    lines = text.decode().splitlines()
    assert lines[0] == "GUANO|Version: 1.0"
    assert {
        "Timestamp: 2026-05-01T04:30:00+01:00",
        "Samplerate: 80000",
        "TE: 10",
        "Length: 0.50",
        "Loc Position: 51.500000 -0.125000",
    } <= set(lines)


def test_a_name_of_several_lines_cannot_add_fields(tmp_path: Path) -> None:
    sly = a_recording(deployment=Deployment(name="oak\nacoupi|Recording ID: none"))
    found = read_identity(write(tmp_path / "a.wav", build_metadata(sly)))
    assert found is not None
    assert found.recording_id == sly.id
    assert found.deployment_name == "oak acoupi|Recording ID: none"


@pytest.mark.parametrize(
    "metadata",
    [
        b"",
        b"no colon",
        b"Timestamp: 2026-05-01T04:30:00+01:00\nMake: Another",
        b"Timestamp: yesterday\nacoupi|Recording ID: 1",
        b"Timestamp: 0001-01-01T00:00:00+05:00\n" + IDS,
        b"\xff\xfe\x00",
    ],
)
def test_a_file_of_somebody_else_has_no_identity(tmp_path: Path, metadata: bytes) -> None:
    assert read_identity(write(tmp_path / "a.wav", metadata)) is None


def test_what_is_no_wav_file_has_no_identity(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_text("hello")
    assert read_identity(tmp_path / "a.wav") is None
    assert read_identity(tmp_path / "missing.wav") is None


def test_a_file_says_which_of_several_microphones_heard_it(tmp_path: Path) -> None:
    for name in ("", "bats"):
        text = build_metadata(a_recording(microphone=name))
        found = read_identity(write(tmp_path / "a.wav", text))
        assert found is not None
        assert found.microphone == name
        assert (b"acoupi|Microphone" in text) == bool(name)
