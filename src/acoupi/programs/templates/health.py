"""Whether a sensor does its work: judged by what it has recorded, not by what runs."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from acoupi.data import Deployment

__all__ = ["Health", "Rhythm", "describe_health", "judge_health", "rhythm_of", "silence_s"]

DAY_S = 86_400
SLACK_S = 15.0
"""What making and storing a recording may take beside its own length."""

LATE_AFTER, SILENT_AFTER = 2, 6
"""How many recordings may be missing."""


class Health(StrEnum):
    """How recent the last recording is, against the schedule."""

    OK = "ok"
    LATE = "late"
    SILENT = "silent"
    NOT_SCHEDULED = "not scheduled now"
    NOT_DEPLOYED = "not deployed"
    UNKNOWN = "unknown"
    """The program says nothing of a schedule."""


@dataclass(frozen=True)
class Rhythm:
    """When a program records."""

    duration_s: float
    interval_s: float
    start: dt.time
    end: dt.time
    zone: dt.tzinfo

    @property
    def period_s(self) -> float:
        """Seconds from the start of one recording to that of the next."""
        return max(self.duration_s, self.interval_s)

    @property
    def share_of_day(self) -> float:
        """Which share of the day the schedule is open."""
        return self._open_s / DAY_S

    @property
    def is_always_open(self) -> bool:
        """Whether the schedule never closes, so that midnight excuses no silence."""
        return self.start == self.end

    def opened_on(self, now: dt.datetime) -> dt.datetime | None:
        """Return when the schedule last opened; None if it is closed now."""
        local = now.astimezone(self.zone)
        opening = local.replace(
            hour=self.start.hour, minute=self.start.minute, second=self.start.second, microsecond=0
        )
        if opening > local:
            opening -= dt.timedelta(days=1)
        return opening if (local - opening).total_seconds() < self._open_s else None

    @property
    def _open_s(self) -> int:
        """For how long it is open each day."""
        return (_second_of_day(self.end) - _second_of_day(self.start)) % DAY_S or DAY_S


def _second_of_day(time: dt.time) -> int:
    return 3600 * time.hour + 60 * time.minute + time.second


def rhythm_of(config: BaseModel, zone: dt.tzinfo) -> Rhythm | None:
    """Read from a program's configuration when it records; None if it does not say."""
    recording: Any = getattr(config, "recording", None)
    try:
        return Rhythm(
            float(recording.duration),
            float(recording.interval),
            recording.schedule_start.replace(tzinfo=None),
            recording.schedule_end.replace(tzinfo=None),
            zone,
        )
    except (AttributeError, TypeError, ValueError):
        return None


def silence_s(
    now: dt.datetime,
    deployment: Deployment,
    last_ended_on: dt.datetime | None,
    opened_on: dt.datetime | None,
) -> float:
    """Return for how long a sensor that should have recorded has not.

    What lies in the future was noted before the clock was set back, and says nothing.
    """
    since = (deployment.started_on, last_ended_on, opened_on)
    ages_s = [(now - instant).total_seconds() for instant in since if instant is not None]
    return min((age_s for age_s in ages_s if age_s >= -SLACK_S), default=math.inf)


def judge_health(
    now: dt.datetime,
    deployment: Deployment | None,
    rhythm: Rhythm | None,
    last_ended_on: dt.datetime | None,
) -> Health:
    """Judge by the age of the last recording.

    Parameters
    ----------
    now
        The present instant.
    deployment
        The one that is running.
    rhythm
        When the program records.
    last_ended_on
        When the last sample was heard that is in the store.
    """
    if deployment is None:
        return Health.NOT_DEPLOYED
    if rhythm is None:
        return Health.UNKNOWN
    opened_on = rhythm.opened_on(now)
    if opened_on is None:
        return Health.NOT_SCHEDULED
    excuse = None if rhythm.is_always_open else opened_on
    silent_s = silence_s(now, deployment, last_ended_on, excuse) - rhythm.duration_s - SLACK_S
    if silent_s <= LATE_AFTER * rhythm.period_s:
        return Health.OK
    return Health.LATE if silent_s <= SILENT_AFTER * rhythm.period_s else Health.SILENT


def describe_health(health: Health, age_s: float | None, problems: Sequence[str] = ()) -> str:
    """Say in one line how a sensor is: ``OK`` only if it records as it should.

    Parameters
    ----------
    health
        The verdict.
    age_s
        Seconds since the last recording; None if there is none.
    problems
        What else is not well.
    """
    last = _last_recording(health, age_s)
    if health in (Health.OK, Health.NOT_SCHEDULED):
        return f"DEGRADED: {'; '.join(problems)}" if problems else "OK"
    return "; ".join([f"{health.upper()}: {last}", *problems])


def _last_recording(health: Health, age_s: float | None) -> str:
    if health is Health.UNKNOWN:
        return "nobody knows of the last recording"
    return "nothing recorded yet" if age_s is None else f"last recording {_ago(age_s)} ago"


def _ago(age_s: float) -> str:
    for unit_s, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if age_s >= 2 * unit_s:
            return f"{age_s / unit_s:.0f} {unit}"
    return f"{max(0.0, age_s):.0f} s"
