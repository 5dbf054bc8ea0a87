"""A recorder for microphones that ALSA knows."""

from pathlib import Path

from acoupi._files import PART_SUFFIX
from acoupi.audio.alsa import AlsaCapture, Patience
from acoupi.audio.segment import finish_part, segment_name, write_part
from acoupi.audio.wav import WavFormat
from acoupi.components.types import AudioRecorder
from acoupi.data import Deployment, Recording

__all__ = ["AlsaRecorder"]

SAMPLE_BYTES = 2


class AlsaRecorder(AudioRecorder):
    """Cuts recordings from the one stream of an ALSA device.

    The device is opened by the first recording and listened to from then on.

    Parameters
    ----------
    device_name
        As ``arecord -L`` lists it.
    duration_s
        Length of a recording.
    audio_dir
        Where recordings are made.
    samplerate_hz, audio_channels
        What to ask the device for.
    time_expansion
        How much slower than it was heard the microphone gives the sound.
    continuous
        Whether a recording that is asked for within one duration of the end of
        the one before it begins with the very next sample.
    patience
        When to give up a device that gives no sound.
    """

    def __init__(
        self,
        device_name: str,
        duration_s: float,
        audio_dir: Path,
        *,
        samplerate_hz: int = 48_000,
        audio_channels: int = 1,
        time_expansion: float = 1,
        continuous: bool = True,
        patience: Patience | None = None,
    ) -> None:
        self.device_name = device_name
        self.duration_s = duration_s
        self.audio_dir = audio_dir
        self.time_expansion = time_expansion
        self.continuous = continuous
        self.format = WavFormat(samplerate_hz, audio_channels, SAMPLE_BYTES)
        self.frames = max(1, round(duration_s * samplerate_hz))
        self._patience = patience
        self._capture: AlsaCapture | None = None
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

    def record(self, deployment: Deployment) -> Recording:
        """Record the next stretch of what the device hears.

        Raises
        ------
        DeviceError
            If the device cannot be opened, stops, or gives no sound.
        """
        capture = self._listening()
        capture.wait_for(1)
        start = self._start(capture)
        recording = self._describe(capture, start, deployment)
        final = self.audio_dir / segment_name(recording)
        part = final.with_name(final.name + PART_SUFFIX)
        write_part(part, recording, self.format, self.frames, capture.blocks(start, self.frames))
        finish_part(part, final)
        self._end = start + self.frames
        return recording

    def close(self) -> None:
        """Stop listening."""
        if self._capture is not None:
            self._capture.close()
        self._capture, self._end = None, None

    def _listening(self) -> AlsaCapture:
        if self._capture is None or self._capture.failure:
            self.close()
            self._capture = self._open()
        return self._capture

    def _open(self) -> AlsaCapture:
        # Twice a recording: one that may be late, and one that is being written.
        kept = 2 * self.frames + self.format.rate_hz
        return AlsaCapture(self.device_name, self.format, kept, self._patience)

    def _start(self, capture: AlsaCapture) -> int:
        """Return the first frame of the next recording."""
        now, end = capture.frames, self._end if self.continuous else None
        if end is not None and capture.oldest_frame <= end and now - end < self.frames:
            return end
        return now

    def _describe(self, capture: AlsaCapture, start: int, deployment: Deployment) -> Recording:
        recording = Recording(
            created_on=capture.instant_of(start),
            duration=self.frames / self.format.rate_hz,
            samplerate=self.format.rate_hz,
            audio_channels=self.format.channels,
            time_expansion=self.time_expansion,
            deployment=deployment,
        )
        return recording.model_copy(update={"path": self.audio_dir / segment_name(recording)})
