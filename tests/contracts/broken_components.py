"""Components that each break one promise; run by ``test_contracts_can_fail``."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID, uuid4

from acoupi.components import SqliteMessageStore, SqliteStore
from acoupi.components.heard import HeardInMemory
from acoupi.components.types import (
    AudioRecorder,
    HeardLog,
    MessageBuilder,
    Messenger,
    Model,
    ModelOutputCleaner,
    ProcessingFilter,
    RecordingCondition,
    RecordingSavingFilter,
    RecordingSavingManager,
    RecordingScheduler,
    Summariser,
)
from acoupi.data import (
    BoundingBox,
    Deployment,
    Detection,
    EffortSpan,
    Heard,
    Message,
    ModelOutput,
    Recording,
    Response,
)
from acoupi.errors import RecordingError
from acoupi.testing import (
    CleanerContract,
    ConditionContract,
    EffortLogContract,
    FakeMessenger,
    FakeModel,
    FakeRecorder,
    HeardLogContract,
    MessageBuilderContract,
    MessengerContract,
    ModelContract,
    OutboxContract,
    ProcessingFilterContract,
    ProcessingLogContract,
    RecorderContract,
    SavingFilterContract,
    SavingManagerContract,
    SchedulerContract,
    StoreContract,
    SummariserContract,
    write_silence,
)


class ForgetfulStore(SqliteStore):
    """Forgets the time expansion, and takes every deployment for running."""

    def store_recording(self, recording: Recording, deployment: Deployment | None = None) -> None:
        plain = recording.model_copy(update={"time_expansion": 1})
        super().store_recording(plain, deployment)

    def update_deployment(self, deployment: Deployment) -> None:
        super().update_deployment(deployment.model_copy(update={"ended_on": None}))

    def store_model_output(self, model_output: ModelOutput) -> None:
        again = {"id": uuid4(), "name_model": f"{model_output.name_model} {uuid4()}"}
        super().store_model_output(model_output.model_copy(update=again))

    def begin_processing(self, recording: Recording) -> int:
        super().begin_processing(recording)
        return 1


class TestStore(StoreContract, ProcessingLogContract):
    def make_store(self, tmp_path: Path) -> SqliteStore:
        return ForgetfulStore(tmp_path / "metadata.db")


class ForgetfulEffort(SqliteStore):
    """Takes all reasons for one, and every deployment's time for everybody's."""

    def note(self, span: EffortSpan) -> None:
        super().note(span.model_copy(update={"reason": "", "lost_samples": 7}))

    def get_spans(
        self,
        since: dt.datetime | None = None,
        until: dt.datetime | None = None,
        deployment: Deployment | None = None,
    ) -> list[EffortSpan]:
        return [
            span for span in super().get_spans(since) if until is None or span.ended_on < until
        ]


class TestEffort(EffortLogContract):
    def make_store(self, tmp_path: Path) -> SqliteStore:
        return ForgetfulEffort(tmp_path / "metadata.db")


class OneEar(HeardInMemory):
    """Hears all microphones and models as one, and adds to what it knew of a recording."""

    def remember(
        self, topic: str, output: ModelOutput, heard: Sequence[Heard], forget_before: dt.datetime
    ) -> None:
        known = self._recordings(topic, output).get(output.recording.id, [])
        super().remember(topic, output, [*known, *heard], forget_before)

    def _recordings(self, topic: str, output: ModelOutput) -> dict[UUID, list[Heard]]:
        return self.kept.setdefault((topic,), {})


class TestHeard(HeardLogContract):
    def make_log(self, tmp_path: Path) -> HeardLog:
        return OneEar()


class OneBook(SqliteMessageStore):
    """Notes every delivery as everybody's, and sends the newest first."""

    def store_delivery(self, messenger: str, response: Response, now: dt.datetime) -> None:
        self.store_response(response)

    def store_message(self, message: Message) -> None:
        super().store_message(message.model_copy(update={"message_type": None}))


class TestOutbox(OutboxContract):
    def make_message_store(self, tmp_path: Path) -> SqliteMessageStore:
        return OneBook(tmp_path / "messages.db")


