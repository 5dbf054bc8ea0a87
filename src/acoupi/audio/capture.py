"""Sound from a device, through a child process that may hang or die."""

import contextlib
import datetime as dt
import fcntl
import logging
import os
import select
import shutil
import subprocess
import termios
import threading
from array import array
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from acoupi._clock import monotonic_s, utc_now
from acoupi.audio.flat import FlatCheck
from acoupi.audio.listener import Listener, Unpack
from acoupi.audio.loss import Lost, Why
from acoupi.audio.ring import Ring
from acoupi.audio.timeline import Timeline
from acoupi.audio.wav import WavFormat
from acoupi.errors import (
    DeviceConfigurationError,
    DeviceError,
    DeviceUnavailableError,
    RecordingError,
)

__all__ = ["Capture", "Patience", "as_instant"]

logger = logging.getLogger(__name__)

READ_BYTES = 1 << 18
BLOCK_BYTES = 1 << 18
PIPE_BYTES = 1 << 20
"""What the child may be ahead of us, beside the buffer of the device."""


@dataclass(frozen=True)
class Patience:
    """How long to wait for sound before the device is given up."""

    first_s: float = 5
    next_s: float = 2


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
    """

    def __init__(
        self,
        listener: Listener,
        device_name: str,
        format: WavFormat,
        kept_frames: int,
        patience: Patience | None = None,
    ) -> None:
        self.listener = listener
        self.device_name = device_name
        self.format = format
        self.failure: DeviceError | None = None
        self.failed_why: Why = "gone"
        self.patience = patience or Patience()
        self._ring = Ring(kept_frames * format.frame_bytes)
        self._timeline = Timeline(format.rate_hz, listener.is_paced)
        self._flat = FlatCheck(format)
        self._read_bytes = 0
        self._news = threading.Condition()
        self._errors: deque[str] = deque(maxlen=20)
        self._unpack: Unpack = bytes
        self._closing = threading.Event()
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

    def end_s(self) -> float:
        """Return when the last frame was heard, as the monotonic clock tells."""
        return self.second_of(self.frames)

    def losses(self) -> list[Lost]:
        """Return what was found missing, or flat, since this was last asked."""
        rate_hz = self.format.rate_hz
        with self._news:
            holes = self._timeline.take_holes(at_end=self.failure is not None)
            lost = [
                Lost(as_instant(h.from_s), as_instant(h.to_s), h.samples(rate_hz), h.why)
                for h in holes
            ]
            flat = self._flat.take()
            if flat:
                first, end = (as_instant(self._timeline.second_of(frame)) for frame in flat)
                lost.append(Lost(first, end, flat[1] - flat[0], "flat"))
            return lost

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

    def wait_for_failure(self) -> None:
        """Wait until nothing more will be heard."""
        with self._news:
            self._news.wait_for(lambda: self.failure)

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
                raise RecordingError(
                    f"sound of the microphone {self.device_name!r} came faster than it was written"
                ) from error

    def _run(self) -> None:
        try:
            child = self._start_child()
        except DeviceError as error:
            self._fail(error)
            return
        except OSError as error:
            self._fail(self._not_started(error))
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
        return subprocess.Popen(
            [*_ends_with_us(), *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=os.environ | {"LC_ALL": "C"},
        )

    def _listen(self, child: subprocess.Popen[bytes]) -> DeviceError:
        """Read the child until something is wrong, and say what."""
        assert child.stdout is not None  # noqa: S101
        assert child.stderr is not None  # noqa: S101
        sound, words = child.stdout.fileno(), child.stderr.fileno()
        _widen(sound)
        deadline_s = monotonic_s() + self.patience.first_s
        while not self._closing.is_set():
            ready, _, _ = select.select([sound, words], [], [], 0.2)
            if words in ready and self._note(os.read(words, 4096), _waiting(sound)):
                return self._wrong_rate()
            if sound in ready:
                data = os.read(sound, READ_BYTES)
                if not data:
                    self._note(child.stderr.read())
                    return self._ended()
                self._hear(data)
                if off := self._timeline.off_rate():
                    return self._off_rate(off)
                deadline_s = monotonic_s() + self.patience.next_s
            elif monotonic_s() > deadline_s:
                return self._silent()
        return RecordingError(f"the microphone {self.device_name!r} was closed")

    def _hear(self, data: bytes) -> None:
        with self._news:
            samples = self._unpack(data)
            self._ring.write(samples)
            self._note_sound(len(data), samples)
            self._news.notify_all()

    def _note_sound(self, read_bytes: int, samples: bytes) -> None:
        self._read_bytes += read_bytes
        self._timeline.note(self.frames, monotonic_s())
        if samples and self._flat.note(samples, self.frames):
            logger.warning("the microphone %r gives nothing but one value", self.device_name)

    def _note(self, words: bytes | None, waiting_bytes: int = 0) -> bool:
        """Remember what the child says, and tell whether it records at another rate.

        Parameters
        ----------
        words
            What it said.
        waiting_bytes
            How much of what it heard before is not read yet.
        """
        lines = [line for line in (words or b"").decode(errors="replace").splitlines() if line]
        self._errors.extend(line.strip() for line in lines)
        for line in lines:
            if self.listener.lost in line:
                logger.warning("the microphone %s lost sound: %s", self.device_name, line)
                self._break_after(waiting_bytes)
        wrong = self.listener.other_rate
        return wrong is not None and any(wrong in line for line in lines)

    def _break_after(self, waiting_bytes: int) -> None:
        with self._news:
            # Of what the child writes, not all may be samples.
            share = self._ring.end / max(1, self._read_bytes)
            waiting = round(waiting_bytes * share / self.format.frame_bytes)
            self._timeline.break_at(self.frames + waiting, "overrun")

    def _fail(self, failure: DeviceError) -> None:
        with self._news:
            self.failure = failure
            self._news.notify_all()

    def _ended(self) -> DeviceError:
        said = self._said()
        if self._ring.end:
            return RecordingError(f"the microphone {self.device_name!r} stopped{said}")
        if any(self.listener.refused in line for line in self._errors):
            return DeviceConfigurationError(
                f"the microphone {self.device_name!r} cannot record {self.format.channels} "
                f"channel(s) at {self.format.rate_hz} Hz{said}",
                help=self.listener.help_settings.format(device_name=self.device_name),
            )
        holder = self.listener.holder and self.listener.holder(self.device_name)
        if holder:
            return DeviceUnavailableError(
                f"the microphone {self.device_name!r} is in use by {holder}{said}",
                help="end that program, or choose another microphone",
            )
        return DeviceUnavailableError(
            f"the microphone {self.device_name!r} cannot be opened{said}",
            help=self.listener.help_devices,
        )

    def _not_started(self, error: OSError) -> DeviceError:
        return DeviceUnavailableError(
            f"the microphone {self.device_name!r} cannot be listened to: "
            f"{error.filename or 'the program for it'} cannot be started: {error.strerror}",
            help="check that there are memory and process numbers left",
        )

    def _silent(self) -> DeviceError:
        self.failed_why = "stalled"
        waited_s = self.patience.next_s if self._ring.end else self.patience.first_s
        return RecordingError(
            f"the microphone {self.device_name!r} gave no sound for {waited_s:g} s{self._said()}",
            help="check that it is plugged in; it is opened anew for the next recording",
        )

    def _off_rate(self, off: float) -> DeviceError:
        self._errors.append(f"it gives {self.format.rate_hz / (1 + off):.0f} a second")
        return self._wrong_rate()

    def _wrong_rate(self) -> DeviceError:
        self.failed_why = "wrong_rate"
        return DeviceConfigurationError(
            f"the microphone {self.device_name!r} does not record at "
            f"{self.format.rate_hz} Hz{self._said()}",
            help="set the sample rate of the microphone to one that it has",
        )

    def _said(self) -> str:
        """Return the child's last words that are not its greeting."""
        greeting = self.listener.greeting
        words = [line for line in self._errors if not (greeting and line.startswith(greeting))]
        return f": {words[-1]}" if words else ""


def as_instant(second: float) -> dt.datetime:
    """Return an instant of the monotonic clock by the clock on the wall, as it is set now."""
    return utc_now() - dt.timedelta(seconds=monotonic_s() - second)


def _widen(pipe: int) -> None:
    # More than others may use is refused, and what there is will do.
    with contextlib.suppress(OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)


def _waiting(pipe: int) -> int:
    """Return how many bytes can be read."""
    size = array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, size)
    return size[0]


def _ends_with_us() -> list[str]:
    """Return a prefix by which the kernel ends the child, even a hung one, if we are killed."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []
