"""A program that records, detects, and sends what it found."""

from abc import abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from functools import partial, wraps
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
from acoupi.errors import ConfigurationError
from acoupi.programs.core.lateness import lasting
from acoupi.programs.core.workers import AcoupiWorker, WorkerConfig
from acoupi.programs.templates.basic import DEFAULT_QUEUE
from acoupi.programs.templates.cleaning import cleaners_of, settled_species
from acoupi.programs.templates.configuration import DetectionProgramConfiguration
from acoupi.programs.templates.failing import describe_failing
from acoupi.programs.templates.keeping_up import describe_backlog, keeping_up_filters
from acoupi.programs.templates.late_models import LateModel, LateModels, Listeners, warm_up
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
    """The one that hears the first microphone."""

    listeners: Mapping[str, Listeners]
    """The models that hear each microphone, by its name.

    Those that say nothing of a model of their own are heard by those of the first.
    """

    _is_ending: bool = False

    @abstractmethod
    def configure_model(self, config: C) -> Model:
        """Choose the model; called only in the process that runs it.

        Called once more for each further microphone that says of its own what
        models depend on, with a configuration in which it stands.
        """

    def configure_further_models(self, config: C) -> Sequence[Model]:
        """Choose models that hear each recording too; called as ``configure_model`` is.

        What each says is stored and sent by itself, under its own name. One
        that is a ``LateModel`` keeps the others from nothing if it cannot be
        built.
        """
        return []

    def setup(self, config: C) -> None:
        """Build the components and add the tasks."""
        self.listeners = self._choose_listeners(config)
        self.model = self.models_of("").first
        super().setup(config)
        self.register_ring_again_task(config)

    def check(self, config: C) -> None:
        """Check recording and messaging, and that all models can be built and told apart."""
        super().check(config)
        for microphone, listeners in self.listeners.items():
            names = [model.name for model in listeners]
            if len(set(names)) < len(names):
                raise ConfigurationError(
                    f"of the models {', '.join(names)} two have the same name",
                    help="their outputs could not be told apart: leave one out or rename it",
                )
            self.logger.info("heard by %s: %s", ", ".join(names), microphone or "the microphone")

    def prepare_worker(self, queues: Collection[str]) -> None:
        """Load the models and use them once, where recordings are processed.

        If all of them are there, what was set aside for want of one is tried again.
        """
        super().prepare_worker(queues)
        if (self.recording_callback_queue or DEFAULT_QUEUE) not in queues:
            return
        logger = self.logger.getChild("detection")
        if warm_up(self.listeners.values(), logger) and isinstance(self.store, ProcessingLog):
            n_waiting = self.store.retry_unopened()
            if n_waiting:
                logger.info("%d recordings that had to wait for a model are heard", n_waiting)

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

    def models_of(self, microphone: str) -> Listeners:
        """Return the models that hear a microphone, by its name."""
        return self.listeners.get(microphone) or next(iter(self.listeners.values()))

    def detection_task_of(self, recording: Recording) -> str:
        """Return the name of the task that processes a recording."""
        name = f"{DETECTION_TASK}_{recording.microphone}"
        return name if name in self.tasks else DETECTION_TASK

    def find_problems(self) -> list[str]:
        """Say what is not well beside the recordings: models that fail or do not keep up."""
        behind = describe_backlog(self.config, self.store)
        return [*super().find_problems(), *describe_failing(self.store), *behind]

    def get_processing_filters(self, config: C) -> list[ProcessingFilter]:
        """Choose what keeps a recording from the model; all must agree for it to run."""
        return []

    def get_output_cleaners(self, config: C) -> list[ModelOutputCleaner]:
        """Choose what is removed from the model's outputs."""
        threshold = ThresholdDetectionCleaner(config.detections.lowest_score)
        return [threshold, *self.get_further_cleaners(config)]

    def get_further_cleaners(self, config: C) -> list[ModelOutputCleaner]:
        """Choose what is configured of a dynamic threshold and of confirmation."""
        models = self.models_of(microphone_name(config))
        return cleaners_of(config.detections, self.store, partial(settled_species, models))

    def get_message_factories(self, config: C) -> list[MessageBuilder[[ModelOutput]]]:
        """Choose which messages are made of an output."""
        return []

    def get_management_conditions(self, config: C) -> list[ManagementCondition]:
        """Let a recording wait until its processing has ended, one way or another."""
        conditions = super().get_management_conditions(config)
        if isinstance(self.store, ProcessingLog):
            conditions.append(ProcessingHasEnded(self.store))
        elif len(self.listeners) > 1:
            conditions.append(self._is_heard)
        return conditions

    def get_required_models(self, config: C) -> list[str]:
        """Name the models that must have answered before a recording is moved or let go.

        None by default where the store keeps a processing log, which knows
        also of recordings that were skipped or set aside.
        """
        if isinstance(self.store, ProcessingLog) or len(self.listeners) > 1:
            return []
        return [model.name for model in self.models_of(microphone_name(config))]

    def get_recording_callbacks(self, config: C) -> list[Callable[[Recording], Any]]:
        """Hand each new recording to the detection task."""
        return [self.create_detection_task(config)]

    def create_detection_task(self, config: C) -> Callable[[Recording], None]:
        """Build the task that processes one recording."""
        listeners = self.models_of(microphone_name(config))
        detection_task = generate_detection_task(
            store=self.store,
            model=listeners.first,
            message_store=self.message_store,
            logger=self.logger.getChild("detection"),
            output_cleaners=self.get_output_cleaners(config),
            processing_filters=keeping_up_filters(
                self.get_processing_filters(config),
                config,
                self.store,
                self.logger.getChild("backlog"),
            ),
            message_factories=self.get_message_factories(config),
            retry_later=self._retry_later,
            further_models=listeners.further,
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

    def _choose_listeners(self, config: C) -> dict[str, Listeners]:
        first, *further = views_of(config)
        views = [first, *(view for view in further if has_model_of_its_own(view))]
        return {microphone_name(view): self._listeners(view) for view in views}

    def _listeners(self, view: C) -> Listeners:
        return Listeners(
            LateModel(partial(self.configure_model, view)),
            LateModels(partial(self.configure_further_models, view)),
        )

    def _is_heard(self, recording: Recording, answers: Sequence[ModelOutputInfo]) -> bool:
        """Tell whether all models of its microphone have answered for a recording."""
        names = {model.name for model in self.models_of(recording.microphone)}
        return names <= {answer.name_model for answer in answers}


def _named(task: Callable[[Recording], None], name: str) -> Callable[[Recording], None]:
    """Give a task the name that it is added with."""

    @wraps(task)
    def run(recording: Recording) -> None:
        task(recording)

    run.__name__ = name
    return run
