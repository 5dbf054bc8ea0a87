"""Which stretches of a recording are private, as it becomes known."""

from typing import NamedTuple

__all__ = ["PrivateSpans", "Span"]


class Span(NamedTuple):
    """A stretch in frames, without its end."""

    start: int
    end: int


class PrivateSpans:
    """Collects where people speak, with a margin around it.

    Parameters
    ----------
    threshold
        From which probability on it is speech.
    margin
        How many frames before and after speech are private, too.
    private_until
        How far what was said before the first frame reaches into these.
    """

    def __init__(self, threshold: float, margin: int, private_until: int = 0) -> None:
        self._threshold = threshold
        self._margin = margin
        self._heard_to = 0
        self._doubtful_from: int | None = None
        self._was_speech = False
        self.spans = [Span(0, private_until)] if private_until > 0 else []

    @property
    def decided_to(self) -> int:
        """The frame before which nothing will become private any more.

        Twice the margin, at most, behind what was heard.
        """
        certain_to = self._heard_to if self._doubtful_from is None else self._doubtful_from
        return max(0, certain_to - self._margin)

    def hear(self, end: int, probability: float) -> None:
        """Take in how probable speech is up to a frame, from where the last call ended.

        Half of the threshold is enough next to speech, after it or before it.
        """
        start, self._heard_to = self._heard_to, end
        if probability >= self._threshold:
            self._add(start if self._doubtful_from is None else self._doubtful_from, end)
        elif probability >= self._threshold / 2 and self._was_speech:
            self._add(start, end)
        elif probability >= self._threshold / 2:
            if self._doubtful_from is None or self._doubtful_from < start - self._margin:
                self._doubtful_from = start
        else:
            self._was_speech, self._doubtful_from = False, None

    def finish(self) -> None:
        """Take it for speech if the recording ended in doubt."""
        if self._doubtful_from is not None:
            self._add(self._doubtful_from, self._heard_to)

    def private_after(self, end: int) -> int:
        """Return how many frames after the end of the recording are private."""
        return max(0, self.spans[-1].end - end) if self.spans else 0

    def _add(self, start: int, end: int) -> None:
        self._was_speech, self._doubtful_from = True, None
        span = Span(max(0, start - self._margin), end + self._margin)
        while self.spans and self.spans[-1].end >= span.start:
            last = self.spans.pop()
            span = Span(min(last.start, span.start), max(last.end, span.end))
        self.spans.append(span)
