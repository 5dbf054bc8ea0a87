"""Whether every disk that a program writes to has room."""

import logging
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from acoupi._home import home_dir
from acoupi.programs.templates.configuration import (
    BasicProgramConfiguration,
    StorageConfiguration,
)

__all__ = [
    "Disk",
    "Place",
    "Shortage",
    "Space",
    "find_shortages",
    "measure_disk",
    "written_places",
]

logger = logging.getLogger(__name__)

MB = 1_000_000
LARGEST_SHARE = 0.1
"""Of a disk: no more is ever wanted free, however small it is."""

RESERVE = 0.25
"""Of the space wanted free: what detections may still use when sound may not."""

SOUND = "recordings"


@dataclass(frozen=True)
class Place:
    """A folder that a program writes to, and what it keeps there."""

    what: str
    path: Path


@dataclass(frozen=True)
class Disk:
    """The disk that a folder is on."""

    number: int
    total_bytes: float
    free_bytes: float


@dataclass(frozen=True)
class Shortage:
    """A disk without room for some of what is kept on it."""

    kinds: tuple[str, ...]
    path: Path
    free_bytes: float
    wanted_bytes: float

    @property
    def stops_recording(self) -> bool:
        """Whether more than the sound that is kept needs the room."""
        return any(kind != SOUND for kind in self.kinds)

    def __str__(self) -> str:
        free, wanted = (f"{size / MB:.1f} MB" for size in (self.free_bytes, self.wanted_bytes))
        disk = f"the disk of the {', '.join(self.kinds)} is full"
        return f"{disk}: {free} free at {self.path}, {wanted} are needed"


class Space:
    """Looks at the disks that places are on.

    Parameters
    ----------
    places
        Where something is written.
    min_free_bytes
        How much should stay free on each disk; never more than a tenth of it.
    lets_sound_go
        Whether recording goes on, with less room, while no sound can be kept.
    measure
        Measures the disk of a folder.
    """

    def __init__(
        self,
        places: Sequence[Place],
        min_free_bytes: float,
        lets_sound_go: bool = False,
        measure: Callable[[Path], Disk] | None = None,
    ) -> None:
        self.places = places
        self.measure = measure or measure_disk
        self.min_free_bytes = min_free_bytes
        self.lets_sound_go = lets_sound_go

    @classmethod
    def of(cls, config: BasicProgramConfiguration, finds_detections: bool) -> Self:
        """Return the space of a program; without detections, sound is all there is to keep."""
        # Programs written for acoupi 0.8 may have a configuration of their own.
        storage = getattr(config, "storage", None) or StorageConfiguration()
        lets_sound_go = finds_detections and storage.when_full == "keep_detections"
        return cls(written_places(config), storage.min_free_mb * MB, lets_sound_go)

    def shortages(self, margin: float = 1.0) -> list[Shortage]:
        """Return the disks without room, with ``margin`` times as much needed as usual."""
        disks: dict[int, tuple[Disk, list[Place]]] = {}
        for place in self.places:
            try:
                disk = self.measure(place.path)
            except OSError as error:  # a share that is away, which may come back
                logger.warning("the disk of the %s cannot be measured: %s", place.what, error)
                continue
            disks.setdefault(disk.number, (disk, []))[1].append(place)
        found = (self._shortage(disk, places, margin) for disk, places in disks.values())
        return [shortage for shortage in found if shortage is not None]

    def describe(self) -> list[str]:
        """Say which disks have no room."""
        return [str(shortage) for shortage in self.shortages()]

    def can_keep_sound(self) -> bool:
        """Tell whether there is room where recordings are kept."""
        return all(SOUND not in shortage.kinds for shortage in self.shortages())

    def can_record(self) -> bool:
        """Tell whether there is room for all that a recording needs."""
        return not any(
            shortage.stops_recording or not self.lets_sound_go for shortage in self.shortages()
        )

    def _shortage(self, disk: Disk, places: Sequence[Place], margin: float) -> Shortage | None:
        """Judge the places on one disk."""
        wanted_bytes = min(self.min_free_bytes, LARGEST_SHARE * disk.total_bytes) * margin
        kinds = [
            place.what
            for place in places
            if disk.free_bytes < wanted_bytes * (1.0 if place.what == SOUND else self._share)
        ]
        if not kinds:
            return None
        return Shortage(tuple(kinds), places[0].path, disk.free_bytes, wanted_bytes)

    @property
    def _share(self) -> float:
        return RESERVE if self.lets_sound_go else 1.0


def measure_disk(path: Path) -> Disk:
    """Measure the disk of a folder, which need not exist yet."""
    existing = next(candidate for candidate in (path, *path.parents) if candidate.exists())
    usage = shutil.disk_usage(existing)
    return Disk(existing.stat().st_dev, usage.total, usage.free)


def written_places(config: BasicProgramConfiguration) -> list[Place]:
    """Return where a program writes what."""
    return list(_places(config))


def find_shortages(config: object) -> list[str]:
    """Say which disks of a program have no room; nothing of one that has no such limit."""
    if not isinstance(config, BasicProgramConfiguration):
        return []
    return Space.of(config, finds_detections=True).describe()


def _places(config: BasicProgramConfiguration) -> Iterator[Place]:
    yield Place(SOUND, config.paths.recordings)
    yield Place("waiting recordings", config.paths.tmp_audio)
    yield Place("database", config.paths.db_metadata.parent)
    messages_db = getattr(getattr(config, "messaging", None), "messages_db", None)
    if isinstance(messages_db, Path):
        yield Place("messages", messages_db.parent)
    yield Place("home", home_dir())
