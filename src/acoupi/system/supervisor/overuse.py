"""How often a child was ended for the memory it took, and who should hear of it."""

import math
from dataclasses import dataclass, replace

__all__ = ["Overuse"]

TELL_EVERY_S = 3600.0
SHOWN_S = 24 * 3600.0


@dataclass(frozen=True)
class Overuse:
    """What is remembered of it."""

    times: int = 0
    """How often; it is forgotten with the rest after a day without."""

    last_s: float = -math.inf
    told_s: float = -math.inf

    def is_shown(self, now_s: float) -> bool:
        """Tell whether the status says so."""
        return now_s - self.last_s < SHOWN_S

    def is_news(self, now_s: float) -> bool:
        """Tell whether somebody should be told of the next one."""
        return now_s - self.told_s >= TELL_EVERY_S

    def again(self, now_s: float) -> "Overuse":
        """Count one more."""
        times = self.times + 1 if self.is_shown(now_s) else 1
        after = replace(self, times=times, last_s=now_s)
        return replace(after, told_s=now_s) if self.is_news(now_s) else after
