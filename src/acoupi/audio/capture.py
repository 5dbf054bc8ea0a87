"""Sound from a device, through a child process that may hang or die."""

import datetime as dt
import logging
import os
import select
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from acoupi._clock import monotonic_s, utc_now
from acoupi.audio.child import start_child, waiting_bytes
from acoupi.audio.flat import FlatCheck
from acoupi.audio.listener import Listener, Unpack
from acoupi.audio.loss import Lost, Why
from acoupi.audio.ring import Ring
from acoupi.audio.timeline import Timeline
from acoupi.audio.wav import WavFormat
from acoupi.audio.words import Words
from acoupi.errors import DeviceError

__all__ = ["Capture", "Patience", "as_instant"]

logger = logging.getLogger(__name__)

ERRORS = 5
"""How often sound may be lost, one time after the other, before there is none at all."""

READ_BYTES = 1 << 18
BLOCK_BYTES = 1 << 18


@dataclass(frozen=True)
class Patience:
    """How long to wait for sound before the device is given up."""

    first_s: float = 3
    next_s: float = 2.5


class Capture:
    """One run of a listener, and the latest stretch of what it heard.

    A thread of its own reads the child, which ends with that thread. Once
    something failed the capture stays failed: make another one.

    Parameters
    ----------
    listener
        What records.
    device_name
        As the listener knows it.
    format
        What to ask the device for: samples of 16 or 24 bit.
    kept_frames
        How much of the past to keep.
    patience
        When to give up a device that is silent for good.
    before
        The one before it, of the same device: what it has shown holds on.
    """

    def __init__(
        self,
        listener: Listener,
        device_name: str,
        format: WavFormat,
        kept_frames: int,
        patience: Patience | None = None,
        before: "Capture | None" = None,
    ) -> None:
        self.listener = listener
        self.device_name = device_name
        self.format = format
        self.failure: DeviceError | None = None
        self.failed_why: Why = "gone"
        self.patience = patience or Patience()
        self.begun_s = monotonic_s()
        self._ring = Ring(kept_frames * format.frame_bytes)
        self._timeline = _timeline_after(before, listener, format)
        self._flat = FlatCheck(format)
        self._flat.expect(before.flat_value if before else b"")
        self._read_bytes = self._overruns = 0
        self._news = threading.Condition()
        self._words = Words(listener, device_name, format)
        self._unpack: Unpack = bytes
        self._closing = threading.Event()
        self._giving_up: DeviceError | None = None
        # The kernel ends the child with the thread that made it, so that
        # thread has to be one that lives as long as the capture.
        self._thread = threading.Thread(target=self._run, name="capture", daemon=True)
        self._thread.start()

    @property
    def frames(self) -> int:
        """How many frames were heard so far."""
        return self._ring.end // self.format.frame_bytes

    @property
    def oldest_frame(self) -> int:
        """The first frame that is still kept."""
        return -(-self._ring.start // self.format.frame_bytes)

    def wait_for(self, frames: int) -> None:
        """Wait until that many frames were heard.

        Raises
        ------
        DeviceError
            If the device fails before.
        """
        with self._news:
            self._news.wait_for(lambda: self.frames >= frames or self.failure)
            if self.frames < frames and self.failure:
                raise self.failure

    def wait_until_useful(self) -> None:
        """Wait for sound that comes at the right rate.

        Raises
        ------
        DeviceError
            If the device fails before.
        """
        with self._news:
            self._news.wait_for(lambda: self.is_useful or self.failure)
            if self.failure and not self.is_useful:
                raise self.failure

    @property
    def is_useful(self) -> bool:
        """Whether there is sound that comes at the right rate."""
        return self.frames > self.first_frame and self._timeline.is_trusted

    @property
    def is_settled(self) -> bool:
        """Whether enough came to know to a fraction of a millisecond when it was heard."""
        return self.is_useful and self._timeline.is_settled

    @property
    def first_frame(self) -> int:
        """The first that is of use."""
        return self._timeline.first_frame

    @property
    def flat_value(self) -> bytes:
        """The frame that comes again and again; empty if there is sound."""
        return self._flat.value

    @property
    def true_rate_hz(self) -> float:
        """How many frames come in a second of the clock, as far as is known."""
        with self._news:
            return self._timeline.true_rate_hz

    @property
    def drift_ppm(self) -> float | None:
        """How much longer the device's second is than the clock's; None: too early to tell."""
        with self._news:
            return self._timeline.drift_ppm

    def instant_of(self, frame: int) -> dt.datetime:
        """Return when a frame was heard, by the clock as it is set now."""
        with self._news:
            return as_instant(self._timeline.second_of(frame))

    def frame_at(self, instant: dt.datetime) -> int:
        """Return the frame that was heard, or will be, at an instant."""
        second = monotonic_s() - (utc_now() - instant).total_seconds()
        with self._news:
            return self._timeline.frame_at(second)

    def second_of(self, frame: int) -> float:
        """Return when a frame was heard, as the monotonic clock tells."""
        with self._news:
            return self._timeline.second_of(frame)

    def useful_until_s(self) -> float:
        """Return when the last useful frame was heard, as the monotonic clock tells."""
        with self._news:
            if self.failed_why == "wrong_rate" and self._timeline.off_rate():
                return self._timeline.wrong_since()
            return self._timeline.second_of(self.frames)

    def losses(self) -> list[Lost]:
        """Return what was found missing, or flat, since this was last asked."""
        with self._news:
            holes = self._timeline.take_holes(at_end=self.failure is not None)
            flat = [
                (*map(self._timeline.second_of, stretch), stretch[1] - stretch[0])
                for stretch in self._flat.take()
            ]
        lost = [
            Lost(as_instant(hole.from_s), as_instant(hole.to_s), hole.samples, hole.why)
            for hole in holes
        ]
        return lost + [Lost(as_instant(a), as_instant(b), n, "flat") for a, b, n in flat]

    def blocks(self, start: int, frames: int) -> Iterator[bytes]:
        """Read a stretch while it is heard; if the device fails, first what came before."""
        size = self.format.frame_bytes
        per_block = BLOCK_BYTES // size
        for first in range(start, start + frames, per_block):
            wanted = min(per_block, start + frames - first)
            try:
                self.wait_for(first + wanted)
            except DeviceError:
                if self.frames > first:
                    yield self._read(first * size, (self.frames - first) * size)
                raise
            yield self._read(first * size, wanted * size)

    def wait_for_failure(self, at_most_s: float) -> bool:
        """Wait until nothing more will be heard, and tell whether it is so."""
        with self._news:
            return bool(self._news.wait_for(lambda: self.failure, at_most_s))

    def give_up(self, failure: DeviceError, why: Why) -> None:
        """Let a capture fail that goes on, and of which there is nothing to be hoped for."""
        self.failed_why = why
        self._giving_up = failure

    def give_up_flat(self) -> None:
        """Let it fail since it gives nothing but one value."""
        self.give_up(self._words.flat(), "flat")

    def dismiss(self) -> None:
        """End the child some time soon."""
        self._closing.set()

    def close(self) -> None:
        """End the child and the thread."""
        self.dismiss()
        self._thread.join()

    def _read(self, start: int, size: int) -> bytes:
        with self._news:
            try:
                return self._ring.read(start, size)
            except IndexError as error:
                raise self._words.too_late() from error

    def _run(self) -> None:
        try:
            child = self._start_child()
        except DeviceError as error:
            self._fail(error)
            return
        except OSError as error:
            self._fail(self._words.not_started(error))
            return
        with child:
            try:
                failure = self._listen(child)
            finally:
                child.kill()
        self._fail(failure)

    def _start_child(self) -> subprocess.Popen[bytes]:
        command = self.listener.command(self.device_name, self.format)
        self._unpack = self.listener.unpack(command)
        return start_child(command)

    def _listen(self, child: subprocess.Popen[bytes]) -> DeviceError:
        """Read the child until something is wrong, and say what."""
        assert child.stdout is not None  # noqa: S101
        assert child.stderr is not None  # noqa: S101
        sound, words = child.stdout.fileno(), child.stderr.fileno()
        deadline_s = monotonic_s() + self.patience.first_s
        while not (self._closing.is_set() or self._giving_up):
            ready, _, _ = select.select([sound, words], [], [], 0.2)
            if words in ready and self._note(os.read(words, 4096), waiting_bytes(sound)):
                return self._wrong_rate()
            if self._overruns > ERRORS:
                return self._words.erring()
            if sound in ready:
                data = os.read(sound, READ_BYTES)
                if not data:
                    self._note((child.stderr.read() or b"") + b"\n")
                    return self._words.ended() if self._ring.end else self._words.not_opened()
                self._hear(data)
                if off := self._timeline.off_rate():
                    return self._wrong_rate(off)
                deadline_s = monotonic_s() + self.patience.next_s
            elif monotonic_s() > deadline_s:
                return self._silent()
        return self._giving_up or self._words.closed()

    def _hear(self, data: bytes) -> None:
        with self._news:
            samples = self._unpack(data)
            self._ring.write(samples)
            self._note_sound(len(data), samples)
            self._news.notify_all()

    def _note_sound(self, read_bytes: int, samples: bytes) -> None:
        self._read_bytes += read_bytes
        self._overruns = 0
        self._timeline.note(self.frames, monotonic_s())
        if samples and self._flat.note(samples, self.frames):
            logger.warning("the microphone %r gives nothing but one value", self._words.shown_name)

    def _note(self, words: bytes, waiting_bytes: int = 0) -> bool:
        """Remember what the child says, and tell whether it records at another rate.

        Parameters
        ----------
        words
            What it said.
        waiting_bytes
            How much of what it heard before is not read yet.
        """
        lines = self._words.note(words)
        for line in lines:
            if self.listener.lost in line:
                self._note_overrun(line, waiting_bytes)
        return any(map(self._words.is_wrong_rate, lines))

    def _note_overrun(self, line: str, waiting_bytes: int) -> None:
        self._overruns += 1
        if self._overruns > 1:
            return
        logger.warning("the microphone %r lost sound: %s", self._words.shown_name, line)
        with self._news:
            # Of what the child writes, not all may be samples.
            share = self._ring.end / max(1, self._read_bytes)
            waiting = round(waiting_bytes * share / self.format.frame_bytes)
            self._timeline.break_at(self.frames + waiting, "overrun")

    def _fail(self, failure: DeviceError) -> None:
        with self._news:
            self.failure = failure
            self._news.notify_all()

    def _silent(self) -> DeviceError:
        self.failed_why = "stalled"
        waited_s = self.patience.next_s if self._ring.end else self.patience.first_s
        return self._words.silent(waited_s)

    def _wrong_rate(self, off: float | None = None) -> DeviceError:
        self.failed_why = "wrong_rate"
        return self._words.wrong_rate(off)


def _timeline_after(before: Capture | None, listener: Listener, format: WavFormat) -> Timeline:
    if before is None:
        return Timeline(format.rate_hz, listener.is_paced)
    known = before._timeline
    is_trusted = known.is_trusted and before.failed_why != "wrong_rate"
    return Timeline(format.rate_hz, listener.is_paced, known.drift_to_go_on_with, is_trusted)


def as_instant(second: float) -> dt.datetime:
    """Return an instant of the monotonic clock by the clock on the wall, as it is set now."""
    return utc_now() - dt.timedelta(seconds=monotonic_s() - second)
