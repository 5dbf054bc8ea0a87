"""What kind of disk a path lies on."""

from collections.abc import Iterable
from pathlib import Path

__all__ = ["is_networked", "kind_of", "mounts", "needs_network"]

_NETWORKED = {"nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "glusterfs", "lustre", "virtiofs"}


def mounts() -> list[tuple[Path, str]]:
    """Return where something is mounted, and of which kind it is."""
    lines = Path("/proc/mounts").read_text().splitlines()
    return [(Path(fields[1]), fields[2]) for fields in map(str.split, lines)]


def kind_of(path: Path, mounted: Iterable[tuple[Path, str]]) -> str:
    """Return the kind of file system below a path, which need not exist; empty if unknown."""
    path = path.resolve()
    above = [(mount, kind) for mount, kind in mounted if path.is_relative_to(mount)]
    above = above or [(path, "")]  # a root of its own shows no mount
    # Of two mounts at the same place, the later one hides the earlier.
    return max(enumerate(above), key=lambda item: (len(item[1][0].parts), item[0]))[1][1]


def needs_network(kind: str) -> bool:
    """Tell whether another computer may hold what lies on a file system of this kind."""
    return kind in _NETWORKED or kind.startswith("fuse.")


def is_networked(path: Path) -> bool:
    """Tell whether a path lies, or may lie, on another computer's disk."""
    return needs_network(kind_of(path, mounts()))
