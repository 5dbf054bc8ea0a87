"""What recorders have in common that cut their recordings from one stream."""

from collections.abc import Generator
from itertools import count
from pathlib import Path

from acoupi._files import PART_SUFFIX
from acoupi._home import temp_audio_dir
from acoupi.audio.capture import Capture, Patience
from acoupi.audio.level import Snippet
from acoupi.audio.listener import Listener
from acoupi.audio.segment import finish_part, segment_name, write_sound, write_what_comes
from acoupi.audio.wav import WavFormat
from acoupi.components.types import AudioRecorder
from acoupi.data import Deployment, Recording

__all__ = ["JOINS_WITHIN_S", "SAMPLE_BYTES", "TMP_PATH", "CaptureRecorder"]

SAMPLE_BYTES = 2
TMP_PATH = temp_audio_dir()
JOINS_WITHIN_S = 0.5
"""For recorders that are not told whether they record with pauses."""


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
    ) -> None:
        self.listener = listener
        self.device_name = device_name
        self.duration_s = duration_s
        self.audio_dir = audio_dir
        self.time_expansion = time_expansion
        self.joins_within_s = duration_s if joins_within_s is None else joins_within_s
        self.format = WavFormat(samplerate_hz, audio_channels, bit_depth // 8)
        self.frames = self._frames_in(duration_s)
        self._patience = patience
        self._capture: Capture | None = None
        self._end: int | None = None

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
            return Snippet(self.format, b"".join(capture.blocks(0, frames)))
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
                yield Snippet(self.format, b"".join(capture.blocks(start, frames)))
        finally:
            capture.close()

    def record(self, deployment: Deployment) -> Recording:
        """Record the next stretch of what the device hears.

        If the device stops midway, the recording is as long as it lasted.

        Raises
        ------
        DeviceError
            If the device cannot be opened, or gives no sound.
        """
        capture = self._listening()
        start = self._start(capture)
        recording = self._describe(capture, start, deployment)
        final = self.audio_dir / segment_name(recording)
        part = _part(final)
        blocks = capture.blocks(start, self.frames)
        recording = write_what_comes(part, recording, self.format, self.frames, blocks)
        finish_part(part, final)
        self._end = start + self.frames
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
        """
        frames = self.frames if duration is None else self._frames_in(duration)
        capture = self._listening()
        start = self._start(capture)
        write_sound(_part(path), self.format, frames, capture.blocks(start, frames))
        finish_part(_part(path), path)
        self._end = start + frames

    def close(self) -> None:
        """Stop listening."""
        if self._capture is not None:
            self._capture.close()
        self._capture, self._end = None, None

    def _listening(self) -> Capture:
        if self._capture is None or self._capture.failure:
            self.close()
            self._capture = self._open()
        self._capture.wait_for(1)
        return self._capture

    def _open(self) -> Capture:
        # Twice a recording: one that may be late, and one that is being written.
        kept = 2 * self.frames + self.format.rate_hz
        return Capture(self.listener, self.device_name, self.format, kept, self._patience)

    def _frames_in(self, duration_s: float) -> int:
        return max(1, round(duration_s * self.format.rate_hz))

    def _start(self, capture: Capture) -> int:
        """Return the first frame of the next recording."""
        now, end = capture.frames, self._end
        joins_within = self.joins_within_s * self.format.rate_hz
        if end is not None and capture.oldest_frame <= end and now - end < joins_within:
            return end
        return now

    def _describe(self, capture: Capture, start: int, deployment: Deployment) -> Recording:
        recording = Recording(
            created_on=capture.instant_of(start),
            duration=self.frames / self.format.rate_hz,
            samplerate=self.format.rate_hz,
            audio_channels=self.format.channels,
            time_expansion=self.time_expansion,
            deployment=deployment,
        )
        return recording.model_copy(update={"path": self.audio_dir / segment_name(recording)})


def _part(final: Path) -> Path:
    return final.with_name(final.name + PART_SUFFIX)
