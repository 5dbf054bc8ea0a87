"""What a person is told after a set-up."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acoupi._zone import local_zone_name
from acoupi.config import file_text
from acoupi.system.differences import differences
from acoupi.system.earlier import Earlier

if TYPE_CHECKING:
    from pydantic import BaseModel

    from acoupi.programs import AcoupiProgram

__all__ = ["SetupReport", "is_first_unnamed", "what_differs"]


@dataclass(frozen=True)
class SetupReport:
    """What became of an earlier set-up of the home, and what is still to be done."""

    kept: bool = False
    """Whether its values stand where no other was given."""
    left_out: Sequence[str] = ()
    """Fields of it that the program does not know."""
    missing_secrets: Sequence[str] = ()
    """Secrets that were masked where the configuration came from, and are nowhere else."""
    backups: Sequence[Path] = ()
    """Copies of what was replaced."""
    differences: Sequence[str] = ()
    """What this configuration did otherwise in acoupi 0.6 to 0.8, which set the home up."""
    is_first_unnamed: bool = False
    """Whether the first of several microphones has no name to tell its recordings by."""


def is_first_unnamed(config: "BaseModel") -> bool:
    """Tell whether there are further microphones beside one that has no name."""
    name = getattr(getattr(config, "microphone", None), "name", None)
    return bool(getattr(config, "further_microphones", ())) and name == ""


def what_differs(
    earlier: Earlier, config: "BaseModel", program_class: "type[AcoupiProgram[Any]]"
) -> list[str]:
    """Return what will be different in a home of acoupi 0.6 to 0.8; nothing in one of ours."""
    if not earlier.is_old:
        return []
    document: dict[str, Any] = json.loads(file_text(config))
    by_date = _keeps_by_date(program_class)
    return differences(document, earlier.old_celery, by_date, local_zone_name())


def _keeps_by_date(program_class: "type[AcoupiProgram[Any]]") -> bool:
    from acoupi.programs.templates import BasicProgram

    chosen: object = getattr(program_class, "get_file_managers", None)
    return chosen is BasicProgram.get_file_managers  # pyright: ignore[reportUnknownVariableType]
