"""What models that listen to the file of a recording have in common."""

from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path

from acoupi.audio.wav import refuse_loss
from acoupi.components.types import Model
from acoupi.data import Detection, ModelOutput, Recording
from acoupi.errors import RecordingError
from acoupi.models.origin import with_origin

__all__ = ["Listener", "file_of"]


class Listener(Model):
    """A model that says what it hears in a file."""

    def run(self, recording: Recording) -> ModelOutput:
        """Listen to a recording.

        Raises
        ------
        RecordingError
            If it has no file.
        DeviceConfigurationError
            If the file is not usable sound, or has lost some of it since it was recorded.
        ModelError
            If a network cannot be loaded, or answers nonsense.
        """
        path = file_of(recording)
        if path.suffix.lower() == ".wav":  # a FLAC file that is cut short cannot be decoded
            refuse_loss(path, recording.duration)
        found = self.find(path, recording)
        output = ModelOutput(name_model=self.name, recording=recording, detections=found)
        return with_origin(output, self)

    @abstractmethod
    def find(self, path: Path, recording: Recording) -> Sequence[Detection]:
        """Return what is heard in the file of a recording."""


def file_of(recording: Recording) -> Path:
    """Return the file of a recording.

    Raises
    ------
    RecordingError
        If it has none.
    """
    if recording.path is None:
        raise RecordingError(f"the recording {recording.id} has no file to listen to")
    return recording.path
