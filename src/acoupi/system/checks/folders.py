"""Whether everything can be written where it should be kept."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from acoupi._sqlite import find_schema
from acoupi.components.message_stores.sqlite import schema as of_messages
from acoupi.components.optional import call_if_there
from acoupi.components.stores.sqlite import schema as of_metadata
from acoupi.errors import HealthCheckError, MigrationError, StoreError
from acoupi.programs.templates.folders import make_writable
from acoupi.system.checks.findings import Finding, failed, ok, skipped, warning
from acoupi.system.checks.subject import Subject

__all__ = ["check_folders", "check_stores", "try_writing"]

ON_DISK = "see whether the disk it was on is mounted; otherwise the next start makes a new one"


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
    files = (
        (places.metadata_db, len(of_metadata.MIGRATIONS)),
        (places.messages_db, len(of_messages.MIGRATIONS)),
    )
    states = [_state_of(path, newest) for path, newest in files if path is not None]
    problems = [state for state in states if isinstance(state, StoreError)]
    yield from (failed("stores", problem) for problem in problems)
    if not states:
        yield skipped("stores", "the program keeps none")
    elif (path := places.metadata_db) and not path.exists() and _had_deployment(subject):
        yield warning("stores", f"there is no {path}, though there were deployments here", ON_DISK)
    elif not problems:
        yield ok("stores", ", ".join(map(str, states)))


def _had_deployment(subject: Subject) -> bool:
    return subject.settings.deployment_file.is_file()


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


def _state_of(path: Path, newest: int) -> str | StoreError:
    """Say how a database is, given the newest schema that is known; or what is wrong with it."""
    try:
        schema = find_schema(path)
    except StoreError as error:
        return error
    if schema is None:
        return f"{path.name} is not there yet"
    if schema > newest:
        return MigrationError(
            f"the database {path} was written by a newer acoupi (schema {schema})",
            help="update acoupi, or use another file",
        )
    how = "can be read" if schema == newest else "is brought up to date at the next start"
    return f"{path.name} {how}"
