"""What is said of a disk before a start is what the sensor will go by."""

from pathlib import Path

import pytest
from celery import Celery
from pydantic import BaseModel

from acoupi._clock import utc_now
from acoupi.devices.metrics import Metric
from acoupi.programs import AcoupiProgram, default
from acoupi.programs.templates.space import Disk
from acoupi.system import Settings
from acoupi.system.checks import disk
from acoupi.system.checks.disk import check_disk
from acoupi.system.checks.findings import Verdict
from acoupi.system.checks.subject import Subject


def a_subject(
    folder: Path, free_bytes: float, min_free_mb: float, lets_sound_go: bool = False
) -> Subject:
    document = {
        "timezone": "UTC",
        "microphone": {"device_name": "none"},
        "paths": {
            "tmp_audio": folder / "tmp",
            "recordings": folder / "recordings",
            "db_metadata": folder / "metadata.db",
        },
        "storage": {"min_free_mb": min_free_mb},
    }
    config = default.ConfigSchema.model_validate(document)
    program = default.Program(config, Celery("test", set_as_current=False))

    def measure(path: Path) -> Disk:
        return Disk(1, 32e9, free_bytes)

    program.space.measure = measure
    program.space.lets_sound_go = lets_sound_go
    return Subject(Settings(home=folder / "home"), program, utc_now())


def test_a_disk_on_which_nothing_would_be_recorded_fails_the_check(tmp_path: Path) -> None:
    (found,) = check_disk(a_subject(tmp_path, free_bytes=150e6, min_free_mb=200))
    assert found.verdict is Verdict.FAILED
    assert "150.0 MB free" in found.why
    assert "200.0 MB are needed: nothing is recorded" in found.why


def test_a_disk_with_less_that_is_enough_for_the_program_does_not(tmp_path: Path) -> None:
    (found,) = check_disk(a_subject(tmp_path, free_bytes=80e6, min_free_mb=50))
    assert found.verdict is not Verdict.FAILED


def test_where_recording_goes_on_without_sound_it_is_a_warning(tmp_path: Path) -> None:
    (found,) = check_disk(a_subject(tmp_path, 150e6, min_free_mb=200, lets_sound_go=True))
    assert found.verdict is Verdict.WARNING
    assert "no sound is kept" in found.why


class Schema(BaseModel):
    """What a program needs for its disk to be looked at."""

    paths: dict[str, Path]


class OwnProgram(AcoupiProgram[Schema]):
    """A program that watches no disk itself."""

    config_schema = Schema

    def setup(self, config: Schema) -> None:
        """Do nothing."""


@pytest.mark.parametrize(("free_bytes", "fails"), [(99e6, True), (101e6, False)])
def test_a_full_disk_fails_the_check_of_a_program_without_a_limit_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_bytes: float, fails: bool
) -> None:
    def measure(_: Path) -> Metric:
        return Metric(name="free", value=free_bytes, unit="bytes")

    monkeypatch.setattr(disk, "get_remaining_storage", measure)
    config = Schema(paths={"recordings": tmp_path})
    program = OwnProgram(config, Celery("test", set_as_current=False))
    (found,) = check_disk(Subject(Settings(home=tmp_path / "home"), program, utc_now()))
    assert (found.verdict is Verdict.FAILED) is fails
