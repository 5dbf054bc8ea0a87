"""What is said of a disk before a start is what the sensor will go by."""

from pathlib import Path

from celery import Celery

from acoupi._clock import utc_now
from acoupi.programs import default
from acoupi.programs.templates.space import Disk
from acoupi.system import Settings
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
