"""Where the program that is set up keeps its data, found without importing it if possible."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from acoupi._zone import is_zone_name, local_zone_name
from acoupi.errors import ConfigurationError
from acoupi.system.settings import Settings

__all__ = ["Places", "find_places", "places_of"]


@dataclass(frozen=True)
class Places:
    """Where the data of a program are; None where it keeps none of that kind."""

    zone: ZoneInfo
    metadata_db: Path | None = None
    messages_db: Path | None = None
    recordings_dir: Path | None = None
    waiting_dir: Path | None = None

    def require_metadata(self) -> tuple[Path, Path]:
        """Return the store and the folder of recordings that wait.

        Raises
        ------
        ConfigurationError
            If the program keeps no recordings.
        """
        if self.metadata_db is None or self.waiting_dir is None:
            raise ConfigurationError(
                "the program that is set up says nowhere that it keeps recordings",
                help="its configuration has neither paths.db_metadata nor paths.tmp_audio",
            )
        return self.metadata_db, self.waiting_dir

    def require_messages(self) -> Path:
        """Return the store of messages.

        Raises
        ------
        ConfigurationError
            If the program sends none.
        """
        if self.messages_db is None:
            raise ConfigurationError(
                "the program that is set up keeps no messages",
                help="its configuration has no messaging.messages_db",
            )
        return self.messages_db


def find_places(settings: Settings) -> Places:
    """Read from the configuration where the data are.

    A program can take seconds to import; its file says the same, unless
    somebody has taken these fields out.
    """
    document = _document(settings.program_config_file)
    if _has_fields(document):
        return places_of(document)
    from acoupi.system.programs import load_program_config

    return places_of(load_program_config(settings).model_dump())


def places_of(document: dict[str, Any]) -> Places:
    """Return where a configuration, as a document or dumped, says that the data are."""
    zone = document.get("timezone")
    return Places(
        zone=ZoneInfo(zone if isinstance(zone, str) and is_zone_name(zone) else local_zone_name()),
        metadata_db=_path(document, "paths", "db_metadata"),
        messages_db=_path(document, "messaging", "messages_db"),
        recordings_dir=_path(document, "paths", "recordings"),
        waiting_dir=_path(document, "paths", "tmp_audio"),
    )


def _document(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return cast("dict[str, Any]", document) if isinstance(document, dict) else {}


def _has_fields(document: dict[str, Any]) -> bool:
    return "timezone" in document and _path(document, "paths", "db_metadata") is not None


def _path(document: dict[str, Any], *keys: str) -> Path | None:
    value: Any = document
    for key in keys:
        value = cast("dict[str, Any]", value).get(key) if isinstance(value, dict) else None
    return Path(value) if isinstance(value, str | Path) else None
