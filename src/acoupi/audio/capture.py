"""Sound from a device, through a child process that may hang or die."""

import datetime as dt
import logging
import os
import select
import shutil
import subprocess
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from acoupi._clock import monotonic_s, utc_now
from acoupi.audio.listener import Listener, Unpack
from acoupi.audio.ring import Ring
from acoupi.audio.wav import WavFormat
from acoupi.errors import (
    DeviceConfigurationError,
    DeviceError,
    DeviceUnavailableError,
    RecordingError,
)

__all__ = ["Capture", "Patience"]

logger = logging.getLogger(__name__)

READ_BYTES = 1 << 18
BLOCK_BYTES = 1 << 18


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
        self.patience = patience or Patience()
        self._ring = Ring(kept_frames * format.frame_bytes)
        self._heard_s = monotonic_s()
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

    def instant_of(self, frame: int) -> dt.datetime:
        """Return when a frame was heard, by the clock as it is set now."""
        with self._news:
            ago_s = (self.frames - frame) / self.format.rate_hz + monotonic_s() - self._heard_s
            return utc_now() - dt.timedelta(seconds=ago_s)

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

    def close(self) -> None:
        """End the child and the thread."""
        self._closing.set()
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
        deadline_s = monotonic_s() + self.patience.first_s
        while not self._closing.is_set():
            ready, _, _ = select.select([sound, words], [], [], 0.2)
            if words in ready and self._note(os.read(words, 4096)):
                return self._wrong_rate()
            if sound in ready:
                data = os.read(sound, READ_BYTES)
                if not data:
                    self._note(child.stderr.read())
                    return self._ended()
                self._hear(data)
                deadline_s = monotonic_s() + self.patience.next_s
            elif monotonic_s() > deadline_s:
                return self._silent()
        return RecordingError(f"the microphone {self.device_name!r} was closed")

    def _hear(self, data: bytes) -> None:
        with self._news:
            self._ring.write(self._unpack(data))
            self._heard_s = monotonic_s()
            self._news.notify_all()

    def _note(self, words: bytes | None) -> bool:
        """Remember what the child says, and tell whether it records at another rate."""
        lines = [line for line in (words or b"").decode(errors="replace").splitlines() if line]
        self._errors.extend(line.strip() for line in lines)
        for line in lines:
            if self.listener.lost in line:
                logger.warning("the microphone %s lost sound: %s", self.device_name, line)
        wrong = self.listener.other_rate
        return wrong is not None and any(wrong in line for line in lines)

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
        waited_s = self.patience.next_s if self._ring.end else self.patience.first_s
        return RecordingError(
            f"the microphone {self.device_name!r} gave no sound for {waited_s:g} s{self._said()}",
            help="check that it is plugged in; it is opened anew for the next recording",
        )

    def _wrong_rate(self) -> DeviceError:
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


def _ends_with_us() -> list[str]:
    """Return a prefix by which the kernel ends the child, even a hung one, if we are killed."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []
