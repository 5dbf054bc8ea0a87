"""What a run came to, for people and for programs."""

import itertools
import json
import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields

from chaos.books import Books, Kept
from chaos.storm import Blow, Storm

__all__ = ["Figures", "Spread", "as_json", "draw_up", "table"]


@dataclass(frozen=True)
class Spread:
    """How a time (s) varied."""

    n: int
    median_s: float
    max_s: float

    def __str__(self) -> str:
        return f"median {self.median_s} s, most {self.max_s} s ({self.n} times)"

    @classmethod
    def of(cls, times_s: Iterable[float]) -> "Spread":
        known = sorted(times_s)
        if not known:
            return cls(0, 0, 0)
        return cls(len(known), round(statistics.median(known), 2), round(known[-1], 2))


@dataclass(frozen=True)
class Figures:
    """One run in figures."""

    seed: int
    machine: str
    kills: int
    power_cuts: int
    powered_s: float
    recordings: int
    recorded_s: float
    recordings_per_minute: float
    model_runs: int
    """That have ended and are in the log."""

    model_runs_repeated: int
    messages: int
    deliveries_repeated: int
    """Arrived again under the key of one that had arrived."""

    back_after_kill: Mapping[str, Spread]
    recording_again_after_power: Spread
    silence_while_powered: Spread
    """Between two recordings, where no power cut lies between them."""

    problems: Sequence[str]


def draw_up(
    seed: int,
    machine: str,
    storm: Storm,
    books: Books,
    received: Mapping[str, int],
    problems: Sequence[str],
) -> Figures:
    """Put the figures of a run together."""
    kept = books.recordings
    kills = [blow for blow in storm.blows if blow.fault.role]
    cuts = [blow for blow in storm.blows if not blow.fault.role]
    runs = books.model_runs
    return Figures(
        seed=seed,
        machine=machine,
        kills=len(kills),
        power_cuts=len(cuts),
        powered_s=round(storm.lasted_s, 1),
        recordings=len(kept),
        recorded_s=round(sum(each.duration_s for each in kept), 3),
        recordings_per_minute=round(60 * len(kept) / storm.lasted_s, 1),
        model_runs=runs.total(),
        model_runs_repeated=runs.total() - len(runs),
        messages=len(books.messages),
        deliveries_repeated=sum(received.values()) - len(received),
        back_after_kill=_by_role(kills),
        recording_again_after_power=_spread(cuts),
        silence_while_powered=Spread.of(
            end_s - start_s
            for start_s, end_s in silences(kept)
            if not any(start_s <= cut.at_s + 1 and cut.at_s <= end_s for cut in cuts)
        ),
        problems=problems,
    )


def as_json(figures: Figures) -> str:
    """Write the figures for programs."""
    return json.dumps(asdict(figures), indent=2) + "\n"


def table(figures: Figures) -> str:
    """Write the figures for people, one a line."""
    values = {field.name: getattr(figures, field.name) for field in fields(figures)}
    by_role = values.pop("back_after_kill")
    problems = values.pop("problems")
    values |= {f"back after kill of {role}": spread for role, spread in by_role.items()}
    lines = [f"{name.replace('_', ' '):<32} {value}" for name, value in values.items()]
    lines += [f"{'problems':<32} {len(problems)}", *(f"  {problem}" for problem in problems)]
    return "\n".join(lines) + "\n"


def _by_role(kills: Sequence[Blow]) -> dict[str, Spread]:
    blows: defaultdict[str, list[Blow]] = defaultdict(list)
    for blow in kills:
        blows[str(blow.fault.role)].append(blow)
    return {role: _spread(blows[role]) for role in sorted(blows)}


def _spread(blows: Iterable[Blow]) -> Spread:
    return Spread.of(blow.back_after_s for blow in blows if blow.back_after_s is not None)


def silences(recordings: Sequence[Kept]) -> list[tuple[float, float]]:
    """Return from when to when nothing was recorded, in seconds since 1970."""
    return [
        (one.ended_s, other.began_s)
        for one, other in itertools.pairwise(recordings)
        if other.began_s > one.ended_s
    ]
