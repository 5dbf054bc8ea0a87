"""Strikes a running sensor as planned, and measures how soon it is well again."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import psutil
from processes import is_alive

from chaos.plan import ROLES, Fault, Moment, Role
from chaos.sensor import RECORDING_S, Sensor

__all__ = ["Blow", "Storm"]

POLL_S = 0.05
AIM_POLL_S = 0.0005
LOOKS_WHILE_AIMING = 60
AIM_PATIENCE_S = 3 * RECORDING_S
PATIENCE_S = 60.0
SLOW_S = 5.0


@dataclass
class Blow:
    """One fault that has happened, and how long it took to make up for it."""

    fault: Fault
    at_s: float
    """Seconds since 1970."""

    pid: int = 0
    missed: set[Role] = field(default_factory=set[Role])
    """Who has not been seen again; with a supervisor, everybody goes."""

    back_after_s: float | None = None
    """Until all who are missed have been there again, or until something was recorded
    again after the power came back."""


@dataclass
class Storm:
    """Everything that is done to a sensor, and what happened then.

    Parameters
    ----------
    sensor
        Which runs.
    n_received
        Counts what has arrived so far.
    say
        Takes a line of the timeline.
    """

    sensor: Sensor
    n_received: Callable[[], int]
    say: Callable[[str], None]
    blows: list[Blow] = field(default_factory=list[Blow])
    problems: list[str] = field(default_factory=list[str])
    lasted_s: float = 0.0
    """How long the sensor had power."""

    _began_s: float = 0.0
    _off_s: float = 0.0

    @property
    def powered_s(self) -> float:
        """How long the sensor has had power so far."""
        return time.monotonic() - self._began_s - self._off_s

    def rage(self, plan: Sequence[Fault], seconds: float) -> None:
        """Go through the plan and on until the time is over, then let everything come back."""
        self._began_s = time.monotonic()
        for fault in plan:
            self._watch_until(fault.at_s)
            self._strike(fault)
        self._watch_until(seconds)
        self._await(lambda: not self._missed(), "the last processes killed")
        self.lasted_s = self.powered_s

    def _watch_until(self, at_s: float) -> None:
        while self.powered_s < at_s:
            self._look()
            time.sleep(POLL_S)

    def _strike(self, fault: Fault) -> None:
        self._aim(fault.moment)
        if fault.role is None:
            self._cut_power(fault)
        else:
            role = fault.role
            self._await(lambda: self._kill(fault, role), f"{role}, to be killed")

    def _kill(self, fault: Fault, role: Role) -> bool:
        """Kill a process if it is there, and see it gone."""
        process = self.sensor.find(role)
        if process is None:
            return False
        try:
            process.kill()
        except psutil.NoSuchProcess:
            return False
        missed: set[Role] = set(ROLES) if role == "supervisor" else {role}
        self._note(Blow(fault, time.time(), process.pid, missed))
        self._await(lambda: not is_alive(process), f"the end of {role}")
        return True

    def _cut_power(self, fault: Fault) -> None:
        self._forget_missed()
        blow = self._note(Blow(fault, time.time()))
        off_s = time.monotonic()
        self.sensor.machine.cut_power()
        self._off_s += time.monotonic() - off_s
        on_s = time.monotonic()
        self.sensor.machine.boot()
        position = self.sensor.position()
        self._await(lambda: self.sensor.position() != position, "a recording after a power cut")
        blow.back_after_s = time.monotonic() - on_s
        self.say(f"recorded again {blow.back_after_s:.1f} s after the power came back")

    def _note(self, blow: Blow) -> Blow:
        self.blows.append(blow)
        self.say(f"{blow.fault}" + (f": process {blow.pid}" if blow.pid else ""))
        return blow

    def _missed(self) -> list[Blow]:
        self._look()
        return [blow for blow in self.blows if blow.missed]

    def _forget_missed(self) -> None:
        """Let nobody who was not back when the power was cut be waited for."""
        for blow in self._missed():
            blow.missed.clear()

    def _look(self) -> None:
        """Note who is back."""
        for blow in self.blows:
            if blow.missed and not self._still_missed(blow):
                blow.back_after_s = time.time() - blow.at_s
                if blow.back_after_s > SLOW_S:
                    self.say(f"{blow.fault.role} is back only after {blow.back_after_s:.1f} s")

    def _still_missed(self, blow: Blow) -> set[Role]:
        process = self.sensor.find(blow.fault.role or "supervisor")
        if process is not None and process.pid != blow.pid:
            blow.missed -= {role for role in blow.missed if self.sensor.find(role)}
        return blow.missed

    def _await(self, condition: Callable[[], bool], what: str) -> None:
        deadline_s = time.monotonic() + PATIENCE_S
        while not condition():
            if time.monotonic() > deadline_s:
                self.problems.append(f"waited {PATIENCE_S:.0f} s in vain for {what}")
                self.say(self.problems[-1])
                return
            self._look()
            time.sleep(POLL_S)

    def _aim(self, moment: Moment) -> None:
        """Wait until it is that moment, or nearly as good as it gets."""
        if moment == "any":
            return
        before = self._sight(moment)
        deadline_s = time.monotonic() + AIM_PATIENCE_S
        while time.monotonic() < deadline_s:
            for _ in range(LOOKS_WHILE_AIMING):
                now = self._sight(moment)
                if now - before:
                    return
                before = now
                time.sleep(AIM_POLL_S)
            self._look()

    def _sight(self, moment: Moment) -> set[str]:
        """Return what there is to see; the moment has come when there is more."""
        if moment == "message":
            return {str(n) for n in range(self.n_received())}
        if moment == "row":
            return {str(_written(self.sensor.home / "storages" / "metadata.db-wal"))}
        ending = ".part" if moment == "part" else ".wav"
        return {name for name in _names(self.sensor.waiting) if name.endswith(ending)}


def _names(folder: os.PathLike[str]) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 - the quickest there is
    except OSError:
        return []


def _written(path: os.PathLike[str]) -> int:
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116 - likewise
    except OSError:
        return 0
