"""Files that are either whole or not there."""

import contextlib
import os
import shutil
import uuid
from collections.abc import Callable, Generator
from pathlib import Path
from typing import IO

__all__ = [
    "PART_SUFFIX",
    "move_durably",
    "replacing",
    "sync_directory",
    "unused_path",
    "write_atomic",
]

PART_SUFFIX = ".part"


def sync_directory(directory: Path) -> None:
    """Make the names in a directory survive a power cut."""
    fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


@contextlib.contextmanager
def replacing(path: Path, mode: int = 0o644) -> Generator[IO[bytes]]:
    """Open a temporary file that takes the place of ``path`` when the block ends well."""
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(fd, "wb") as file:
            os.fchmod(fd, mode)
            yield file
            file.flush()
            os.fsync(fd)
        temporary.replace(path)
        sync_directory(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


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


def unused_path(path: Path) -> Path:
    """Return ``path``, or the first of ``name-1.ext``, ``name-2.ext`` … that does not exist."""
    candidate, n = path, 0
    while candidate.exists():
        n += 1
        candidate = path.with_name(f"{path.stem}-{n}{path.suffix}")
    return candidate


def move_durably(source: Path, dest: Path, before_unlink: Callable[[Path], None]) -> Path:
    """Copy, sync, rename, tell the owner, and only then remove the source.

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
    if _same_file(source, dest):
        before_unlink(dest)
        return dest
    dest.parent.mkdir(parents=True, exist_ok=True)
    final = dest if _same_content(source, dest) else unused_path(dest)
    if not final.exists():
        with source.open("rb") as reader, replacing(final) as writer:
            shutil.copyfileobj(reader, writer, 1 << 20)
    before_unlink(final)
    source.unlink(missing_ok=True)
    return final


def _same_file(a: Path, b: Path) -> bool:
    return b.exists() and a.samefile(b)


def _same_content(a: Path, b: Path) -> bool:
    """Tell whether an earlier try already copied ``a`` to ``b``."""
    import filecmp

    return b.is_file() and filecmp.cmp(a, b, shallow=False)
