"""Files of sound that nobody has described."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from acoupi._clock import utc_now
from acoupi.audio.wav import WavFormat, write_wav
from acoupi.errors import ConfigurationError, DeviceConfigurationError
from acoupi.models.sound_files import Circumstances, describe_file, find_sounds


def sound(path: Path, rate_hz: int = 48_000, says: str = "") -> Path:
    metadata = f"GUANO|Version: 1.0\n{says}\n".encode() if says else b""
    write_wav(path, WavFormat(rate_hz, 1, 2), 100, [bytes(200)], metadata)
    return path


def test_a_folder_within_that_cannot_be_read_is_named_and_not_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "night").mkdir()
    sound(tmp_path / "a.wav")
    look = os.scandir

    def guarded(path: str) -> Iterator[os.DirEntry[str]]:
        if str(path).endswith("night"):
            raise PermissionError(13, "Permission denied", path)
        return look(path)

    monkeypatch.setattr(os, "scandir", guarded)
    with pytest.raises(ConfigurationError, match=f"{tmp_path}/night cannot be read: Permission"):
        list(find_sounds([tmp_path]))


def test_links_that_lead_round_in_a_circle_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "again").symlink_to(tmp_path)
    (tmp_path / "self.wav").symlink_to("self.wav")
    path = sound(tmp_path / "a.wav")
    assert list(find_sounds([tmp_path])) == [path]


@pytest.mark.parametrize("expansion", ["inf", "nan", "0", "-1", "1e-9", "1e9", "ten"])
def test_a_time_expansion_that_makes_no_sense_is_none(tmp_path: Path, expansion: str) -> None:
    path = sound(tmp_path / "a.wav", says=f"TE: {expansion}")
    assert describe_file(path, Circumstances()).time_expansion == 1


@pytest.mark.parametrize(("rate_hz", "says"), [(1, ""), (8000, "TE: 0.1")])
def test_sound_at_a_rate_at_which_nothing_is_heard_is_refused(
    tmp_path: Path, rate_hz: int, says: str
) -> None:
    with pytest.raises(DeviceConfigurationError, match=r"a\.wav says .* sampled at [18]"):
        describe_file(sound(tmp_path / "a.wav", rate_hz, says), Circumstances())


@pytest.mark.parametrize("zone", ["0001-01-01T00:00:00+05:00", "2026-01-01T00:00:00+99:99"])
def test_a_time_that_no_clock_has_is_none(tmp_path: Path, zone: str) -> None:
    path, before = sound(tmp_path / "a.wav", says=f"Timestamp: {zone}"), utc_now()
    assert describe_file(path, Circumstances()).created_on >= before
