"""What an earlier set-up left in a home."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from acoupi.errors import AcoupiError
from acoupi.system.pending import PRIVATE_FILE_MODE, HomeFile
from acoupi.system.program_classes import load_program_class
from acoupi.system.settings import Settings
from acoupi.system.takeover import asks_for_pickle

if TYPE_CHECKING:
    from acoupi.programs import AcoupiProgram

__all__ = ["Earlier", "read_earlier"]

BACKUP_SUFFIX = ".bak"


@dataclass(frozen=True)
class Earlier:
    """An earlier set-up; what it did not leave, or not as JSON, is None."""

    program_name: str | None
    config: dict[str, Any] | None
    old_celery: dict[str, Any] | None
    """The ``celery.json`` of acoupi 0.6 to 0.8, if it is one."""
    is_old: bool
    """Whether acoupi 0.6 to 0.8 wrote it."""

    def is_of(self, program_class: "type[AcoupiProgram[Any]]") -> bool:
        """Tell whether it was of this program."""
        if self.program_name is None:
            return False
        try:
            return load_program_class(self.program_name) is program_class
        except AcoupiError:  # it is not installed any more
            return False

    def backups(self, settings: Settings, config_is_replaced: bool) -> list[HomeFile]:
        """Return copies, as files to write, of what is about to be lost."""
        paths: list[Path] = []
        if self.is_old or config_is_replaced:
            paths.append(settings.program_config_file)
        if self.old_celery is not None:
            paths.append(settings.celery_config_file)
        return [_copy(path) for path in paths if path.is_file()]


def read_earlier(settings: Settings) -> Earlier:
    """Read what there is; a file that cannot be read counts as absent."""
    name = settings.program_name_file
    celery = _read(settings.celery_config_file)
    old_celery = celery if celery is not None and asks_for_pickle(celery) else None
    # acoupi up to 0.8 never wrote the environment that its units named.
    is_old = name.is_file() and (old_celery is not None or not settings.env_file.exists())
    return Earlier(
        program_name=name.read_text().strip() if name.is_file() else None,
        config=_read(settings.program_config_file),
        old_celery=old_celery,
        is_old=is_old,
    )


def _copy(path: Path) -> HomeFile:
    text = path.read_text(encoding="utf-8", errors="replace")
    return HomeFile(path.with_name(path.name + BACKUP_SUFFIX), text, PRIVATE_FILE_MODE)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        document: object = json.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    return cast("dict[str, Any]", document) if isinstance(document, dict) else None
