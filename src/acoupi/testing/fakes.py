"""Stand-ins for the parts of a program, for tests of the others.

None of them is used by acoupi itself.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from uuid import uuid4

from acoupi.audio.loss import Lost
from acoupi.components.types import (
    AudioRecorder,
    Messenger,
    Model,
    ProcessingFilter,
    RecordingCondition,
    RecordingSavingFilter,
)
from acoupi.data import (
    Deployment,
    Detection,
    Message,
    ModelOutput,
    Recording,
    Response,
    ResponseStatus,
)
from acoupi.errors import RecordingError
from acoupi.testing.sounds import write_silence

__all__ = [
    "Answer",
    "FakeMessenger",
    "FakeModel",
    "FakeRecorder",
]


class Answer(RecordingCondition, ProcessingFilter, RecordingSavingFilter):
    """Gives one answer to every question."""

    def __init__(self, answer: bool) -> None:
        self.answer = answer

    def should_record(self) -> bool:
        """Answer."""
        return self.answer

    def should_process_recording(self, recording: Recording) -> bool:
        """Answer."""
        return self.answer

    def should_save_recording(
        self, recording: Recording, model_outputs: list[ModelOutput] | None = None
    ) -> bool:
        """Answer."""
        return self.answer


class FakeRecorder(AudioRecorder):
    """Makes files of silence.

    Parameters
    ----------
    audio_dir
        Where it makes them.
    duration_s
        How long they are.
    rate_hz
        Their sample rate.
    broken
        Whether it fails instead.

    Attributes
    ----------
    lost
        What it says that it lost when it is next asked.
    n_rests
        How often it was told that it is not needed for now.
    """

    def __init__(
        self, audio_dir: Path, duration_s: float = 1, rate_hz: int = 8000, broken: bool = False
    ) -> None:
        self.audio_dir = audio_dir
        self.duration_s = duration_s
        self.rate_hz = rate_hz
        self.broken = broken
        self.recordings: list[Recording] = []
        self.lost: list[Lost] = []
        self.n_rests = 0

    def losses(self) -> list[Lost]:
        """Return what was lost since the last time."""
        lost, self.lost = self.lost, []
        return lost

    def rest(self) -> None:
        """Count that it is not needed."""
        self.n_rests += 1

    def record(self, deployment: Deployment) -> Recording:
        """Make a file at once."""
        if self.broken:
            raise RecordingError("the fake microphone is broken", help="mend it")
        recording = Recording(
            duration=self.duration_s, samplerate=self.rate_hz, deployment=deployment
        )
        recording.path = self.audio_dir / f"{recording.id}.wav"
        write_silence(recording.path, self.duration_s, self.rate_hz)
        self.recordings.append(recording)
        return recording


class FakeModel(Model):
    """Finds the same things in every recording.

    Parameters
    ----------
    detections
        What it finds.
    failing
        Called before each run; may raise.
    """

    name = "fake"

    def __init__(
        self,
        detections: Iterable[Detection] = (),
        failing: Callable[[Recording], None] = lambda recording: None,
    ) -> None:
        self.detections = list(detections)
        self.failing = failing
        self.runs: list[Recording] = []

    def run(self, recording: Recording) -> ModelOutput:
        """Find them."""
        self.runs.append(recording)
        self.failing(recording)
        found = [found.model_copy(update={"id": uuid4()}) for found in self.detections]
        return ModelOutput(name_model=self.name, recording=recording, detections=found)


class FakeMessenger(Messenger):
    """Keeps what it is given.

    Parameters
    ----------
    name
        What it calls itself.
    status
        How every attempt ends.
    """

    def __init__(
        self, name: str = "fake", status: ResponseStatus = ResponseStatus.SUCCESS
    ) -> None:
        self._name = name
        self.status = status
        self.messages: list[Message] = []

    @property
    def name(self) -> str:
        """What it calls itself."""
        return self._name

    def send_message(self, message: Message) -> Response:
        """Keep the message."""
        self.messages.append(message)
        return Response(message=message, status=self.status)
