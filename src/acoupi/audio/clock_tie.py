"""When a sample was heard, by the clock: from when samples arrived, which is never early."""

from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise

__all__ = ["ClockTie", "lower_line"]

BIN_S = 0.4
BINS = 600
JUDGED = 4
"""How many bins in a row must be late before samples are missing."""

SETTLED_S = 5.0
"""How much time must have passed before the drift is believed."""

STATED_S = 30.0
"""How much time must have passed before the drift is worth telling."""

Point = tuple[float, float]
Line = tuple[float, float]


def lower_line(points: list[Point]) -> Line:
    """Return slope and offset of the line below all points that is nearest to them.

    Parameters
    ----------
    points
        Two or more, by growing x.
    """
    hull: list[Point] = []
    for point in points:
        while len(hull) > 1 and _turns_down(hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    middle = sum(x for x, _ in points) / len(points)
    (x0, y0), (x1, y1) = next(edge for edge in pairwise(hull) if edge[1][0] >= middle)
    slope = (y1 - y0) / (x1 - x0)
    return slope, y0 - slope * x0


def _turns_down(a: Point, b: Point, c: Point) -> bool:
    return (b[0] - a[0]) * (c[1] - a[1]) <= (b[1] - a[1]) * (c[0] - a[0])


@dataclass
class ClockTie:
    """Ties the count of samples to a clock, for a stretch in which none is missing.

    A read is late by what the device and the computer made it wait, so the
    earliest reads tell when samples were heard: a line below all of them,
    whose slope is the drift of the device against the clock.

    Parameters
    ----------
    rate_hz
        How fast samples should come.
    drift
        What is known of the drift at the start, in seconds a second.
    """

    rate_hz: int
    drift: float = 0.0
    _bins: deque[Point] = field(default_factory=lambda: deque[Point](maxlen=BINS))
    _line: Line | None = None
    _bin_ends_s: float = 0.0

    def note(self, frame: int, at_s: float) -> bool:
        """Note that all samples before a frame have arrived; tell whether a bin has begun."""
        late_s = at_s - frame / self.rate_hz
        x = frame / self.rate_hz
        begins = not self._bins or at_s >= self._bin_ends_s
        if begins:
            self._bins.append((x, late_s))
            self._bin_ends_s = at_s + BIN_S
        elif late_s < self._bins[-1][1]:
            self._bins[-1] = (x, late_s)
        self._line = None
        return begins

    @property
    def has_sound(self) -> bool:
        """Whether anything has arrived."""
        return bool(self._bins)

    @property
    def is_settled(self) -> bool:
        """Whether enough has arrived to tell how late the stretch began."""
        return len(self._bins) > JUDGED

    @property
    def drift_ppm(self) -> float | None:
        """How much longer the device's second is than the clock's, in millionths.

        None as long as it is too early to tell.
        """
        return self._fit()[0] * 1e6 if self._span_s() >= STATED_S else None

    @property
    def slope(self) -> float:
        """The drift as far as it is known, in seconds a second."""
        return self._fit()[0]

    def second_of(self, frame: int) -> float:
        """Return when a frame was heard, or will be."""
        slope, offset = self._fit()
        x = frame / self.rate_hz
        return x + offset + slope * x

    def frame_at(self, second: float) -> int:
        """Return the frame that was heard, or will be, at a time."""
        slope, offset = self._fit()
        return round((second - offset) / (1 + slope) * self.rate_hz)

    def missing_s(self) -> float:
        """Return by how much all of the latest bins are later than those before them say."""
        closed = list(self._bins)[:-1]
        before, latest = closed[:-JUDGED], closed[-JUDGED:]
        if len(before) < JUDGED:
            return 0.0
        slope, offset = self._line_below(before)
        return min(y - offset - slope * x for x, y in latest)

    def off_rate(self) -> float:
        """Return by what share the device is too slow, if it is so all the time of late."""
        closed = list(self._bins)[:-1][-6:]
        if len(closed) < 6:
            return 0.0
        slopes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairwise(closed) if b[0] > a[0]]
        mean = sum(slopes) / len(slopes) if slopes else 0.0
        steady = all(0.5 * abs(mean) <= slope * _sign(mean) <= 2 * abs(mean) for slope in slopes)
        return mean if steady else 0.0

    def split(self) -> "tuple[int, ClockTie]":
        """Return the frame after which samples are missing, and a tie for what follows."""
        kept = list(self._bins)
        before = kept[: -JUDGED - 1]
        after = ClockTie(self.rate_hz, self._line_below(before)[0])
        # The first late bin may be of both: late reads of what came before.
        after._bins.extend(kept[-JUDGED:])
        after._bin_ends_s = self._bin_ends_s
        self._bins = deque(before, maxlen=BINS)
        self._line = None
        return round(self._bins[-1][0] * self.rate_hz), after

    def _fit(self) -> Line:
        if self._line is None:
            self._line = self._line_below(list(self._bins))
        return self._line

    def _line_below(self, points: list[Point]) -> Line:
        if not points:
            return self.drift, 0.0
        if points[-1][0] - points[0][0] >= SETTLED_S:
            return lower_line(points)
        return self.drift, min(y - self.drift * x for x, y in points)

    def _span_s(self) -> float:
        return self._bins[-1][0] - self._bins[0][0] if self._bins else 0.0


def _sign(x: float) -> int:
    return 1 if x >= 0 else -1
