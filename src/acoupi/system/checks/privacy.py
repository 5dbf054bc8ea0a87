"""Whether what people say is kept from the disk, where that is wanted."""

from collections.abc import Iterator
from pathlib import Path

from acoupi.programs.templates.privacy import check_privacy, privacy_of
from acoupi.system.checks.findings import Finding, ok, warning
from acoupi.system.checks.subject import Subject

__all__ = ["check_speech", "disks_of_swap"]

SWAPS = Path("/proc/swaps")


def check_speech(subject: Subject) -> Iterator[Finding]:
    """Load what finds speech, if it is asked for, and look where recordings wait."""
    config = subject.program.config
    done = check_privacy(config)
    swaps = disks_of_swap(SWAPS.read_text()) if SWAPS.exists() else []
    if privacy_of(config).policy == "keep_detection" and swaps:
        yield warning(
            "privacy",
            f"{done}; but what waits in memory may be swapped out to {', '.join(swaps)}",
            hint="turn swap off (swapoff -a), let it be in memory (zram), or let "
            "privacy.policy be silence or drop",
        )
    elif done is not None:
        yield ok("privacy", done)


def disks_of_swap(table: str) -> list[str]:
    """Name what memory may be swapped out to and keeps it without power."""
    places = [line.split()[0] for line in table.splitlines()[1:] if line.strip()]
    return [place for place in places if not place.startswith("/dev/zram")]
