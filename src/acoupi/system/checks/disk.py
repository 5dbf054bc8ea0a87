"""Whether there is space, and for how long."""

from collections.abc import Iterator

from acoupi.audio.wav import WavFormat
from acoupi.components.stores.sqlite.glance import share_kept
from acoupi.devices.metrics import get_remaining_storage
from acoupi.errors import HealthCheckError, StoreError
from acoupi.programs.templates import BasicProgram
from acoupi.programs.templates.microphones import views_of
from acoupi.system.checks.findings import Finding, failed, ok, skipped, warning
from acoupi.system.checks.subject import Subject
from acoupi.system.health import Rhythm, rhythm_of
from acoupi.system.places import Places

__all__ = ["bytes_per_day", "check_disk", "judge_space"]

DAY_S = 86_400
FULL_BYTES = 100_000_000
"""With less, the next recordings of a program that has no limit of its own may not fit."""

TEN_YEARS = 3650
FEW_DAYS = 7
HINT = "free space, use a larger disk, record less, or keep fewer recordings"


def check_disk(subject: Subject) -> Iterator[Finding]:
    """Look at the free space, and how fast it goes."""
    places = subject.places
    if places.recordings_dir is None:
        yield skipped("disk", "the program keeps no recordings")
        return
    free_bytes = get_remaining_storage(places.recordings_dir).value
    if shortage := _shortage(subject, free_bytes):
        yield shortage
        return
    kept = _share_kept(places)
    daily_bytes = _daily_bytes_of_all(subject, 1.0 if kept is None else kept)
    yield judge_space(free_bytes, daily_bytes, kept)


def bytes_per_day(format: WavFormat, share_of_time: float, share_of_recordings: float) -> float:
    """Return how much sound is kept a day."""
    return format.rate_hz * format.frame_bytes * DAY_S * share_of_time * share_of_recordings


def judge_space(free_bytes: float, daily_bytes: float | None, kept: float | None) -> Finding:
    """Judge how long the free space lasts.

    Parameters
    ----------
    free_bytes
        What is free.
    daily_bytes
        What is written a day; None if it cannot be told.
    kept
        The share of recordings kept so far; None if there is none to go by.
    """
    free = f"{_size(free_bytes)} free"
    if daily_bytes is None:
        return ok("disk", free)
    if daily_bytes == 0:
        return ok("disk", f"{free}; nothing was kept so far")
    days = free_bytes / daily_bytes
    basis = "if everything is kept" if kept is None else f"if {kept:.0%} is kept, as so far"
    why = f"{free}, full in {_days(days)} {basis}"
    return warning("disk", why, HINT) if days < FEW_DAYS else ok("disk", why)


def _shortage(subject: Subject, free_bytes: float) -> Finding | None:
    """Tell of the disks that the program itself takes to be full, if it goes by any limit."""
    if not isinstance(subject.program, BasicProgram):
        why = f"the disk is full: {_size(free_bytes)} free"
        is_full = free_bytes < FULL_BYTES
        return failed("disk", HealthCheckError(why, help=HINT)) if is_full else None
    space = subject.program.space
    told = "; ".join(space.describe())
    if not told:
        return None
    if space.can_record():
        return warning("disk", f"{told}: no sound is kept", HINT)
    return failed("disk", HealthCheckError(f"{told}: nothing is recorded", help=HINT))


def _size(size_bytes: float) -> str:
    return f"{size_bytes / 1e9:.1f} GB" if size_bytes >= 1e9 else f"{size_bytes / 1e6:.0f} MB"


def _days(days: float) -> str:
    if days >= TEN_YEARS:
        return "more than ten years"
    return f"about {days:.0f} days" if days >= 2 else f"about {24 * days:.0f} hours"


def _share_kept(places: Places) -> float | None:
    if places.metadata_db is None or places.waiting_dir is None:
        return None
    try:
        return share_kept(places.metadata_db, places.waiting_dir)
    except StoreError:  # it may be of an older acoupi; the check of the stores says what is wrong
        return None


def _daily_bytes_of_all(subject: Subject, share: float) -> float | None:
    """Return what all microphones write a day; None if it cannot be told of one."""
    zone = subject.places.zone
    of_each = [
        _daily_bytes(subject.format_of(view), rhythm_of(view, zone), share)
        for view in views_of(subject.program.config)
    ]
    known = [size for size in of_each if size is not None]
    return sum(known) if len(known) == len(of_each) else None


def _daily_bytes(format: WavFormat | None, rhythm: Rhythm | None, share: float) -> float | None:
    if format is None or rhythm is None:
        return None
    share_of_time = rhythm.duration_s / rhythm.period_s * rhythm.share_of_day
    return bytes_per_day(format, share_of_time, share)
