"""What recorders have in common that cut their recordings from one stream."""

import datetime as dt
import logging
import math
import weakref
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from typing import NamedTuple

from acoupi._files import PART_SUFFIX
from acoupi._home import temp_audio_dir
from acoupi.audio.addresses import without_password
from acoupi.audio.capture import Capture, Patience
from acoupi.audio.level import Snippet
from acoupi.audio.listener import Listener
from acoupi.audio.loss import Lost
from acoupi.audio.segment import finish_part, segment_name, write_sound, write_what_comes
from acoupi.audio.shared_stream import SharedStream, StreamShare
from acoupi.audio.sieve import Sieve, Withheld, removed_by, sift
from acoupi.audio.split import mono, pick_channel
from acoupi.audio.stream import Stream
from acoupi.audio.wav import WavFormat
from acoupi.components.types import AudioRecorder
from acoupi.data import Deployment, Recording

__all__ = ["JOINS_WITHIN_S", "SAMPLE_BYTES", "TMP_PATH", "CaptureRecorder"]

logger = logging.getLogger(__name__)

SAMPLE_BYTES = 2
TMP_PATH = temp_audio_dir()
JOINS_WITHIN_S = 0.5
"""For recorders that are not told whether they record with pauses."""

LATE_S = 10
"""How long a computer may be held up, as by a memory card that stalls, before sound is lost."""

KEPT_S = 30
KEPT_BYTES = 64 << 20

TELLING_PPM = 20
"""By how much a drift must change before it is told again."""

EARLY_S = 0.25
"""By how much a recording may be asked for before it is due."""


class End(NamedTuple):
    """Where a recording ended."""

    capture: Capture
    frame: int

    @property
    def is_followed_by_sound(self) -> bool:
        """Whether the device failed since, and what it gave before is not recorded yet."""
        capture = self.capture
        return capture.failure is not None and capture.oldest_frame <= self.frame < capture.frames


