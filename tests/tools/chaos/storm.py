"""Strikes a running sensor as planned, and measures how soon it is well again."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from chaos.plan import Fault, Moment
from chaos.sensor import RECORDING_S, Sensor, is_alive

__all__ = ["Blow", "Storm"]

POLL_S = 0.05
AIM_POLL_S = 0.0005
AIM_PATIENCE_S = 3 * RECORDING_S
PATIENCE_S = 60.0


@dataclass
class Blow:
    """One fault that has happened, and how long it took to make up for it."""

    fault: Fault
    at_s: float
    """Seconds since 1970."""

    pid: int = 0
    back_after_s: float | None = None
    """Until a killed process was there again (a supervisor: with all the others), or
    until something was recorded again after the power came back."""


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
    _began_s: float = 0.0
    _off_s: float = 0.0

    @property
    def powered_s(self) -> float:
        """How long the sensor has had power."""
        return time.monotonic() - self._began_s - self._off_s

    def rage(self, plan: Sequence[Fault], seconds: float) -> None:
        """Go through the plan and on until the time is over, then let everything come back."""
        self._began_s = time.monotonic()
        for fault in plan:
            self._watch_until(fault.at_s)
            self._strike(fault)
        self._watch_until(seconds)
        self._await(lambda: not self._missed(), "the last processes killed")

    def _watch_until(self, at_s: float) -> None:
        while self.powered_s < at_s:
            self._look()
            time.sleep(POLL_S)

    def _strike(self, fault: Fault) -> None:
        role = fault.role
        if role is None:
            self._aim(fault.moment)
            self._cut_power(fault)
            return
        self._await(lambda: self.sensor.find(role) is not None, f"{role}, to be killed")
        self._aim(fault.moment)
        process = self.sensor.find(role)
        if process is not None:
            process.kill()
            self._note(Blow(fault, time.time(), process.pid))
            self._await(lambda: not is_alive(process), f"the end of {role}")

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
        return [blow for blow in self.blows if blow.back_after_s is None and blow.pid]

    def _forget_missed(self) -> None:
        """What was not back when the power was cut is not waited for."""
        for blow in self._missed():
            blow.pid = 0

    def _look(self) -> None:
        """Note who is back."""
        for blow in self.blows:
            if blow.back_after_s is None and blow.pid and self._is_made_up(blow):
                blow.back_after_s = time.time() - blow.at_s

    def _is_made_up(self, blow: Blow) -> bool:
        if blow.fault.role is None:
            return False
        process = self.sensor.find(blow.fault.role)
        if process is None or process.pid == blow.pid:
            return False
        return blow.fault.role != "supervisor" or self.sensor.is_whole()

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
            now = self._sight(moment)
            if now - before:
                return
            before = now
            time.sleep(AIM_POLL_S)

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
