"""A program that records, detects, and sends what it found."""

import threading
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial, wraps
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar

from acoupi._clock import utc_now
from acoupi.components.output_cleaners import ThresholdDetectionCleaner
from acoupi.components.types import (
    MessageBuilder,
    Model,
    ModelOutputCleaner,
    ProcessingFilter,
    ProcessingLog,
)
from acoupi.data import ModelOutput, ModelOutputInfo, Recording
from acoupi.programs.core.lateness import lasting
from acoupi.programs.core.workers import AcoupiWorker, WorkerConfig
from acoupi.programs.templates.configuration import DetectionProgramConfiguration
from acoupi.programs.templates.messaging import MessagingProgram
from acoupi.programs.templates.microphones import (
    has_model_of_its_own,
    microphone_name,
    name_for,
    views_of,
)
from acoupi.tasks.detection import MAX_ATTEMPTS, generate_detection_task
from acoupi.tasks.management import ManagementCondition, ProcessingHasEnded

__all__ = ["DetectionProgram", "LateModel"]

C = TypeVar("C", bound=DetectionProgramConfiguration)

DETECTION_TASK = "detection_task"
RETRY_AFTER_S = 30
"""How long a recording waits for its second attempt; twice that for its third."""


class LateModel(Model):
    """A model that is built by the first process that asks it something.

    Parameters
    ----------
    build
        Makes the model; called once.
    """

    def __init__(self, build: Callable[[], Model]) -> None:
        self._build = build
        self._lock = threading.Lock()
        self._model: Model | None = None

    @property
    def model(self) -> Model:
        """The model itself."""
        with self._lock:
            if self._model is None:
                self._model = self._build()
            return self._model

    @property
    def name(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The name of the model."""
        return self.model.name

    def run(self, recording: Recording) -> ModelOutput:
        """Run the model."""
        return self.model.run(recording)

    def __getattr__(self, attribute: str) -> Any:
        return getattr(self.model, attribute)


class DetectionProgram(MessagingProgram[C]):
    """Records, runs a model on each recording, and sends what it found.

    A program of your own needs ``configure_model`` and nothing else.
    """

    worker_config = WorkerConfig(
        workers=[
            AcoupiWorker(name="recording", queues=["recording"], concurrency=1),
            AcoupiWorker(name="detection", queues=["detection"], concurrency=1),
            AcoupiWorker(name="default", queues=["celery"], concurrency=1),
        ]
    )

    recording_callback_queue = "detection"
    finds_detections = True

    ring_again_interval_s: ClassVar[float] = 60
    """How often recordings are looked for that should be processed and that nobody is at."""

    model: Model
    further_models: Mapping[str, Model] = MappingProxyType({})
    """Those of microphones that say something of a model of their own, by their names."""

    _is_ending: bool = False

    @abstractmethod
    def configure_model(self, config: C) -> Model:
        """Choose the model; called only in the process that runs it.

        Called once more for each further microphone that says of its own what
        models depend on, with a configuration in which it stands.
        """

    def setup(self, config: C) -> None:
        """Build the components and add the tasks."""
        self.model = LateModel(lambda: self.configure_model(config))
        self.further_models = {
            microphone_name(view): LateModel(partial(self.configure_model, view))
            for view in views_of(config)
            if has_model_of_its_own(view)
        }
        super().setup(config)
        self.register_ring_again_task(config)

    def check(self, config: C) -> None:
        """Check recording and messaging, and that the model can be built."""
        super().check(config)
        self.logger.info("the model is %s", self.model.name)
        for name, model in self.further_models.items():
            self.logger.info("the model of the microphone %s is %s", name, model.name)

    def recover(self) -> None:
        """Account for all files, and ring for recordings that nobody has processed."""
        super().recover()
        self.ring_again()

    def ring_again(self) -> None:
        """Ring for recordings that should be processed now and that nobody is at.

        The broker may have lost the task that was sent when they were made.
        """
        if not isinstance(self.store, ProcessingLog):
            return
        folder, lifetime_s = self.config.paths.tmp_audio, self.store.RING_AGAIN_S
        for recording in self.store.get_due_recordings(utc_now(), folder=folder):
            task = self.tasks[self.detection_task_of(recording)]
            task.apply_async((recording,), **lasting(lifetime_s))
            self.logger.debug("rang again for recording %s", recording.id)

    def finish_processing(self) -> None:
        """Process here and now what was recorded and not processed."""
        if not isinstance(self.store, ProcessingLog):
            return
        self._is_ending = True  # from here on, nobody hears a bell
        for _ in range(MAX_ATTEMPTS):
            for recording in self.waiting_recordings(self.store, limit=1_000_000):
                task_name = self.detection_task_of(recording)
                self.finish_run(task_name, recording, run_id=str(recording.id))
        self._is_ending = False

    def waiting_recordings(self, log: ProcessingLog, limit: int = 100) -> list[Recording]:
        """Return what was recorded and not processed; what was kept long ago is no such thing."""
        return log.get_unprocessed_recordings(limit, folder=self.config.paths.tmp_audio)

    def model_of(self, microphone: str) -> Model:
        """Return the model that hears a microphone, by its name."""
        return self.further_models.get(microphone, self.model)

    def detection_task_of(self, recording: Recording) -> str:
        """Return the name of the task that processes a recording."""
        name = f"{DETECTION_TASK}_{recording.microphone}"
        return name if name in self.tasks else DETECTION_TASK

    def get_processing_filters(self, config: C) -> list[ProcessingFilter]:
        """Choose what keeps a recording from the model; all must agree for it to run."""
        return []

    def get_output_cleaners(self, config: C) -> list[ModelOutputCleaner]:
        """Choose what is removed from the model's outputs."""
        return [ThresholdDetectionCleaner(config.detections.threshold)]

    def get_message_factories(self, config: C) -> list[MessageBuilder[[ModelOutput]]]:
        """Choose which messages are made of an output."""
        return []

    def get_management_conditions(self, config: C) -> list[ManagementCondition]:
        """Let a recording wait until its processing has ended, one way or another."""
        conditions = super().get_management_conditions(config)
        if isinstance(self.store, ProcessingLog):
            conditions.append(ProcessingHasEnded(self.store))
        elif self.further_models:
            conditions.append(self._is_heard)
        return conditions

    def get_required_models(self, config: C) -> list[str]:
        """Name the models that must have answered before a recording is moved or let go.

        None by default where the store keeps a processing log, which knows
        also of recordings that were skipped or set aside.
        """
        if isinstance(self.store, ProcessingLog) or self.further_models:
            return []
        return [self.model.name]

    def get_recording_callbacks(self, config: C) -> list[Callable[[Recording], Any]]:
        """Hand each new recording to the detection task."""
        return [self.create_detection_task(config)]

    def create_detection_task(self, config: C) -> Callable[[Recording], None]:
        """Build the task that processes one recording."""
        detection_task = generate_detection_task(
            store=self.store,
            model=self.model_of(microphone_name(config)),
            message_store=self.message_store,
            logger=self.logger.getChild("detection"),
            output_cleaners=self.get_output_cleaners(config),
            processing_filters=self.get_processing_filters(config),
            message_factories=self.get_message_factories(config),
            retry_later=self._retry_later,
        )
        return _named(detection_task, name_for(config, DETECTION_TASK))

    def register_ring_again_task(self, config: C) -> None:
        """Add the task that rings for recordings whose task was lost."""

        def ring_again_task() -> None:
            self.ring_again()

        self.add_task(
            function=ring_again_task,
            schedule=timedelta(seconds=self.ring_again_interval_s),
            queue=self.background_queue,
        )

    def _retry_later(self, recording: Recording, attempt: int) -> None:
        if self._is_ending:
            return
        countdown_s = RETRY_AFTER_S * 2 ** (attempt - 1)
        task = self.tasks[self.detection_task_of(recording)]
        task.apply_async((recording,), countdown=countdown_s)

    def _is_heard(self, recording: Recording, answers: Sequence[ModelOutputInfo]) -> bool:
        """Tell whether the model of its microphone has answered for a recording."""
        name = self.model_of(recording.microphone).name
        return any(answer.name_model == name for answer in answers)


def _named(task: Callable[[Recording], None], name: str) -> Callable[[Recording], None]:
    """Give a task the name that it is added with."""

    @wraps(task)
    def run(recording: Recording) -> None:
        task(recording)

    run.__name__ = name
    return run
