"""The file in which a microphone's history is kept, beside the database of recordings."""

import hashlib
import logging
from glob import escape
from pathlib import Path

from pydantic import ValidationError

from acoupi._files import write_atomic
from acoupi.audio.microphone_health.history import MicrophoneHealth

__all__ = ["health_file", "health_files", "load_health", "save_health"]

logger = logging.getLogger(__name__)

MARK_LENGTH = 12


def health_file(db_path: Path, device_name: str, rate_hz: int) -> Path:
    """Return where the history of a microphone at a rate is."""
    mark = hashlib.sha256(f"{device_name}\n{rate_hz}".encode()).hexdigest()[:MARK_LENGTH]
    return db_path.with_name(f"{db_path.name}.microphone-{mark}.json")


def health_files(db_path: Path) -> list[Path]:
    """Return the histories of all microphones, also of those that are not used any more."""
    mark = "[0-9a-f]" * MARK_LENGTH
    return sorted(db_path.parent.glob(f"{escape(db_path.name)}.microphone-{mark}.json"))


def load_health(path: Path) -> MicrophoneHealth | None:
    """Read a history; None if there is none, or none that can be read."""
    try:
        return MicrophoneHealth.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        logger.warning("the history of a microphone cannot be read: %s: %s", path, error)
        return None


def save_health(path: Path, health: MicrophoneHealth) -> bool:
    """Write a history whole; return whether that worked, since none is worth a recording."""
    try:
        write_atomic(path, health.model_dump_json())
    except OSError as error:
        logger.warning("the history of a microphone cannot be written: %s: %s", path, error)
        return False
    return True
