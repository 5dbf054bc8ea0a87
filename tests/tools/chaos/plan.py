"""What is killed when, decided by a seed alone."""

import random
from dataclasses import dataclass
from typing import Literal

__all__ = ["ROLES", "Fault", "Moment", "Role", "interruptions_of_the_end", "make_plan"]

Role = Literal["supervisor", "beat", "recording", "detection", "default"]
Moment = Literal["any", "part", "file", "row", "message"]

ROLES: tuple[Role, ...] = ("supervisor", "beat", "recording", "detection", "default")
QUIET_S = 3.0
"""Nothing happens for so long after the start: there must be something to break."""

INTERRUPTIONS = 2
INTERRUPTED_AFTER_S = (0.5, 5.0)

AIMED_SHARE = 0.3
AIMS: dict[Moment, Role] = {
    "part": "recording",
    "file": "recording",
    "row": "detection",
    "message": "default",
}


@dataclass(frozen=True, order=True)
class Fault:
    """One blow: a process is killed, or (with no role) the power is cut.

    Parameters
    ----------
    at_s
        When, in seconds during which the computer had power.
    role
        Which process; None: all of them at once, and the disk forgets what it
        was not told to keep.
    moment
        What to wait for first: a part or a whole file where recordings wait,
        something written to the database, a message that has just arrived.
    """

    at_s: float
    role: Role | None
    moment: Moment = "any"

    def __str__(self) -> str:
        what = f"kill {self.role}" if self.role else "cut the power"
        return what if self.moment == "any" else f"{what} (moment: {self.moment})"


def make_plan(seed: int, kills: int, seconds: float, power_cuts: int) -> list[Fault]:
    """Spread the blows over the time, the same ones for the same seed."""
    rng = random.Random(seed)
    blows = [_kill(rng, rng.uniform(QUIET_S, seconds)) for _ in range(kills)]
    share_s = (seconds - QUIET_S) / max(1, power_cuts)
    for n in range(power_cuts):
        at_s = QUIET_S + (n + rng.random()) * share_s
        blows.append(Fault(at_s, None, _moment(rng)))
    return sorted(blows, key=lambda fault: fault.at_s)


def interruptions_of_the_end(seed: int) -> list[float]:
    """Decide after how many seconds each attempt to stop is killed; the next one is not."""
    rng = random.Random(f"end {seed}")
    return [rng.uniform(*INTERRUPTED_AFTER_S) for _ in range(INTERRUPTIONS)]


def _kill(rng: random.Random, at_s: float) -> Fault:
    moment = _moment(rng)
    return Fault(at_s, AIMS.get(moment) or rng.choice(ROLES), moment)


def _moment(rng: random.Random) -> Moment:
    return rng.choice(list(AIMS)) if rng.random() < AIMED_SHARE else "any"
