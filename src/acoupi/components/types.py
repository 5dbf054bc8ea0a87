"""The interfaces between a program and its parts.

Each is one small job. Write a class with the one method, and every task and
template takes it; ``acoupi.testing`` has a contract test for each.
"""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Generic, Literal, ParamSpec
from uuid import UUID

from acoupi.components.logs import (
    FILE_IS_GONE,
    MAX_ATTEMPTS,
    MAX_INTERRUPTIONS,
    NOT_KEPT_UP,
    UNOPENED,
    EffortLog,
    HeardLog,
    ProcessingLog,
)
from acoupi.data import (
    AwareDatetime,
    Deployment,
    Message,
    ModelOutput,
    ModelOutputInfo,
    Recording,
    Response,
)

__all__ = [
    "FILE_IS_GONE",
    "MAX_ATTEMPTS",
    "MAX_INTERRUPTIONS",
    "NOT_KEPT_UP",
    "UNOPENED",
    "AudioRecorder",
    "EffortLog",
    "HeardLog",
    "MessageBuilder",
    "MessageOrder",
    "MessageStore",
    "Messenger",
    "Model",
    "ModelOutputCleaner",
    "Outbox",
    "ProcessingFilter",
    "ProcessingLog",
    "RecordingCondition",
    "RecordingSavingFilter",
    "RecordingSavingManager",
    "RecordingScheduler",
    "Store",
    "Summariser",
]

P = ParamSpec("P")

MessageOrder = Literal["oldest_first", "newest_first"]


class RecordingScheduler(ABC):
    """Says when the next recording is due."""

    @abstractmethod
    def time_until_next_recording(self, time: AwareDatetime | None = None) -> float:
        """Return the seconds from ``time`` (default: now) to the next recording; 0 if due."""


class RecordingCondition(ABC):
    """Says whether to record now; a program records when all its conditions agree."""

    needs_coordinates: bool = False
    """Whether it cannot answer without the latitude and longitude of the deployment."""

    def locate(self, deployment: Deployment) -> None:  # noqa: B027 - most need no place
        """Learn where the device is; called before the question."""

    @abstractmethod
    def should_record(self) -> bool:
        """Tell whether this condition allows a recording to start now."""


class AudioRecorder(ABC):
    """Turns sound into files."""

    microphone: str = ""
    """Which of several microphones it records; what it makes says so."""

    @abstractmethod
    def record(self, deployment: Deployment) -> Recording:
        """Make one recording, and return when its file is whole.

        Raises
        ------
        RecordingError
            If no sound could be recorded. Nothing is left half-written.
        """


class ProcessingFilter(ABC):
    """Says whether the model should look at a recording."""

    @abstractmethod
    def should_process_recording(self, recording: Recording) -> bool:
        """Tell whether the model should run; the recording is managed either way."""

    def why_not(self, recording: Recording) -> str | None:
        """Return why the model should not run, which is kept; None if it should."""
        return None if self.should_process_recording(recording) else self.reason(recording)

    def reason(self, recording: Recording) -> str:
        """Say why the model should not look at a recording that was refused."""
        return f"{type(self).__name__} said no"


class Model(ABC):
    """Finds things in recordings.

    A program may build one in each of its processes, but ``run`` is called in
    one: load weights on the first ``run``, not in ``__init__``. Programs made
    from the templates call its ``warm_up()``, if there is one, before that.
    """

    name: str
    """Stored with every output; change it when the outputs change their meaning."""

    version: str
    """Stored with every output, if there is one; else that of the package it is in."""

    sha256: str
    """Stored with every output, if there is one: what tells its weights from others."""

    @abstractmethod
    def run(self, recording: Recording) -> ModelOutput:
        """Look at one recording, whose ``path`` is a readable WAV file."""


class ModelOutputCleaner(ABC):
    """Removes what should not be believed from a model output."""

    @abstractmethod
    def clean(self, model_output: ModelOutput) -> ModelOutput:
        """Return the output to store; the one given is left as it is."""


class RecordingSavingFilter(ABC):
    """Says whether a recording is worth keeping.

    Its ``str`` is what people are shown of it.
    """

    needs_coordinates: bool = False
    """Whether it cannot answer without the latitude and longitude of the deployment."""

    def __str__(self) -> str:
        return type(self).__name__

    def can_judge(self, recording: Recording) -> bool:
        """Tell whether there is nothing left to wait for before it is asked.

        Who waits must say yes in the end. At the end of a deployment nobody
        waits.
        """
        return True

    @abstractmethod
    def should_save_recording(
        self, recording: Recording, model_outputs: list[ModelOutput] | None = None
    ) -> bool:
        """Tell whether to keep the file."""


