"""How long to wait before a device is tried again."""

from dataclasses import dataclass

__all__ = ["Backoff"]


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
