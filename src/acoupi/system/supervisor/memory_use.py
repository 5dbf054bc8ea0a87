"""How much memory processes take, and how much there is."""

import contextlib
import math
import os
from collections.abc import Collection, Iterator
from pathlib import Path

__all__ = ["LOOK_EVERY_S", "SHARE", "go_first", "limit_mb", "machine_mb", "members_of", "use_mb"]

PROC = Path("/proc")
CGROUPS = Path("/sys/fs/cgroup")
BYTES_PER_MB = 1_000_000
BYTES_PER_KB = 1024
"""What /proc calls a kB."""

LOOK_EVERY_S = 1.0

SHARE = 0.75
"""Of the machine's memory; the rest is for the other workers and for the system."""

OWN = frozenset({"RssAnon:", "RssShmem:", "VmSwap:"})
OWN_SHARES = frozenset({"Pss_Anon:", "Pss_Shmem:", "SwapPss:"})
"""As OWN, where what several processes share is divided among them."""

FIRST = 500
"""Half of the machine's memory is added to what the kernel thinks a process has."""


def use_mb(pids: Collection[int], most_mb: float) -> float:
    """Return how much memory processes take together (MB).

    What the kernel can take away, such as a mapped file, does not count. Up to
    ``most_mb`` what they share may count several times, which is cheap to tell.
    """
    rough_mb = sum(_sum_mb(PROC / str(pid) / "status", OWN) for pid in pids)
    if rough_mb <= most_mb:
        return rough_mb
    # Not every kernel tells: then it stays at what is known.
    return sum(_sum_mb(PROC / str(pid) / "smaps_rollup", OWN_SHARES) for pid in pids) or rough_mb


def members_of(groups: Collection[int]) -> dict[int, list[int]]:
    """Return the processes of each group."""
    members: dict[int, list[int]] = {group: [] for group in groups}
    for pid in (int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()):
        with contextlib.suppress(OSError):  # it may have ended meanwhile
            group = os.getpgid(pid)
            if group in members:
                members[group].append(pid)
    return members


def limit_mb(*given_mb: float | None) -> float:
    """Return how much a worker may have: the first that is given, 0 for any, or a share."""
    for mb in given_mb:
        if mb is not None:
            return mb or math.inf
    return SHARE * machine_mb()


def machine_mb() -> float:
    """Return how much memory we may have: that of the machine, or of a container."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return min([machine, *_container_limits()]) / BYTES_PER_MB


def go_first() -> None:
    """Be what the kernel ends, should memory run out before anybody has looked."""
    with contextlib.suppress(OSError, ValueError):
        path = PROC / "self" / "oom_score_adj"
        if int(path.read_text()) < FIRST:
            path.write_text(str(FIRST))


def _container_limits() -> Iterator[int]:
    """Yield the limits of our control group and those around it."""
    with contextlib.suppress(OSError, ValueError):
        line = next(each for each in _lines(PROC / "self" / "cgroup") if each.startswith("0::"))
        folder = CGROUPS / line.removeprefix("0::").lstrip("/")
        for each in (folder, *folder.parents):
            if each.is_relative_to(CGROUPS) and (each / "memory.max").is_file():
                text = (each / "memory.max").read_text().strip()
                yield from [int(text)] if text.isdecimal() else []


def _sum_mb(path: Path, keys: Collection[str]) -> float:
    """Add up lines such as ``RssAnon:  1234 kB``; nothing of a process that has ended."""
    try:
        words = (line.split() for line in _lines(path))
        kilobytes = sum(int(word[1]) for word in words if word and word[0] in keys)
    except OSError:
        return 0.0
    return kilobytes * BYTES_PER_KB / BYTES_PER_MB


def _lines(path: Path) -> list[str]:
    return path.read_text(errors="replace").splitlines()