class Overwriting(FakeRecorder):
    """Makes every recording under one name, and says that it lasts longer."""

    def record(self, deployment: Deployment) -> Recording:
        path = self.audio_dir / "recording.wav"
        write_silence(path, self.duration_s)
        if self.broken:
            raise RecordingError("too late")
        return Recording(path=path, duration=2, samplerate=8000, deployment=deployment)


class TestRecorder(RecorderContract):
    def make_recorder(self, audio_dir: Path) -> AudioRecorder:
        return Overwriting(audio_dir)

    def make_failing_recorder(self, audio_dir: Path) -> AudioRecorder:
        return Overwriting(audio_dir, broken=True)


class BadModel(FakeModel):
    """Hears what comes after the end, and spoils the file."""

    def run(self, recording: Recording) -> ModelOutput:
        assert recording.path is not None
        recording.path.write_bytes(b"")
        return super().run(recording)


class TestModel(ModelContract):
    def make_model(self) -> Model:
        return BadModel([Detection(location=BoundingBox.from_coordinates(4, 0, 5, 100))])


class Raising(FakeMessenger):
    """Raises what goes wrong, and answers about another message."""

    def send_message(self, message: Message) -> Response:
        if self.name == "away":
            raise ConnectionError("no route")
        return super().send_message(Message(content=message.content))


class TestMessenger(MessengerContract):
    def make_messenger(self, tmp_path: Path) -> Messenger:
        return Raising()

    def make_unreachable_messenger(self, tmp_path: Path) -> Messenger:
        return Raising("away")


class Vague(RecordingCondition, ProcessingFilter, RecordingSavingFilter):
    """Answers with something that is nearly a yes."""

    def should_record(self) -> bool:
        return "yes"  # type: ignore[return-value]

    def should_process_recording(self, recording: Recording) -> bool:
        return 1  # type: ignore[return-value]

    def should_save_recording(
        self, recording: Recording, model_outputs: list[ModelOutput] | None = None
    ) -> bool:
        assert model_outputs is not None
        return [o for o in model_outputs if o.detections]  # type: ignore[return-value]


class TestCondition(ConditionContract):
    def make_condition(self) -> RecordingCondition:
        return Vague()


class TestProcessingFilter(ProcessingFilterContract):
    def make_filter(self) -> ProcessingFilter:
        return Vague()


class TestSavingFilter(SavingFilterContract):
    def make_filter(self) -> RecordingSavingFilter:
        return Vague()


class Overdue(RecordingScheduler):
    def time_until_next_recording(self, time: dt.datetime | None = None) -> float:
        return -1


class TestScheduler(SchedulerContract):
    def make_scheduler(self) -> RecordingScheduler:
        return Overdue()


class OnePlace(RecordingSavingManager):
    """Writes every recording over the one before."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def save_recording(
        self, recording: Recording, model_outputs: list[ModelOutput] | None = None
    ) -> Path | None:
        assert recording.path is not None
        self.directory.mkdir(exist_ok=True)
        return recording.path.replace(self.directory / "recording.wav")


class TestSavingManager(SavingManagerContract):
    def make_manager(self, directory: Path) -> RecordingSavingManager:
        return OnePlace(directory)


class Inventive(ModelOutputCleaner):
    """Adds a detection."""

    def clean(self, model_output: ModelOutput) -> ModelOutput:
        found = [*model_output.detections, Detection()]
        return model_output.model_copy(update={"detections": found})


class TestCleaner(CleanerContract):
    def make_cleaner(self) -> ModelOutputCleaner:
        return Inventive()


class Chatty(MessageBuilder[[ModelOutput]], Summariser):
    """Says something else each time, or nothing that can be sent."""

    def build_message(self, model_output: ModelOutput) -> Message:
        return Message(content=str(uuid4()))

    def build_summary(self, now: dt.datetime) -> Message:
        return "a quiet night"  # type: ignore[return-value]


class TestMessageBuilder(MessageBuilderContract):
    def make_builder(self) -> MessageBuilder[[ModelOutput]]:
        return Chatty()


class TestSummariser(SummariserContract):
    def make_summariser(self, store: SqliteStore) -> Summariser:
        return Chatty()
