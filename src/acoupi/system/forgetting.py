"""Forgetting what a microphone was like, so that another is not compared with it."""

from collections.abc import Iterator
from pathlib import Path

from acoupi.audio.microphone_health.history import MicrophoneHealth
from acoupi.audio.microphone_health.kept import health_files, load_health
from acoupi.errors import DeviceUnavailableError
from acoupi.system.places import find_places
from acoupi.system.settings import Settings

__all__ = ["find_histories", "forget"]


def find_histories(settings: Settings, name: str) -> dict[Path, MicrophoneHealth]:
    """Return what is known of a microphone, at each of its rates, by the file it is in.

    Parameters
    ----------
    name
        What it is called, or its device.

    Raises
    ------
    DeviceUnavailableError
        If nothing is known of it.
    """
    db_path, _ = find_places(settings).require_metadata()
    known = dict(_histories(db_path))
    found = {path: each for path, each in known.items() if name in (each.name, each.device_name)}
    if not found:
        names = dict.fromkeys(health.called for health in known.values())
        raise DeviceUnavailableError(
            f"nothing is known of how a microphone {name!r} was",
            help=f"those that were measured: {', '.join(names) or 'none'}",
        )
    return found


def forget(histories: dict[Path, MicrophoneHealth]) -> None:
    """Forget them; a sensor that runs begins anew with its next recording."""
    for path in histories:
        path.unlink(missing_ok=True)


def _histories(db_path: Path) -> Iterator[tuple[Path, MicrophoneHealth]]:
    for path in health_files(db_path):
        health = load_health(path)
        if health is not None:
            yield path, health
