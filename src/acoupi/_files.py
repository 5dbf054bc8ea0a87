"""Files that are either whole or not there."""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Callable, Generator
from pathlib import Path
from typing import IO

__all__ = [
    "PART_SUFFIX",
    "copy_durably",
    "make_directory",
    "move_durably",
    "replacing",
    "sync_directory",
    "unused_path",
    "write_atomic",
]

PART_SUFFIX = ".part"
WRITING_SUFFIX = ".writing"


def sync_directory(directory: Path) -> None:
    """Make the names in a directory survive a power cut."""
    fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


@contextlib.contextmanager
def replacing(path: Path, mode: int = 0o644) -> Generator[IO[bytes]]:
    """Open a temporary file that takes the place of ``path`` when the block ends well.

    What a cut leaves of it is used, and so removed, by whoever writes ``path`` next.
    """
    temporary = path.with_name(f".{path.name}{WRITING_SUFFIX}")
    with os.fdopen(_open_alone(temporary, mode), "wb") as file:
        # All of it while nobody else can have the name.
        try:
            file.truncate(0)
            os.fchmod(file.fileno(), mode)
            yield file
            file.flush()
            os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    sync_directory(path.parent)


def _open_alone(path: Path, mode: int) -> int:
    """Open a file that nobody else writes to, neither now nor as long as it is open."""
    while True:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, mode)
        fcntl.flock(fd, fcntl.LOCK_EX)
        if _is_at(fd, path):
            return fd
        os.close(fd)  # whoever had the lock has given it its name


def _is_at(fd: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(fd), path.lstat())
    except FileNotFoundError:
        return False


def write_atomic(path: Path, content: str | bytes, mode: int = 0o644) -> bool:
    """Write a file whole, or leave the old one.

    Returns
    -------
    bool
        False if the file already had this content and mode; it is then not touched.
    """
    data = content.encode() if isinstance(content, str) else content
    if path.is_file() and path.stat().st_mode & 0o777 == mode and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path, mode) as file:
        file.write(data)
    return True


def unused_path(path: Path, taken: Callable[[Path], bool] = lambda _: True) -> Path:
    """Return ``path``, or the first of ``name-1.ext``, ``name-2.ext`` … that does not exist.

    A name that exists is passed over where ``taken`` says so.
    """
    candidate, n = path, 0
    while candidate.exists() and taken(candidate):
        n += 1
        candidate = path.with_name(f"{path.stem}-{n}{path.suffix}")
    return candidate


def make_directory(directory: Path) -> None:
    """Make a directory and its parents, so that they survive a power cut."""
    if directory.is_dir():
        return
    make_directory(directory.parent)
    directory.mkdir(exist_ok=True)
    sync_directory(directory.parent)


def copy_durably(source: Path, dest: Path) -> Path:
    """Copy a whole file so that a power cut leaves all of it or nothing, overwriting nothing.

    Parameters
    ----------
    source
        A whole file; it is left as it is.
    dest
        Where the copy should be; if that is taken by another file, a free name beside it.

    Returns
    -------
    Path
        Where the copy is. A copy that an earlier try made is found again.
    """
    if _same_file(source, dest):
        return dest
    make_directory(dest.parent)
    final = unused_path(dest, lambda taken: not _same_content(source, taken))
    if not final.exists():
        with source.open("rb") as reader, replacing(final) as writer:
            shutil.copyfileobj(reader, writer, 1 << 20)
    return final


def move_durably(source: Path, dest: Path, before_unlink: Callable[[Path], None]) -> Path:
    """Copy durably, tell the owner, and only then remove the source.

    Parameters
    ----------
    source
        A whole file.
    dest
        Where it should be; if that is taken by another file, a free name beside it.
    before_unlink
        Called with the final path once the copy is safe; the source stays if it raises.

    Returns
    -------
    Path
        Where the file is now.
    """
    final = copy_durably(source, dest)
    before_unlink(final)
    if not _same_file(source, final):
        source.unlink(missing_ok=True)
    return final


def _same_file(a: Path, b: Path) -> bool:
    return b.exists() and a.samefile(b)


def _same_content(a: Path, b: Path) -> bool:
    """Tell whether an earlier try already copied ``a`` to ``b``."""
    import filecmp

    return b.is_file() and filecmp.cmp(a, b, shallow=False)