class RecordingSavingManager(ABC):
    """Says where a recording is kept."""

    @abstractmethod
    def save_recording(
        self, recording: Recording, model_outputs: list[ModelOutput] | None = None
    ) -> Path | None:
        """Return the path the file should move to, or None to leave it to the next manager."""


class MessageBuilder(ABC, Generic[P]):
    """Turns a model output into messages."""

    @abstractmethod
    def build_message(self, *args: P.args, **kwargs: P.kwargs) -> Message | list[Message] | None:
        """Build one message, several, or none."""


class Summariser(ABC):
    """Turns what was stored since the last time into messages."""

    @abstractmethod
    def build_summary(self, now: dt.datetime) -> Message | list[Message] | None:
        """Build the summary of the stretch that ends ``now``."""


class Messenger(ABC):
    """Sends messages one way."""

    @property
    def name(self) -> str:
        """What tells this messenger's deliveries from another's; stable across restarts."""
        return type(self).__name__

    @abstractmethod
    def send_message(self, message: Message) -> Response:
        """Send one message and say how it went.

        ``SUCCESS`` means that the far side has acknowledged it. ``FAILED``
        means that the far side refused it for good. ``ERROR`` and
        ``TIMEOUT`` are worth another try.
        """


class Store(ABC):
    """Keeps deployments, recordings and what models found in them."""

    @abstractmethod
    def get_current_deployment(self) -> Deployment:
        """Return the deployment that has started and not ended.

        Raises
        ------
        MetadataStoreError
            If there is none.
        """

    @abstractmethod
    def store_deployment(self, deployment: Deployment) -> None:
        """Keep a deployment."""

    @abstractmethod
    def update_deployment(self, deployment: Deployment) -> None:
        """Replace a deployment's fields."""

    @abstractmethod
    def store_recording(self, recording: Recording) -> None:
        """Keep a recording; one that is known already is left as it is."""

    @abstractmethod
    def store_model_output(self, model_output: ModelOutput) -> None:
        """Keep an output with its detections, whole or not at all.

        A second output of the same model for the same recording is not stored.
        """

    @abstractmethod
    def store_model_outputs(self, model_outputs: list[ModelOutput]) -> None:
        """Keep several outputs, all or none."""

    @abstractmethod
    def get_recordings(self, ids: list[UUID]) -> list[tuple[Recording, list[ModelOutput]]]:
        """Return the recordings with these ids, with their outputs."""

    @abstractmethod
    def get_recordings_by_path(
        self, paths: Sequence[Path | None]
    ) -> list[tuple[Recording, list[ModelOutput]]]:
        """Return the recordings whose files are these, with their outputs."""

    @abstractmethod
    def get_recordings_info_by_path(
        self, paths: Sequence[Path | None]
    ) -> list[tuple[Recording, list[ModelOutputInfo]]]:
        """Return the recordings whose files are these, with who has answered."""

    @abstractmethod
    def get_recording_model_outputs(self, recording: Recording) -> list[ModelOutput]:
        """Return all outputs for one recording."""

    @abstractmethod
    def get_recordings_model_outputs(
        self, recordings: Sequence[Recording]
    ) -> dict[UUID, list[ModelOutput]]:
        """Return all outputs for several recordings, by recording id."""

    @abstractmethod
    def update_recording_path(self, recording: Recording, path: Path | None) -> Recording:
        """Note where a file is now (None: not kept), and return the recording with it."""


class MessageStore(ABC):
    """Keeps messages until they are delivered."""

    @abstractmethod
    def get_unsent_messages(
        self, limit: int | None = None, order: MessageOrder = "oldest_first"
    ) -> list[Message]:
        """Return messages that no messenger has delivered yet."""

    @abstractmethod
    def store_message(self, message: Message) -> None:
        """Keep a message; one with a known id is left as it is."""

    @abstractmethod
    def store_response(self, response: Response) -> None:
        """Keep how an attempt to send went."""


class Outbox(MessageStore):
    """A message store that tracks each messenger's deliveries apart."""

    @abstractmethod
    def get_due_messages(
        self,
        messenger: str,
        now: dt.datetime,
        limit: int | None = None,
        order: MessageOrder = "oldest_first",
    ) -> list[Message]:
        """Return what this messenger should try now: not delivered, refused or waiting."""

    def begin_delivery(self, messenger: str, message: Message, now: dt.datetime) -> None:
        """Note that this messenger begins an attempt, in case nothing is heard of it."""

    @abstractmethod
    def store_delivery(self, messenger: str, response: Response, now: dt.datetime) -> None:
        """Keep how this messenger's attempt went, and when to try next."""

    @abstractmethod
    def count_undelivered(self, messengers: Sequence[str]) -> int:
        """Count messages that not every one of these messengers has delivered or given up."""
