import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from acoupi._logging import BoundedFileHandler

MAX_BYTES = 1000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "log").mkdir()
    return tmp_path / "log" / "recording.log"


@pytest.fixture
def handlers(path: Path) -> Iterator[list[BoundedFileHandler]]:
    """As two processes have that share a log."""
    two = [BoundedFileHandler(path, MAX_BYTES, backups=2) for _ in range(2)]
    yield two
    for handler in two:
        handler.close()


def record(text: str) -> logging.LogRecord:
    return logging.LogRecord("a", logging.INFO, "", 0, text, None, None)


def test_a_log_of_several_processes_is_bounded_and_loses_no_late_line(
    path: Path, handlers: list[BoundedFileHandler]
) -> None:
    for i in range(1000):
        handlers[i % 2].emit(record(f"line {i:04}"))

    parts = [path.with_name("recording.log.2"), path.with_name("recording.log.1"), path]
    lines = [line for part in parts for line in part.read_text().splitlines()]
    assert sorted(path.parent.iterdir()) == sorted(parts)
    assert all(part.stat().st_size <= MAX_BYTES for part in parts)
    assert lines == [f"line {i:04}" for i in range(1000 - len(lines), 1000)]


def test_what_cannot_be_logged_goes_to_standard_error_until_it_can(
    path: Path, handlers: list[BoundedFileHandler], capsys: pytest.CaptureFixture[str]
) -> None:
    path.parent.rmdir()
    path.parent.touch()  # nothing can be made in it

    handlers[0].emit(record("one"))
    handlers[0].emit(record("two"))
    path.parent.unlink()
    handlers[0].emit(record("three"))

    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith(f"{path} cannot be written: ")
    assert said[1:] == ["one", "two"]
    assert path.read_text() == "three\n"


def test_a_full_disk_stops_no_process(
    path: Path, handlers: list[BoundedFileHandler], capsys: pytest.CaptureFixture[str]
) -> None:
    path.symlink_to("/dev/full")

    handlers[0].emit(record("one"))
    path.unlink()
    handlers[0].emit(record("two"))

    assert "No space left on device" in capsys.readouterr().err
    assert path.read_text() == "two\n"


def test_the_folder_is_made_but_not_the_home_that_is_gone(
    path: Path, handlers: list[BoundedFileHandler], capsys: pytest.CaptureFixture[str]
) -> None:
    home = path.parent.parent
    path.parent.rmdir()
    handlers[0].emit(record("one"))
    assert path.read_text() == "one\n"

    gone = BoundedFileHandler(home / "deleted" / "log" / "recording.log")
    gone.emit(record("two"))

    assert not (home / "deleted").exists()
    assert "two" in capsys.readouterr().err
