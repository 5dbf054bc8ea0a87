"""How long to wait before a device is tried again."""

from dataclasses import dataclass

__all__ = ["Backoff", "Reopening"]


@dataclass
class Backoff:
    """Waits that double, and start anew after a try that went well.

    Parameters
    ----------
    first_s, most_s
        The shortest wait and the longest. A device that is back is heard
        after the longest at the latest.
    """

    first_s: float = 0.25
    most_s: float = 2.0
    _next_s: float = 0.0

    def wait_s(self, went_well: bool) -> float:
        """Return how long to wait after a try."""
        wait_s = self.first_s if went_well else max(self._next_s, self.first_s)
        self._next_s = min(2 * wait_s, self.most_s)
        return min(wait_s, self.most_s)


@dataclass
class Reopening:
    """When to open a device anew that is there and gives nothing but one value.

    At once when that begins, since it has helped; then more and more seldom,
    since a microphone may be switched off for a night.

    Parameters
    ----------
    first_s, most_s
        From the first time to the second, and at most.
    """

    first_s: float = 30.0
    most_s: float = 600.0
    _due_s: float | None = None
    _wait_s: float = 0.0

    def is_due(self, is_flat: bool, now_s: float) -> bool:
        """Tell whether to open it anew now."""
        if not is_flat:
            self._due_s = None
            return False
        if self._due_s is None:
            self._due_s, self._wait_s = now_s, self.first_s
        if now_s < self._due_s:
            return False
        self._due_s, self._wait_s = now_s + self._wait_s, min(2 * self._wait_s, self.most_s)
        return True
