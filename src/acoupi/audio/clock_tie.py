"""When a sample was heard, by the clock: from when samples arrived, which is never early."""

from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise

__all__ = ["WRONG_RATE", "ClockTie", "crossing", "lower_line"]

WRONG_RATE = 0.01
"""By what share a rate may differ before it is another one."""

BIN_S = 0.4
BINS = 600
JUDGED = 4
"""How many bins in a row must be late before samples are missing."""

SETTLED_S = 5.0
"""How much time must have passed before the drift is believed."""

STATED_S = 30.0
"""How much time must have passed before the drift is worth telling."""

EVEN = 4
READ_S = 0.11
"""How much a program may read at a time. One that was made to wait may from then on read what
it read before a part of that later, for good; the samples are as early as they were."""

EARLY_S = 0.001
"""By how much a read must be early before it is known that it is no longer so."""

STEADY = 6
"""Over how many bins a rate must be right, or wrong in the same way, to be believed."""

FAR_OFF = 0.03
"""A rate that is off by this much is believed a bin earlier."""

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


def crossing(first: Line, second: Line) -> float | None:
    """Return the x at which two lines meet, if they do."""
    turn = first[0] - second[0]
    return (second[1] - first[1]) / turn if turn else None


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
    _peaks: deque[float] = field(default_factory=lambda: deque[float](maxlen=3 * JUDGED))
    _later_s: float = 0.0
    _line: Line | None = None
    _bin_ends_s: float = 0.0

    def note(self, frame: int, at_s: float) -> bool:
        """Note that all samples before a frame have arrived; tell whether a bin has begun."""
        x = frame / self.rate_hz
        late_s = self._late_s(x, at_s)
        begins = not self._bins or at_s >= self._bin_ends_s
        if begins:
            self._bins.append((x, late_s))
            self._peaks.append(late_s)
            self._bin_ends_s = at_s + BIN_S
        elif late_s < self._bins[-1][1]:
            self._bins[-1] = (x, late_s)
        self._peaks[-1] = max(self._peaks[-1], late_s)
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
        return self._later_than_before(JUDGED)

    def is_read_later(self) -> bool:
        """Tell whether what seems to be missing is not: it is only read later than before.

        So it is if it is less than what is read at a time, and reads were made
        to wait for much longer.
        """
        by_s = self._later_than_before(JUDGED - 1)
        x, _ = self._bins[-1]
        slope, offset = self._line_below(list(self._bins)[: -JUDGED - 1])
        peak_s = max(self._peaks) - offset - slope * x
        return by_s < READ_S and peak_s > by_s + READ_S

    def read_later(self) -> None:
        """Take the reads of late, and those to come, to be later than others by a constant."""
        # The first of the bins may be of both.
        by_s = self._later_than_before(JUDGED - 1)
        slope, offset = self._line_below(list(self._bins)[: -JUDGED - 1])
        late = list(self._bins)[-JUDGED - 1 :]
        for _ in late:
            self._bins.pop()
        self._bins.extend((x, max(y - by_s, min(y, offset + slope * x))) for x, y in late)
        self._later_s += by_s
        self._line = None

    @property
    def is_even(self) -> bool:
        """Whether of late samples came at about the right rate."""
        slopes = self._slopes(EVEN)
        mean = sum(slopes) / max(1, len(slopes))
        each = all(abs(slope) < 2 * WRONG_RATE for slope in slopes)
        return len(slopes) == EVEN - 1 and abs(mean) < WRONG_RATE and each

    @property
    def is_sloping(self) -> bool:
        """Whether of late each bin was later than the one before by as much: a wrong rate."""
        return abs(_steady(self._slopes(EVEN), EVEN - 1)) > WRONG_RATE

    def off_rate(self) -> float:
        """Return by what share the device is too slow, if it is so all the time of late."""
        soon = _steady(self._slopes(STEADY - 1), STEADY - 2)
        return soon if abs(soon) > FAR_OFF else _steady(self._slopes(STEADY), STEADY - 1)

    def wrong_since(self) -> float:
        """Return when samples began to come at the rate that is wrong now."""
        closed = list(self._bins)[:-1]
        right, wrong = closed[: -STEADY - 1], closed[2 - STEADY :]
        x, late_s = closed[0]
        if len(right) >= 2:
            line = self._line_below(right)
            x = _within(crossing(line, lower_line(wrong)), right[-1][0], wrong[0][0])
            late_s = line[1] + line[0] * x
        return x + late_s

    def renew(self) -> "tuple[int, ClockTie]":
        """Return since which frame the rate has been right, and a tie for what follows."""
        kept = list(self._bins)
        wrong, right = kept[: -EVEN - 1], kept[-EVEN:]
        after = self._tie_of(right, self.drift)
        line = lower_line(wrong) if len(wrong) > 1 else (0.0, 0.0)
        if abs(line[0]) < WRONG_RATE:
            return 0, after
        x = _within(crossing(line, after._fit()), wrong[-1][0], right[0][0])
        return round(x * self.rate_hz), after

    def split(self) -> "tuple[int, ClockTie]":
        """Return the frame after which samples are missing, and a tie for what follows."""
        kept = list(self._bins)
        before = kept[: -JUDGED - 1]
        # The first late bin may be of both: late reads of what came before.
        after = self._tie_of(kept[-JUDGED:], self._line_below(before)[0])
        self._bins = deque(before, maxlen=BINS)
        self._line = None
        return round(self._bins[-1][0] * self.rate_hz), after

    def _late_s(self, x: float, at_s: float) -> float:
        late_s = at_s - x - self._later_s
        if self._later_s:
            slope, offset = self._fit()
            early_s = offset + slope * x - late_s
            if early_s > EARLY_S:
                self._later_s = max(0.0, self._later_s - early_s)
                late_s = at_s - x - self._later_s
        return late_s

    def _later_than_before(self, bins: int) -> float:
        closed = list(self._bins)[:-1]
        before, latest = closed[:-JUDGED], closed[-bins:]
        if len(before) < JUDGED:
            return 0.0
        slope, offset = self._line_below(before)
        return min(y - offset - slope * x for x, y in latest)

    def _tie_of(self, points: list[Point], drift: float) -> "ClockTie":
        tie = ClockTie(self.rate_hz, drift)
        tie._bins.extend(points)
        tie._peaks.extend(y for _, y in points)
        tie._bin_ends_s = self._bin_ends_s
        return tie

    def _slopes(self, bins: int) -> list[float]:
        """Return how much later, second by second, the latest bins are than each before."""
        closed = list(self._bins)[-bins - 1 : -1]
        return [(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairwise(closed) if b[0] > a[0]]

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


def _steady(slopes: list[float], needed: int) -> float:
    """Return the mean of slopes that are much alike, and enough; or zero."""
    mean = sum(slopes) / len(slopes) if slopes else 0.0
    alike = all(0.5 * abs(mean) <= slope * _sign(mean) <= 2 * abs(mean) for slope in slopes)
    return mean if alike and len(slopes) >= needed else 0.0


def _within(x: float | None, low: float, high: float) -> float:
    return low if x is None else min(max(x, low), high)


def _sign(x: float) -> int:
    return 1 if x >= 0 else -1
