"""Files of sound that no sensor of ours needs to have made."""

import datetime as dt
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acoupi._clock import utc_now
from acoupi.audio.sound import SUFFIXES, Sound, open_sound
from acoupi.data import Deployment, Recording
from acoupi.errors import ConfigurationError, DeviceConfigurationError

__all__ = ["Circumstances", "describe_file", "find_sounds"]


LOWEST_HZ = 1000
"""Below it, sound has nothing that a model could hear, and to resample it takes all memory."""

EXPANSIONS = (0.01, 1000)


@dataclass(frozen=True)
class Circumstances:
    """Where and when files were recorded, as far as somebody says so."""

    latitude: float | None = None
    longitude: float | None = None
    instant: dt.datetime | None = None


def find_sounds(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield files, and those in folders and the folders in them, in the order of their names.

    Raises
    ------
    ConfigurationError
        If a path does not exist, or a folder cannot be read.
    """
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in _files_in(path) if _is_sound(file))
        elif path.exists():
            yield path
        else:
            raise ConfigurationError(f"there is no {path}", help="check the spelling")


def describe_file(path: Path, known: Circumstances) -> Recording:
    """Return a file as a recording; what nobody says is taken from its own GUANO metadata.

    Raises
    ------
    DeviceConfigurationError
        If it is not usable.
    """
    sound = open_sound(path)
    says = _guano(sound)
    _check_rate(path, sound.format.rate_hz * _expansion(says))
    latitude, longitude = _place(known, says)
    return Recording(
        path=path,
        duration=max(sound.duration_s, 1 / sound.format.rate_hz),
        samplerate=sound.format.rate_hz,
        audio_channels=sound.format.channels,
        time_expansion=_expansion(says),
        created_on=known.instant or _instant(says) or utc_now(),
        deployment=Deployment(name=path.parent.name, latitude=latitude, longitude=longitude),
    )


def _files_in(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder, onerror=_refuse):
        yield from (Path(parent) / name for name in names)


def _refuse(error: OSError) -> None:
    raise ConfigurationError(
        f"the folder {error.filename} cannot be read: {error.strerror}",
        help="what is in it would be left out; ask for the right to read it, or name other files",
    ) from error


def _check_rate(path: Path, heard_hz: float) -> None:
    if heard_hz < LOWEST_HZ:
        raise DeviceConfigurationError(
            f"{path} says that its sound was sampled at {heard_hz:g} Hz",
            help=f"give sound of {LOWEST_HZ} Hz or more",
        )


def _is_sound(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file()


def _guano(sound: Sound) -> dict[str, Any]:
    """Return what a file says about itself; nothing if it cannot be understood."""
    from guano import GuanoFile

    try:
        text = GuanoFile.from_string(sound.metadata or b"")
        return {key: text.get(key, None) for key in ("Timestamp", "TE", "Loc Position")}
    except (ValueError, KeyError, AttributeError, TypeError, IndexError):
        return {}


def _place(known: Circumstances, says: dict[str, Any]) -> tuple[float | None, float | None]:
    if known.latitude is not None or known.longitude is not None:
        return known.latitude, known.longitude
    match says.get("Loc Position"):
        case (float(latitude), float(longitude)) if abs(latitude) <= 90 and abs(longitude) <= 180:
            return latitude, longitude
        case _:
            return None, None


def _instant(says: dict[str, Any]) -> dt.datetime | None:
    instant = says.get("Timestamp")
    try:
        return instant.astimezone(dt.UTC) if isinstance(instant, dt.datetime) else None
    except (ValueError, OverflowError):  # a zone, or a year, that no clock has
        return None


def _expansion(says: dict[str, Any]) -> float:
    try:
        expansion = float(says.get("TE") or 1)
    except (TypeError, ValueError):
        return 1.0
    least, most = EXPANSIONS
    return expansion if least <= expansion <= most else 1.0
