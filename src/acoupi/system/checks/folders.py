"""Whether everything can be written where it should be kept."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from acoupi._sqlite import reading
from acoupi.components.optional import call_if_there
from acoupi.errors import HealthCheckError, StoreError
from acoupi.programs.templates.folders import make_writable
from acoupi.system.checks.findings import Finding, failed, ok, skipped
from acoupi.system.checks.subject import Subject

__all__ = ["check_folders", "check_stores", "try_writing"]


def check_folders(subject: Subject) -> Iterator[Finding]:
    """Write to each folder."""
    folders = _folders(subject)
    problems = [problem for folder in folders for problem in try_writing(folder)]
    yield from problems
    if not problems:
        yield ok("folders", f"all {len(folders)} can be written")


def check_stores(subject: Subject) -> Iterator[Finding]:
    """Open each database that is there."""
    for store in (subject.part("store"), subject.part("message_store")):
        call_if_there(store, "check")
    places = subject.places
    paths = [path for path in (places.metadata_db, places.messages_db) if path is not None]
    problems = [problem for path in paths for problem in _try_reading(path)]
    yield from problems
    if not paths:
        yield skipped("stores", "the program keeps none")
    elif not problems:
        yield ok("stores", ", ".join(_state_of(path) for path in paths))


def try_writing(folder: Path) -> Iterator[Finding]:
    """Write a file into a folder, which is made if need be; yield what is wrong with that."""
    try:
        make_writable(folder)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
    except HealthCheckError as error:
        yield failed("folders", error)
    except OSError as error:
        problem = HealthCheckError(
            f"the folder {folder} cannot be written: {error.strerror}",
            help="choose another folder, or give this user the right to it",
        )
        yield failed("folders", problem)


def _folders(subject: Subject) -> list[Path]:
    places, settings = subject.places, subject.settings
    files = (places.metadata_db, places.messages_db)
    parents = [path.parent for path in files if path is not None]
    candidates = [places.waiting_dir, places.recordings_dir, *parents, settings.log_dir]
    found = [folder for folder in candidates if folder is not None]
    return list(dict.fromkeys([*found, settings.run_dir]))


def _try_reading(path: Path) -> Iterator[Finding]:
    try:
        with reading(path):
            return
    except StoreError as error:
        yield failed("stores", error)


def _state_of(path: Path) -> str:
    return f"{path.name} can be read" if path.exists() else f"{path.name} is not there yet"
