"""One device whose channels are different microphones."""

import threading
from collections.abc import Callable

from acoupi.audio.capture import Capture
from acoupi.audio.loss import Lost
from acoupi.audio.stream import Stream

__all__ = ["SharedStream", "StreamShare"]

TOGETHER_S = 0.5
"""How much later than the first others may begin to listen, and miss nothing."""


class SharedStream:
    """A stream that several listen to; it runs as long as one of them does."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stream: Stream | None = None
        self._shares: list[StreamShare] = []

    def join(self, name: str, open_capture: Callable[[Capture | None], Capture]) -> "StreamShare":
        """Listen, too; whoever comes first opens the device.

        Parameters
        ----------
        name
            Of the microphone.
        open_capture
            Begins to listen.
        """
        with self._lock:
            if self._stream is None:
                self._stream = Stream(name, open_capture)
            share = StreamShare(self, self._stream, _beginning(self._stream))
            self._shares.append(share)
            return share

    def spread_losses(self) -> None:
        """Give what was lost since this was last asked to all who listen."""
        with self._lock:
            self._spread()

    def leave(self, share: "StreamShare") -> None:
        """Listen no more; the last one closes the device."""
        with self._lock:
            if share not in self._shares:
                return
            stream, is_last = share.stream, len(self._shares) == 1
            if is_last:
                self._stream = None
                stream.close()
            self._spread(stream)
            self._shares.remove(share)

    def _spread(self, stream: Stream | None = None) -> None:
        stream = stream or self._stream
        lost = stream.losses() if stream else []
        for share in self._shares:
            share.lost += lost


def _beginning(stream: Stream) -> tuple[Capture, int] | None:
    """Return where a stream is; None if it has only begun, so that all channels begin alike."""
    capture = stream.capture
    if capture is None or capture.frames < TOGETHER_S * capture.format.rate_hz:
        return None
    return capture, capture.frames


class StreamShare:
    """What one of several who listen to a stream sees of it."""

    def __init__(
        self, shared: SharedStream, stream: Stream, beginning: tuple[Capture, int] | None = None
    ) -> None:
        self.stream = stream
        self.beginning = beginning
        """The first frame that is for who came later than others; None: all are."""

        self.lost: list[Lost] = []
        self._shared = shared

    @property
    def capture(self) -> Capture | None:
        """The capture that is running, or was last."""
        return self.stream.capture

    def listening(self) -> Capture:
        """Return a capture that gives sound.

        Raises
        ------
        DeviceError
            If it gives none.
        """
        return self.stream.listening()

    def losses(self) -> list[Lost]:
        """Return what was lost since this was last asked."""
        self._shared.spread_losses()
        lost, self.lost = self.lost, []
        return lost

    def close(self) -> None:
        """Stop listening."""
        self._shared.leave(self)

    def dismiss(self) -> None:
        """Stop listening some time soon, at the end of the process."""
        self.stream.dismiss()
