"""The samples of one run of a device against the clock, and those that are missing."""

from collections import deque
from dataclasses import dataclass, field

from acoupi.audio.clock_tie import WRONG_RATE, ClockTie
from acoupi.audio.loss import Why

__all__ = ["Hole", "Timeline"]

UNEXPLAINED_S = 0.02
"""What must be missing by the clock before it is, if nobody says so."""

STRETCHES = 16


@dataclass(frozen=True)
class Hole:
    """Samples that are missing before a frame, by a clock that never steps."""

    frame: int
    from_s: float
    to_s: float
    samples: int
    why: Why


@dataclass
class Timeline:
    """Counts the samples of one run of a device, and ties the count to the clock.

    Where samples are missing a new stretch begins, since what was heard after
    that is later than the count says. How many are missing is known once the
    stretch has lasted long enough for one of its reads to be in time.

    Parameters
    ----------
    rate_hz
        How fast samples should come.
    is_paced
        Whether they come as they are heard, not when a network likes.
    drift
        What is known of the device's drift, in seconds a second.
    is_trusted
        Whether to believe that they come at that rate before it is seen.
    """

    rate_hz: int
    is_paced: bool = True
    drift: float = 0.0
    is_trusted: bool = True
    first_frame: int = 0
    """The first that came at the right rate."""

    _stretches: deque[tuple[int, ClockTie]] = field(
        default_factory=lambda: deque[tuple[int, ClockTie]](maxlen=STRETCHES)
    )
    _holes: list[Hole] = field(default_factory=list[Hole])
    _unknown: Why | None = None

    def __post_init__(self) -> None:
        self._stretches.append((0, ClockTie(self.rate_hz, self.drift)))

    @property
    def drift_ppm(self) -> float | None:
        """How much longer the device's second is than the clock's; None: too early to tell."""
        return self._latest.drift_ppm

    @property
    def is_settled(self) -> bool:
        """Whether enough has arrived to tell when the latest stretch began."""
        return self._latest.is_settled

    @property
    def true_rate_hz(self) -> float:
        """How many samples the device gives in a second of the clock, as far as is known."""
        return self.rate_hz / (1 + self._latest.slope)

    @property
    def drift_to_go_on_with(self) -> float:
        """What to believe of the drift of another run of the device, in seconds a second."""
        return self._latest.slope if abs(self._latest.slope) < WRONG_RATE else 0.0

    def note(self, frame: int, at_s: float) -> None:
        """Note that all samples before a frame have arrived."""
        if not self._latest.note(frame, at_s) or not self.is_paced:
            return
        if not self.is_trusted:
            self._trust_if_even()
        elif self._unknown and self._latest.is_settled:
            self._close_hole(self._unknown)
        elif self._latest.missing_s() > UNEXPLAINED_S and not self._latest.is_sloping:
            self._explain()

    def break_at(self, frame: int, why: Why) -> None:
        """Begin a new stretch: samples are missing before that frame."""
        first, latest = self._stretches[-1]
        if not (self.is_paced and self.is_trusted and latest.has_sound) or frame <= first:
            return
        if self._unknown:
            self._close_hole(self._unknown)
        self._stretches.append((frame, ClockTie(self.rate_hz, latest.slope)))
        self._unknown = why

    def second_of(self, frame: int) -> float:
        """Return when a frame was heard, or will be."""
        return self._tie_of(frame).second_of(frame)

    def frame_at(self, second: float) -> int:
        """Return the frame that was heard, or will be, at a time; the next, if none was."""
        first, tie = self._stretches[0]
        for start, later in self._heard()[1:]:
            if second < later.second_of(start):
                return min(tie.frame_at(second), start)
            first, tie = start, later
        return max(first, tie.frame_at(second)) if first else tie.frame_at(second)

    def off_rate(self) -> float:
        """Return by what share the device is too slow; zero if it is about right."""
        off = self._latest.off_rate() if self.is_paced else 0.0
        return off if abs(off) > WRONG_RATE else 0.0

    def wrong_since(self) -> float:
        """Return when samples began to come at the rate that is wrong now."""
        return self._latest.wrong_since()

    def take_holes(self, at_end: bool = False) -> list[Hole]:
        """Return what was found missing since this was last asked.

        Parameters
        ----------
        at_end
            Whether no more samples will come.
        """
        if at_end and self._unknown:
            self._close_hole(self._unknown)
        holes, self._holes = self._holes, []
        return holes

    @property
    def _latest(self) -> ClockTie:
        return self._stretches[-1][1]

    def _explain(self) -> None:
        if self._latest.is_read_later():
            self._latest.read_later()
        else:
            self._stretches.append(self._latest.split())
            self._close_hole("missing")

    def _trust_if_even(self) -> None:
        if self._latest.is_even:
            self.first_frame, tie = self._latest.renew()
            self._stretches.clear()
            self._stretches.append((0, tie))
            self.is_trusted = True

    def _tie_of(self, frame: int) -> ClockTie:
        return next(
            (tie for start, tie in reversed(self._heard()) if start <= frame),
            self._stretches[0][1],
        )

    def _heard(self) -> list[tuple[int, ClockTie]]:
        """Return the stretches that can be placed: of the last, nothing may have come yet."""
        return [stretch for stretch in self._stretches if stretch[1].has_sound]

    def _close_hole(self, why: Why) -> None:
        (_, before), (frame, after) = list(self._stretches)[-2:]
        from_s = before.second_of(frame)
        self._unknown = None
        if after.has_sound:
            to_s = max(from_s, after.second_of(frame))
            samples = round((to_s - from_s) * self.rate_hz / (1 + before.slope))
            self._holes.append(Hole(frame, from_s, to_s, samples, why))
