"""Whether a file is the one that it should be."""

import hashlib
from pathlib import Path
from typing import IO

__all__ = ["copy_hashed", "sha256_of"]

BLOCK_BYTES = 1 << 20


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy_hashed(source: IO[bytes], dest: Path) -> str:
    """Copy what is left of a file, and return its SHA-256."""
    digest = hashlib.sha256()
    with dest.open("wb") as out:
        while block := source.read(BLOCK_BYTES):
            digest.update(block)
            out.write(block)
    return digest.hexdigest()
