"""A microphone that is listened to for as long as wanted, whatever it does meanwhile."""

import logging
import threading
from collections.abc import Callable

from acoupi._clock import monotonic_s
from acoupi.audio.addresses import without_password
from acoupi.audio.backoff import Backoff, Reopening
from acoupi.audio.capture import Capture, as_instant
from acoupi.audio.loss import Lost
from acoupi.audio.outage import Outage
from acoupi.errors import RecordingError

__all__ = ["Stream"]

logger = logging.getLogger(__name__)

LOOK_S = 0.2
"""How often a capture is looked at that goes on."""


class Stream:
    """Captures of one microphone, one after the other: when one fails the next is tried.

    Parameters
    ----------
    name
        Of the microphone.
    open_capture
        Begins to listen; it is handed the capture before, if there was one.
    backoff
        How long to wait before each try.
    reopening
        When to open a microphone anew that gives nothing but one value.
    """

    def __init__(
        self,
        name: str,
        open_capture: Callable[[Capture | None], Capture],
        backoff: Backoff | None = None,
        reopening: Reopening | None = None,
    ) -> None:
        self.name = name
        self._open = open_capture
        self._backoff = backoff or Backoff()
        self._reopening = reopening or Reopening()
        self._news = threading.Condition()
        self._capture: Capture | None = None
        self._hurry = self._closing = False
        self._begun_s = monotonic_s()
        self._outage: Outage | None = None
        self._failed: Capture | None = None
        self._is_back = True
        self._lost: list[Lost] = []
        self._thread = threading.Thread(target=self._run, name="stream", daemon=True)
        self._thread.start()

    @property
    def capture(self) -> Capture | None:
        """The capture that is running, or was last."""
        return self._capture

    def listening(self) -> Capture:
        """Return a capture that gives sound; one that waits to be tried again is tried now.

        Raises
        ------
        DeviceError
            If it gives none.
        """
        with self._news:
            if self._capture is None or self._capture.failure:
                failed, self._hurry = self._capture, True
                self._news.notify_all()
                self._news.wait_for(lambda: self._capture is not failed or self._closing)
            capture = self._capture
        if capture is None:
            raise RecordingError(f"the microphone {self.name!r} was closed")
        capture.wait_until_useful()
        return capture

    def losses(self) -> list[Lost]:
        """Return what was lost since this was last asked, also if it still is."""
        with self._news:
            capture = self._capture
            if capture is not None:
                if capture.failure and not self._closing:
                    self._note_failure(capture)
                self._settle(capture, at_end=capture.failure is not None)
                self._lost += capture.losses()
                if not self._is_back:
                    # What the capture gives may have been heard since it began.
                    self._count(monotonic_s() if capture.failure else capture.begun_s)
            lost, self._lost = self._lost, []
        return lost

    def close(self) -> None:
        """Stop listening."""
        self.dismiss()
        self._thread.join()

    def dismiss(self) -> None:
        """Stop listening some time soon."""
        with self._news:
            self._closing = True
            self._news.notify_all()
            if self._capture is not None:
                self._capture.dismiss()

    def _run(self) -> None:
        while not self._closing:
            capture = self._begin()
            while not capture.wait_for_failure(LOOK_S):
                self._look_at(capture)
            capture.close()
            with self._news:
                if self._closing:
                    return
                self._note_failure(capture)
                wait_s = self._backoff.wait_s(went_well=capture.frames > 0)
                self._news.wait_for(lambda: self._hurry or self._closing, wait_s)

    def _begin(self) -> Capture:
        with self._news:
            before, self._hurry = self._capture, False
            if before is not None:
                self._lost += before.losses()
            self._capture = self._open(before)
            if self._closing:
                self._capture.dismiss()
            self._news.notify_all()
            return self._capture

    def _look_at(self, capture: Capture) -> None:
        with self._news:
            if not capture.is_useful:
                return
            is_flat = bool(capture.flat_value) and capture.listener.is_paced
            if not (self._is_back or is_flat):
                logger.warning("the microphone %r is back", without_password(self.name))
                self._is_back = True
            self._settle(capture)
        if self._reopening.is_due(is_flat, monotonic_s()):
            capture.give_up_flat()

    def _note_failure(self, capture: Capture) -> None:
        """Note since when there is nothing useful; a try that gave nothing changes nothing."""
        if capture is self._failed:
            return
        self._settle(capture, at_end=True)
        if self._is_back:
            logger.warning("%s; it is tried again until it is back", capture.failure)
        self._is_back, self._failed = False, capture
        if self._outage is None:
            since_s = capture.useful_until_s() if capture.is_useful else self._begun_s
            self._outage = Outage(
                since_s, capture.true_rate_hz, capture.failed_why, str(capture.failure)
            )

    def _settle(self, capture: Capture, at_end: bool = False) -> None:
        """Count an outage to its end, once that is known well."""
        is_known = capture.is_settled or (at_end and capture.is_useful)
        if self._outage is not None and is_known and capture is not self._failed:
            self._count(capture.second_of(capture.first_frame))
            self._outage = None

    def _count(self, until_s: float) -> None:
        part = self._outage and self._outage.until(until_s)
        if self._outage and part:
            span = as_instant(part.from_s), as_instant(part.to_s)
            self._lost.append(Lost(*span, part.samples, self._outage.why, self._outage.detail))
