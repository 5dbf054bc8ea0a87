"""The check of a sensor with several microphones, two of them on tape and one not there."""

from pathlib import Path

import pytest
from celery import Celery

from acoupi._clock import utc_now
from acoupi.audio.wav import WavFormat, write_wav
from acoupi.programs import default
from acoupi.system import Settings
from acoupi.system.checks.disk import bytes_per_day, check_disk
from acoupi.system.checks.findings import Verdict
from acoupi.system.checks.microphone import check_microphone
from acoupi.system.checks.subject import Subject

FURTHER = {"bats": "replay:{}/bats.wav?speed=max", "owls": "replay:{}/nothing.wav"}
RATES_HZ = {"birds": 48_000, "bats": 384_000}


@pytest.fixture
def subject(tmp_path: Path) -> Subject:
    for name, rate_hz in RATES_HZ.items():
        tape = tmp_path / f"{name}.wav"
        write_wav(tape, WavFormat(rate_hz, 1, 2), rate_hz, [b"\1\0\2\0" * (rate_hz // 2)])
    document = {
        "microphone": {"device_name": f"replay:{tmp_path}/birds.wav?speed=max"},
        "further_microphones": [
            {"name": name, "device_name": device.format(tmp_path), "samplerate": 96_000}
            for name, device in FURTHER.items()
        ],
        "recording": {"schedule_start": "00:00", "schedule_end": "00:00"},
        "paths": {
            "tmp_audio": tmp_path / "tmp",
            "recordings": tmp_path,
            "db_metadata": tmp_path / "metadata.db",
        },
    }
    config = default.ConfigSchema.model_validate(document)
    program = default.Program(config, Celery("test", set_as_current=False))
    return Subject(Settings(home=tmp_path / "home"), program, utc_now())


def test_each_is_listened_to_and_the_one_that_fails_is_told(subject: Subject) -> None:
    found = [finding for finding in check_microphone(subject) if finding.what == "microphone"]
    assert [finding.verdict for finding in found] == [Verdict.OK, Verdict.OK, Verdict.FAILED]
    assert ["48 kHz" in found[0].why, "384 kHz" in found[1].why] == [True, True]
    assert "nothing.wav" in found[2].why


def test_the_disk_has_to_hold_what_all_of_them_hear(
    subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[WavFormat] = []

    def spy(format: WavFormat, *shares: float) -> float:
        asked.append(format)
        return bytes_per_day(format, *shares)

    monkeypatch.setattr("acoupi.system.checks.disk.bytes_per_day", spy)
    assert len(list(check_disk(subject))) == 1
    assert [format.rate_hz for format in asked] == [48_000, 384_000, 96_000]
