"""The scheduler of beat: rings what is due, and tries again what could not be rung."""

import contextlib
import copy
import logging
from collections.abc import Callable
from typing import Any, cast

from celery.beat import Scheduler
from celery.schedules import BaseSchedule

from acoupi._clock import boot_s
from acoupi.programs.core.lateness import STAMP, stamp
from acoupi.system.supervisor.bells import Bell, bell_of
from acoupi.system.supervisor.memory import RingMemory

__all__ = ["SteadyScheduler"]

logger = logging.getLogger(__name__)

LONGEST_LOOK_S = 1.0
"""How late at most a clock that was set is noticed."""
SHORTEST_LOOK_S = 0.01
PATIENCE_S = 5.0
AT_ONCE = {"retry": False, "timeout": PATIENCE_S, "confirm_timeout": PATIENCE_S}


class SteadyScheduler(Scheduler):
    """Nothing stops it, neither a clock that is set nor a broker that is away.

    Parameters
    ----------
    on_tick
        Called before each ring and each look: it turns.
    now_s
        Seconds since boot, suspend included.
    memory
        What is known of the last rings.
    """

    def __init__(
        self,
        *args: Any,
        on_tick: Callable[[], object] = lambda: None,
        now_s: Callable[[], float] = boot_s,
        memory: RingMemory | None = None,
        **kwargs: Any,
    ) -> None:
        self._on_tick, self._now_s = on_tick, now_s
        self._memory = memory or RingMemory(None)
        self._bells: dict[str, Bell] = {}
        self._failing: set[str] = set()
        super().__init__(*args, **kwargs)

    def tick(self, *_: Any, **__: Any) -> float:
        """Ring every task that is due, and return how long to wait (s)."""
        self._on_tick()
        entries = cast("dict[str, Any]", self.schedule)
        waits = [self._attend(name, entry) for name, entry in list(entries.items())]
        longest_s = min(LONGEST_LOOK_S, cast("float", self.max_interval))
        return max(SHORTEST_LOOK_S, min([longest_s, *waits]))

    def _attend(self, name: str, entry: Any) -> float:
        """Ring one task if it is due; what is wrong with it disturbs no other."""
        try:
            return self._ring_if_due(name, entry)
        except Exception:
            if name not in self._failing:  # said once, or it would fill the disk
                logger.exception("cannot ring for %s, trying again", name)
            self._failing.add(name)
            return LONGEST_LOOK_S

    def _ring_if_due(self, name: str, entry: Any) -> float:
        bell = self._bells.get(name) or self._first_bell(name, entry.schedule)
        self._bells[name] = bell = bell.settled()
        look = bell.look(self._now_s())
        if not look.due:
            return look.wait_s
        self._publish(entry)
        self._bells[name] = bell = bell.rung(self._now_s())
        self.reserve(entry)
        wait_s = bell.look(self._now_s()).wait_s
        self._note_success(name)
        self._memory.note(name, entry.schedule, wait_s)
        return wait_s

    def _first_bell(self, name: str, when: BaseSchedule) -> Bell:
        return bell_of(when, self._now_s(), self._memory.since_s(name, when))

    def _publish(self, entry: Any) -> None:
        """Hand a task to the broker, now or not at all."""
        self._on_tick()
        once = copy.copy(entry)
        once.options = {**entry.options, **AT_ONCE, "headers": _headers(entry.options)}
        try:
            self.apply_async(once, producer=cast("Any", self).producer, advance=False)
        except Exception:
            self._hang_up()
            raise

    def _hang_up(self) -> None:
        """Let the next attempt connect anew; the far side is not asked, it may be frozen."""
        self.__dict__.pop("producer", None)
        connection = self.__dict__.pop("connection", None)
        if connection is not None:
            with contextlib.suppress(Exception):
                connection.collect(socket_timeout=PATIENCE_S)

    def _ensure_connected(self) -> Any:
        """Connect at once or fail: while this waits, nobody is rung for."""
        return cast("Any", self).connection.ensure_connection(
            max_retries=1, interval_start=0, interval_step=0, timeout=PATIENCE_S
        )

    def _note_success(self, name: str) -> None:
        logger.debug("rang for %s", name)
        if name in self._failing:
            self._failing.discard(name)
            logger.warning("can ring for %s again", name)


def _headers(options: dict[str, Any]) -> dict[str, Any]:
    """Let the worker see how late it is, by a clock that both have."""
    lifetime_s = options.get("expiration")
    stamped = {} if lifetime_s is None else {STAMP: stamp(lifetime_s)}
    return {**options.get("headers", {}), **stamped}