class CaptureRecorder(AudioRecorder):
    """Cuts recordings from the one stream of a device.

    The device is opened by the first recording and listened to from then on.

    Parameters
    ----------
    listener
        What listens to the device.
    device_name
        As the listener knows it.
    duration_s
        Length of a recording.
    audio_dir
        Where recordings are made.
    samplerate_hz, audio_channels
        What to ask the device for.
    time_expansion
        How much slower than it was heard the microphone gives the sound.
    joins_within_s
        How late after the end of the one before it a recording may be asked
        for, and still begin with the very next sample; by default, one
        duration.
    bit_depth
        Of a sample: 16 or 24.
    patience
        When to give up a device that gives no sound.
    interval_s
        How often recordings are asked for: at multiples of it in UTC. With
        pauses between them, each begins at its multiple, whenever it is asked
        for; by default, when it is asked for.
    """

    def __init__(
        self,
        listener: Listener,
        device_name: str,
        duration_s: float,
        audio_dir: Path,
        *,
        samplerate_hz: int = 48_000,
        audio_channels: int = 1,
        time_expansion: float = 1,
        joins_within_s: float | None = None,
        patience: Patience | None = None,
        bit_depth: int = 8 * SAMPLE_BYTES,
        interval_s: float | None = None,
    ) -> None:
        self.listener = listener
        self.device_name = device_name
        self.duration_s = duration_s
        self.audio_dir = audio_dir
        self.time_expansion = time_expansion
        self.joins_within_s = duration_s if joins_within_s is None else joins_within_s
        self.device_format = WavFormat(samplerate_hz, audio_channels, bit_depth // 8)
        self.format = self.device_format
        self.channel: int | None = None
        self.frames = self._frames_in(duration_s)
        self._patience = patience
        self.interval_s = interval_s
        self.sieves: Sequence[Sieve] = ()
        self.kept_frames = kept_frames(self.frames, self.device_format)
        self.shared: SharedStream | None = None
        self._stream: Stream | StreamShare | None = None
        self._end: End | None = None
        self._lost: list[Lost] = []
        self._told_ppm = math.inf

    def take_channel(self, channel: int) -> None:
        """Record only one channel of what the device gives; the first is 1."""
        self.channel = channel
        self.format = mono(self.device_format)

    def check(self) -> None:
        """Listen to the device for a moment.

        Raises
        ------
        DeviceError
            If it gives no sound.
        """
        capture = self._open()
        try:
            capture.wait_for(1)
        finally:
            capture.close()

    def listen(self, duration_s: float) -> Snippet:
        """Listen to the device for a while, and keep nothing.

        Raises
        ------
        DeviceError
            If it cannot be opened, or gives no sound.
        """
        frames = self._frames_in(duration_s)
        capture = self._open()
        try:
            return Snippet(self.format, b"".join(self._blocks(capture, 0, frames)))
        finally:
            capture.close()

    def hear(self, block_s: float) -> Generator[Snippet]:
        """Listen to the device on and on, a block at a time, and keep nothing.

        Raises
        ------
        DeviceError
            If it cannot be opened, or fails.
        """
        frames = self._frames_in(block_s)
        capture = self._open()
        try:
            for start in count(0, frames):
                yield Snippet(self.format, b"".join(self._blocks(capture, start, frames)))
        finally:
            capture.close()

    def record(self, deployment: Deployment) -> Recording:
        """Record the next stretch of what the device hears.

        If the device stops midway, the recording is as long as it lasted.

        Raises
        ------
        DeviceError
            If the device cannot be opened, or gives no sound.
        Withheld
            If a sieve lets nothing of it through; the next one begins after it.
        """
        capture = self._listening()
        start = self._start(capture)
        recording = self._write(capture, start, self._describe(capture, start, deployment))
        self._end = End(capture, start + round(recording.duration * self.format.rate_hz))
        self._tell_drift(capture)
        return recording

    def generate_recording(self, path: Path, duration: float | None = None) -> None:
        """Record to a path, without saying in the file what it is a recording of.

        Parameters
        ----------
        path
            The WAV file to make.
        duration
            Length in seconds; by default, that of the recorder.

        Raises
        ------
        DeviceError
            If the device cannot be opened, stops, or gives no sound.
        Withheld
            If a sieve lets nothing of it through.
        """
        frames = self.frames if duration is None else self._frames_in(duration)
        capture = self._listening()
        start = self._start(capture)
        nameless = self._describe(capture, start, Deployment(name=""))
        nameless = nameless.model_copy(update={"path": path})
        blocks = sift(self.sieves, self.format, nameless, self._blocks(capture, start, frames))
        write_sound(_part(path), self.format, frames, blocks)
        finish_part(_part(path), path)
        self._end = End(capture, start + frames)

    @property
    def drift_ppm(self) -> float | None:
        """How much longer the device's second is than the clock's, in millionths.

        None as long as it is too early to tell.
        """
        capture = self._stream and self._stream.capture
        return capture.drift_ppm if capture else None

    @property
    def is_behind(self) -> bool:
        """Whether recordings join, and the sound of the next one is heard already."""
        end = self._end if self._is_endless else None
        return end is not None and end.capture.frames - end.frame >= self.frames

    def losses(self) -> list[Lost]:
        """Return what the device should have given and did not, since this was last asked."""
        if self._stream is not None:
            self._lost += self._stream.losses()
        lost, self._lost = self._lost, []
        return lost + removed_by(self.sieves)

    def rest(self) -> None:
        """Stop listening until the next recording."""
        self.close()

    def close(self) -> None:
        """Stop listening."""
        if self._stream is not None:
            self._stream.close()
            self._lost += self._stream.losses()
        self._stream, self._end = None, None

    def _listening(self) -> Capture:
        if self._is_endless and self._end and self._end.is_followed_by_sound:
            return self._end.capture
        if self._stream is None:
            # What opens it may not hold on to the recorder, which ends it when it goes.
            opener = partial(Capture, *self._wanted())
            self._stream = self._begin(opener)
            weakref.finalize(self, self._stream.dismiss)
        return self._stream.listening()

    def _begin(self, opener: Callable[[Capture | None], Capture]) -> Stream | StreamShare:
        if self.shared is None:
            return Stream(self.device_name, opener)
        share = self.shared.join(self.device_name, opener)
        self._end = share.beginning and End(*share.beginning)
        return share

    def _open(self) -> Capture:
        return Capture(*self._wanted())

    def _wanted(self) -> tuple[Listener, str, WavFormat, int, Patience | None]:
        format, kept = self.device_format, self.kept_frames
        return self.listener, self.device_name, format, kept, self._patience

    def _blocks(self, capture: Capture, start: int, frames: int) -> Iterator[bytes]:
        blocks = capture.blocks(start, frames)
        if self.channel is None:
            return blocks
        return pick_channel(blocks, self.device_format, self.channel)

    def _write(self, capture: Capture, start: int, recording: Recording) -> Recording:
        final = self.audio_dir / segment_name(recording)
        part = _part(final)
        blocks = self._blocks(capture, start, self.frames)
        try:
            recording = write_what_comes(
                part, recording, self.format, self.frames, blocks, self.sieves
            )
        except Withheld as withheld:
            self._end = End(capture, start + self.frames)
            withheld.recording = recording
            raise
        finish_part(part, final)
        return recording

    def _frames_in(self, duration_s: float) -> int:
        return max(1, round(duration_s * self.format.rate_hz))

    def _start(self, capture: Capture) -> int:
        """Return the first frame of the next recording."""
        now, end = capture.frames, self._end_in(capture)
        if self.interval_s and self.interval_s > self.duration_s:
            return self._start_on_schedule(capture, now, end)
        if now - end >= self._joins_within_frames():
            return now
        if capture.oldest_frame <= end:
            return end
        self._note_overload(capture, end, now)
        return now

    def _joins_within_frames(self) -> float:
        return math.inf if self._is_endless else self.joins_within_s * self.format.rate_hz

    @property
    def _is_endless(self) -> bool:
        # Who is asked again and again, and rests otherwise, is late for want of time only.
        return self.interval_s is not None and self.joins_within_s > 0

    def _start_on_schedule(self, capture: Capture, now: int, end: int) -> int:
        asked = capture.instant_of(now)
        due = capture.frame_at(latest_multiple(asked, self.interval_s or 0))
        if max(capture.oldest_frame, end) <= due:
            return due
        return now

    def _end_in(self, capture: Capture) -> int:
        """Return the first frame that is in no recording yet."""
        same = self._end and self._end.capture is capture
        return self._end.frame if self._end and same else capture.first_frame

    def _tell_drift(self, capture: Capture) -> None:
        drift_ppm = capture.drift_ppm
        if drift_ppm is None or abs(drift_ppm - self._told_ppm) < TELLING_PPM:
            return
        self._told_ppm = drift_ppm
        logger.info(
            "the microphone %s drifts by %.0f ppm: at %d Hz it gives %.2f samples a second",
            without_password(self.device_name),
            drift_ppm,
            self.format.rate_hz,
            self.format.rate_hz / (1 + drift_ppm / 1e6),
        )

    def _note_overload(self, capture: Capture, first: int, end: int) -> None:
        span = capture.instant_of(first), capture.instant_of(end)
        self._lost.append(Lost(*span, end - first, "overload", "written too late"))

    def _describe(self, capture: Capture, start: int, deployment: Deployment) -> Recording:
        recording = Recording(
            created_on=capture.instant_of(start),
            duration=self.frames / self.format.rate_hz,
            samplerate=self.format.rate_hz,
            audio_channels=self.format.channels,
            time_expansion=self.time_expansion,
            deployment=deployment,
            microphone=self.microphone,
        )
        return recording.model_copy(update={"path": self.audio_dir / segment_name(recording)})


def kept_frames(frames: int, format: WavFormat) -> int:
    """Return how much of the past to keep for recordings of some length.

    Twice one, of which one may be late and one be written; of long ones, which
    are written as they are heard, and of short ones what a busy computer may be
    late by.
    """
    wanted = max(2 * frames + format.rate_hz, LATE_S * format.rate_hz)
    kept = min(wanted, KEPT_S * format.rate_hz, KEPT_BYTES // format.frame_bytes)
    return max(kept, 2 * format.rate_hz)


def latest_multiple(asked: dt.datetime, interval_s: float) -> dt.datetime:
    """Return the multiple of an interval, counted from 1970, that is meant by who asks."""
    passed_s = (asked.timestamp() + EARLY_S) % interval_s - EARLY_S
    return asked - dt.timedelta(seconds=passed_s)


def _part(final: Path) -> Path:
    return final.with_name(final.name + PART_SUFFIX)
