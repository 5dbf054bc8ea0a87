"""Whether the models can be built, and keep up with the schedule."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from acoupi._clock import monotonic_s
from acoupi.components.stores.sqlite.failing import find_failing
from acoupi.components.types import UNOPENED
from acoupi.data import Recording
from acoupi.errors import HealthCheckError
from acoupi.models.timing import NOISE, run_s, write_sound
from acoupi.programs.templates.microphones import microphone_name, views_of
from acoupi.system.checks.findings import Finding, failed, ok, skipped, warning
from acoupi.system.checks.subject import Subject
from acoupi.system.health import Rhythm, rhythm_of
from acoupi.system.pace import Pace, count_lanes, pace_of

__all__ = ["check_model", "judge_pace"]

MAX_SOUND_S = 15.0
DEFAULT_SOUND_S = 3.0
DEFAULT_RATE_HZ = 48_000
PATIENCE_S = 10.0
"""A model that took longer the first time is not asked a second time."""

WHEN_MENDED = "acoupi logs says more; when it works again: acoupi recordings retry --all"
WHEN_OPENED = "acoupi logs says more; mend it and start the sensor again, which has them heard"
FIRST = "the first microphone"
HEAR_LESS = "acoupi config set --field keeping_up.policy thin_out"


@dataclass(frozen=True)
class Timed:
    """What models took for a second of a microphone's sound."""

    names: str
    built_s: float
    speed: float

    def __str__(self) -> str:
        return f"{self.names}: {self.speed:.2g} s of computing for 1 s of sound"


def check_model(subject: Subject) -> Iterator[Finding]:
    """Build the models, and time them on a recording of noise as each microphone makes one."""
    if subject.part("model") is None:
        yield skipped("model", "the program has none")
    elif subject.is_running:
        yield _as_it_runs(subject.places.metadata_db)
    else:
        views = views_of(subject.program.config)
        timed = _time_all(subject, views)
        took = "; ".join(_in_words(views, timed))
        built_s = sum(each.built_s for each in set(timed))
        yield judge_pace(took, built_s, _pace(subject, views, timed), _policy_of(subject))


def _as_it_runs(db_path: Path | None) -> Finding:
    """Judge the models of a sensor that runs by what became of its recordings."""
    why = None if db_path is None else find_failing(db_path)
    if why is None:
        return skipped("model", "the sensor needs the processor; its backlog shows if it keeps up")
    help = WHEN_OPENED if UNOPENED in why else WHEN_MENDED
    return failed("model", HealthCheckError(why, help=help))


def judge_pace(took: str, built_s: float, pace: Pace | None, policy: str | None) -> Finding:
    """Judge whether models keep up.

    Parameters
    ----------
    took
        What was measured, in words.
    built_s
        What building them took.
    pace
        How much they have to do; None if nobody knows when the program records.
    policy
        What is done while too much waits; None if that cannot be chosen.
    """
    if pace is None:
        return ok("model", took)
    why = f"{took}, {pace.load:.1%} of the time there is (built in {built_s:.1f} s)"
    if pace.keeps_up:
        return ok("model", why)
    less = f"to hear all at once, record {pace.load:.2g} times less often (recording.interval)"
    if policy not in ("wait", None):
        heard = f"what waits too long is dealt with as keeping_up.policy says: {policy}"
        return warning("model", f"it does not keep up; {why}; {heard}", less)
    if pace.catches_up:
        late = "it catches up when nothing is recorded"
        return warning("model", f"it falls behind; {why}; {late}", less)
    growing = f"it does not keep up with the schedule; {why}, {pace.by_day:.1%} of the day"
    if policy is None:
        return warning("model", growing, less)
    help = f"{less}, or for fewer hours; or let some go unheard: {HEAR_LESS}"
    return failed("model", HealthCheckError(growing, help=help))


def _policy_of(subject: Subject) -> str | None:
    keeping_up: Any = getattr(subject.program.config, "keeping_up", None)
    return getattr(keeping_up, "policy", None)


def _in_words(views: Sequence[BaseModel], timed: Sequence[Timed]) -> Iterator[str]:
    """Say what was measured; of several microphones, for which."""
    if len(set(timed)) == 1:
        yield str(timed[0])
        return
    for view, each in zip(views, timed, strict=True):
        yield f"{microphone_name(view) or FIRST}: {each}"


def _pace(subject: Subject, views: Sequence[BaseModel], timed: Sequence[Timed]) -> Pace | None:
    rhythms = (rhythm_of(view, subject.places.zone) for view in views)
    parts = [
        (each.speed, rhythm)
        for each, rhythm in zip(timed, rhythms, strict=True)
        if rhythm is not None
    ]
    program = subject.program
    queue = subject.part("recording_callback_queue")
    lanes = count_lanes(type(program).get_workers(program.config), queue)
    return pace_of(parts, lanes) if parts else None


def _time_all(subject: Subject, views: Sequence[BaseModel]) -> list[Timed]:
    """Time what hears each microphone; what is alike is timed once."""
    found: dict[tuple[object, ...], Timed] = {}
    keys: list[tuple[object, ...]] = []
    for view in views:
        models = _models(subject, view)
        format = subject.format_of(view)
        rate_hz = DEFAULT_RATE_HZ if format is None else format.rate_hz
        sound_s = _sound_s(rhythm_of(view, subject.places.zone))
        keys.append((*map(id, models), rate_hz, sound_s))
        if keys[-1] not in found:
            found[keys[-1]] = _time(models, rate_hz, sound_s)
    return [found[key] for key in keys]


def _models(subject: Subject, view: BaseModel) -> list[Any]:
    """Return the models that hear a microphone, given its configuration."""
    models_of = subject.part("models_of")
    return [subject.part("model")] if models_of is None else [*models_of(microphone_name(view))]


def _time(models: Sequence[Any], rate_hz: int, sound_s: float) -> Timed:
    begun_s = monotonic_s()
    names = " and ".join(str(model.name) for model in models)  # all are built by now
    built_s = monotonic_s() - begun_s
    with tempfile.TemporaryDirectory() as folder:
        recording = write_sound(
            Path(folder) / "noise.wav", NOISE, rate_hz, round(rate_hz * sound_s)
        )
        compute_s = sum(_time_one(model, recording) for model in models)
    return Timed(names, built_s, compute_s / recording.duration)


def _time_one(model: Any, recording: Recording) -> float:
    compute_s = run_s(model, recording)
    # What it loads the first time is not its speed.
    return run_s(model, recording) if compute_s < PATIENCE_S else compute_s


def _sound_s(rhythm: Rhythm | None) -> float:
    return DEFAULT_SOUND_S if rhythm is None else min(rhythm.duration_s, MAX_SOUND_S)
