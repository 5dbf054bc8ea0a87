"""A microphone that is listened to for as long as wanted, whatever it does meanwhile."""

import contextlib
import logging
import threading
from collections.abc import Callable

from acoupi._clock import monotonic_s
from acoupi.audio.backoff import Backoff
from acoupi.audio.capture import Capture, as_instant
from acoupi.audio.loss import Lost, Why
from acoupi.errors import DeviceError, RecordingError

__all__ = ["Stream"]

logger = logging.getLogger(__name__)


class Stream:
    """Captures of one microphone, one after the other: when one fails the next is tried.

    Parameters
    ----------
    name
        Of the microphone.
    open_capture
        Begins to listen.
    backoff
        How long to wait before each try.
    """

    def __init__(
        self, name: str, open_capture: Callable[[], Capture], backoff: Backoff | None = None
    ) -> None:
        self.name = name
        self._open = open_capture
        self._backoff = backoff or Backoff()
        self._news = threading.Condition()
        self._capture: Capture | None = None
        self._hurry = self._closing = False
        self._down_since_s: float | None = monotonic_s()
        self._trouble: tuple[Why, str] = "gone", ""
        self._is_told = False
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
        capture.wait_for(1)
        return capture

    def losses(self) -> list[Lost]:
        """Return what was lost since this was last asked, also if it still is."""
        with self._news:
            capture = self._capture
            if capture is not None:
                self._lost += capture.losses()
                if not _is_well(capture):
                    self._count_as_down(capture, monotonic_s())
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
            self._follow(capture)
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
            self._capture = self._open()
            if self._closing:
                self._capture.dismiss()
            self._news.notify_all()
            return self._capture

    def _follow(self, capture: Capture) -> None:
        """Wait until a capture fails."""
        with contextlib.suppress(DeviceError):
            capture.wait_for(1)
            self._note_return(capture)
            capture.wait_for_failure()

    def _note_failure(self, capture: Capture) -> None:
        if self._down_since_s is None or not self._is_told:
            logger.warning("%s; it is tried again until it is back", capture.failure)
            self._trouble = capture.failed_why, str(capture.failure)
            self._is_told = True
        if self._down_since_s is None:
            self._down_since_s = capture.end_s()

    def _note_return(self, capture: Capture) -> None:
        with self._news:
            since_s, back_s = self._down_since_s, capture.second_of(0)
            if self._is_told and since_s is not None:
                logger.warning("the microphone %r is back", self.name)
                self._count_as_down(capture, back_s)
            self._down_since_s, self._is_told = None, False

    def _count_as_down(self, capture: Capture, until_s: float) -> None:
        since_s = self._down_since_s
        if since_s is None or until_s <= since_s or not self._is_told:
            return
        samples = round((until_s - since_s) * capture.format.rate_hz)
        span = as_instant(since_s), as_instant(until_s)
        self._lost.append(Lost(*span, samples, *self._trouble))
        self._down_since_s = until_s


def _is_well(capture: Capture) -> bool:
    return capture.frames > 0 and capture.failure is None
