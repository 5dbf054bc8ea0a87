"""How each of several microphones does, judged by what it has recorded."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from acoupi.audio.addresses import without_password
from acoupi.data import Deployment
from acoupi.data.times import Instant
from acoupi.programs.templates.health import (
    Health,
    describe_health,
    judge_health,
    rhythm_of,
)
from acoupi.programs.templates.microphones import microphone_name, views_of

__all__ = ["MicrophoneState", "describe_states", "see_microphones", "worst_of"]

UNNAMED = "the first"
MILD_TO_GRAVE = (
    Health.NOT_SCHEDULED,
    Health.OK,
    Health.UNKNOWN,
    Health.NOT_DEPLOYED,
    Health.LATE,
    Health.SILENT,
)


class MicrophoneState(BaseModel):
    """One of several microphones."""

    name: str
    device_name: str
    samplerate_hz: int
    audio_channels: int
    gain_note: str
    health: Health
    last_ended_on: Instant | None
    """When the last sample of it was heard that is in the store."""

    age_s: float | None
    """Seconds since then."""

    @property
    def label(self) -> str:
        """What people are told that it is called."""
        return self.name or UNNAMED


def see_microphones(
    config: BaseModel,
    deployment: Deployment | None,
    db_path: Path,
    zone: dt.tzinfo,
    now: dt.datetime,
) -> list[MicrophoneState]:
    """Judge each microphone of a program by its own schedule; nothing of one that has but one.

    Parameters
    ----------
    config
        Of the program.
    deployment
        The one that is running.
    db_path
        The store of recordings.
    zone
        Of the schedules.
    now
        The present instant.
    """
    from acoupi.components.stores.sqlite.microphones import last_ended_by_microphone

    views = views_of(config)
    if len(views) == 1:
        return []
    ends = last_ended_by_microphone(db_path, map(microphone_name, views), now)
    return [_state(view, deployment, ends[microphone_name(view)], zone, now) for view in views]


def worst_of(states: Sequence[MicrophoneState]) -> Health:
    """Return the gravest of all verdicts."""
    return max((state.health for state in states), key=MILD_TO_GRAVE.index)


def describe_states(states: Sequence[MicrophoneState], problems: Sequence[str] = ()) -> str:
    """Say in one line how a sensor is, and which microphones are not well.

    Parameters
    ----------
    states
        Of each microphone.
    problems
        What else is not well.
    """
    worst = worst_of(states)
    ill = [state for state in states if state.health in (Health.LATE, Health.SILENT)]
    if not ill:
        return describe_health(worst, min(_ages_s(states), default=None), problems)
    gravest_first = sorted(ill, key=lambda state: -MILD_TO_GRAVE.index(state.health))
    verdicts = [_describe(state) for state in gravest_first]
    return f"{worst.upper()}: {'; '.join([*verdicts, *problems])}"


def _state(
    view: BaseModel,
    deployment: Deployment | None,
    ended_on: dt.datetime | None,
    zone: dt.tzinfo,
    now: dt.datetime,
) -> MicrophoneState:
    microphone: Any = getattr(view, "microphone", None)
    return MicrophoneState(
        name=microphone_name(view),
        device_name=without_password(str(getattr(microphone, "device_name", ""))),
        samplerate_hz=int(getattr(microphone, "samplerate", 0)),
        audio_channels=int(getattr(microphone, "audio_channels", None) or 1),
        gain_note=str(getattr(microphone, "gain_note", "")),
        health=judge_health(now, deployment, rhythm_of(view, zone), ended_on),
        last_ended_on=ended_on,
        age_s=None if ended_on is None else (now - ended_on).total_seconds(),
    )


def _ages_s(states: Sequence[MicrophoneState]) -> list[float]:
    return [state.age_s for state in states if state.age_s is not None]


def _describe(state: MicrophoneState) -> str:
    """Say of a microphone that is not well how it is."""
    _, _, last = describe_health(state.health, state.age_s).partition(": ")
    return f"the microphone {state.label} is {state.health}: {last}"
