import logging

import pytest

from acoupi.system import Settings
from acoupi.system.supervisor.run_files import RunFiles


def test_what_is_noted_can_be_read(settings: Settings) -> None:
    settings.run_dir.mkdir(parents=True)
    files = RunFiles(settings)

    files.note_pid("recording", 7)
    files.note_status("running: recording")

    assert settings.pid_file("recording").read_text() == "7\n"
    assert settings.status_file.read_text() == "running: recording\n"
    assert len(list(settings.run_dir.iterdir())) == 2


def test_workers_of_an_earlier_supervisor_are_forgotten_and_beat_is_not(
    settings: Settings,
) -> None:
    settings.run_dir.mkdir(parents=True)
    files = RunFiles(settings)
    for name in ("recording", "beat", "supervisor"):
        files.note_pid(name, 7)

    files.forget_workers()

    assert {path.name for path in settings.run_dir.iterdir()} == {"beat.pid", "supervisor.pid"}


def test_what_cannot_be_noted_is_said_once_and_noted_when_it_can(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    files = RunFiles(settings)

    files.note_pid("recording", 7)
    files.note_status("one")
    files.note_status("two")
    files.retry()
    assert len(caplog.records) == 1

    settings.run_dir.mkdir(parents=True)
    files.retry()
    assert settings.pid_file("recording").read_text() == "7\n"
    assert settings.status_file.read_text() == "two\n"

    settings.status_file.unlink()
    files.retry()
    assert not settings.status_file.exists()


def test_what_is_forgotten_is_not_noted_later(settings: Settings) -> None:
    files = RunFiles(settings)
    files.note_pid("recording", 7)

    files.forget(["recording"])
    settings.run_dir.mkdir(parents=True)
    files.retry()

    assert list(settings.run_dir.iterdir()) == []
