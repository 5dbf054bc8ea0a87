"""What acoupi has put where: only files it can tell to be its own."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from acoupi.audio.privacy.model_file import MODEL_NAME
from acoupi.components.stores.sqlite.listing import Selection, list_recordings
from acoupi.errors import AcoupiError
from acoupi.system.places import Places, find_places
from acoupi.system.settings import Settings
from acoupi.system.units import get_user_unit_dir, is_unit_of, unit_names, wanting_links

__all__ = ["Belonging", "Kind", "belongings"]

NOTES = ("*.lock", "*.pid", "*.status", "proven", "rings.json")
RUN_FILES = (*NOTES, *(f".{name}.*" for name in NOTES))
BROKER_FILES = ("broker.db", "broker.db-*", "broker.db.damaged-*")
LOG_FILES = ("*.log", "*.log.*")
CONFIG_FILES = ("*.bak", "pending.json", "history/*.json")
BESIDE = (".claims", ".sending", ".microphone-*.json")
DATABASE_SUFFIXES = ("", "-wal", "-shm", "-journal", ".bak-v*", ".bak-v*.part", *BESIDE)
ID = "-".join("?" * n for n in (8, 4, 4, 4, 12))
SOUNDS = (f"*_{ID}.wav", f"*_{ID}.wav.part", f"*_{ID}.wav.private")
WAITING_FILES = (*SOUNDS, ".replay-*", ".lock", ".space.json")


class Kind(StrEnum):
    """What files are for, and so whether they are wanted without the sensor."""

    INSTALLED = "installed"
    CONFIG = "config"
    LOGS = "logs"
    DATA = "data"


@dataclass(frozen=True)
class Belonging:
    """Files of one sort that lie together."""

    kind: Kind
    what: str
    place: Path
    files: tuple[Path, ...]
    """Links are themselves, not what they point to."""


def belongings(settings: Settings, strict: bool = False) -> list[Belonging]:
    """Find what is there, in the order in which it may be removed at any time.

    Parameters
    ----------
    settings
        Of the home, which need not be set up.
    strict
        Whether to fail if it cannot be told which data are there; they are left out otherwise.

    Raises
    ------
    AcoupiError
        If it cannot, because of the configuration or the database.
    """
    if not _is_home(settings):
        return [units] if (units := _services(settings)).files else []
    found = [
        _services(settings),
        *_installed(settings),
        *_data(settings, strict),
        *_logs(settings),
        *_models(settings),
        *_config(settings),
    ]
    return [belonging for belonging in found if belonging.files]


def _is_home(settings: Settings) -> bool:
    """Tell whether acoupi was set up here; ``/var`` has a ``run`` and a ``log`` as well."""
    return settings.program_name_file.is_file() or settings.beat_script_path.is_file()


def _services(settings: Settings) -> Belonging:
    return _of(Kind.INSTALLED, "services", get_user_unit_dir(), _units(settings))


def _installed(settings: Settings) -> Iterator[Belonging]:
    scripts = (
        settings.start_script_path,
        settings.stop_script_path,
        settings.restart_script_path,
        settings.beat_script_path,
    )
    yield _of(Kind.INSTALLED, "scripts", settings.start_script_path.parent, scripts)
    compiled = _matching(settings.home / "__pycache__", [f"{settings.program_file.stem}.*.pyc"])
    yield _of(Kind.INSTALLED, "Celery app", settings.home, [settings.program_file, *compiled])
    broker = _matching(settings.broker_dir, BROKER_FILES)
    yield _of(Kind.INSTALLED, "queues", settings.broker_dir, broker)
    run_files = _matching(settings.run_dir, RUN_FILES)
    yield _of(Kind.INSTALLED, "run state", settings.run_dir, run_files)
    models = settings.home / "models"
    yield _of(Kind.INSTALLED, "speech model", models, _matching(models, [MODEL_NAME]))


def _units(settings: Settings) -> Iterator[Path]:
    for unit in (get_user_unit_dir() / name for name in unit_names(settings)):
        if is_unit_of(settings, unit):
            yield from (*wanting_links(unit), unit)


def _config(settings: Settings) -> Iterator[Belonging]:
    folder = settings.program_config_file.parent
    # The name comes last: as long as it is there, the rest is known to be a sensor's.
    files = (
        settings.program_config_file,
        settings.celery_config_file,
        settings.deployment_file,
        settings.env_file,
        settings.program_folder_file,
        settings.program_name_file,
    )
    yield _of(Kind.CONFIG, "configuration", folder, [*_matching(folder, CONFIG_FILES), *files])


def _models(settings: Settings) -> Iterator[Belonging]:
    folder = settings.home / "models"
    for manifest in sorted(folder.glob("[!.]*/manifest.json")):
        model = manifest.parent
        yield _of(Kind.CONFIG, f"model {model.name}", model, _matching(model, ["*"]))
    yield _of(Kind.CONFIG, "lock of the models", folder, _matching(folder, [".lock"]))


def _logs(settings: Settings) -> Iterator[Belonging]:
    yield _of(Kind.LOGS, "logs", settings.log_dir, _matching(settings.log_dir, LOG_FILES))


def _data(settings: Settings, strict: bool) -> list[Belonging]:
    failed = settings.home / "failed"
    found = [_of(Kind.DATA, "failed tasks", failed, failed.rglob("*.json"))]
    try:
        if settings.program_name_file.is_file():
            found.extend(_data_in(find_places(settings)))
    except AcoupiError:
        if strict:
            raise
    return found


def _data_in(places: Places) -> Iterator[Belonging]:
    if places.recordings_dir is not None:
        yield _of(Kind.DATA, "recordings", places.recordings_dir, _recordings(places))
    if places.waiting_dir is not None:
        waiting = _matching(places.waiting_dir, WAITING_FILES)
        yield _of(Kind.DATA, "recordings that wait", places.waiting_dir, waiting)
    # Without the database nobody knows any more which recordings are ours.
    for database in filter(None, (places.messages_db, places.metadata_db)):
        patterns = [f"{database.name}{suffix}" for suffix in DATABASE_SUFFIXES]
        yield _of(Kind.DATA, "database", database, _matching(database.parent, patterns))


def _recordings(places: Places) -> Iterator[Path]:
    """Find the sound files that the store knows; others in their folder are somebody else's."""
    if places.recordings_dir is None or places.metadata_db is None:
        return
    waiting_dir = places.waiting_dir or places.recordings_dir
    for line in list_recordings(places.metadata_db, waiting_dir, Selection()):
        if line.path is not None and line.path.is_relative_to(places.recordings_dir):
            yield line.path


def _matching(folder: Path, patterns: Iterable[str]) -> list[Path]:
    return sorted({path for pattern in patterns for path in folder.glob(pattern)})


def _of(kind: Kind, what: str, place: Path, files: Iterable[Path]) -> Belonging:
    there = (file for file in files if file.is_symlink() or file.is_file())
    return Belonging(kind, what, place, tuple(there))
