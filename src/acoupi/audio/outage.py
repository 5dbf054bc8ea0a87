"""A time in which a microphone gives no sound of any use."""

from dataclasses import dataclass
from typing import NamedTuple

from acoupi.audio.loss import Why

__all__ = ["Outage", "Part"]


class Part(NamedTuple):
    """A part of an outage, by a clock that never steps."""

    from_s: float
    to_s: float
    samples: int


@dataclass
class Outage:
    """Counts what is missing bit by bit, so that all bits together are the whole.

    Parameters
    ----------
    since_s
        When the last useful sample was heard.
    rate_hz
        How many samples the device really gives in a second of the clock.
    why, detail
        What is wrong, and in whose words.
    """

    since_s: float
    rate_hz: float
    why: Why
    detail: str
    _told_samples: int = 0
    _told_until_s: float | None = None

    def until(self, second: float) -> Part | None:
        """Return what is missing up to a time, without what was told before."""
        from_s = self.since_s if self._told_until_s is None else self._told_until_s
        if second <= from_s:
            return None
        samples = round((second - self.since_s) * self.rate_hz)
        part = Part(from_s, second, samples - self._told_samples)
        self._told_samples, self._told_until_s = samples, second
        return part
