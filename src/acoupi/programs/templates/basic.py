"""A program that records, and keeps the recordings."""

from collections.abc import Callable, Collection
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from acoupi._clock import utc_now
from acoupi._home import lies_in_memory
from acoupi.audio.flac_codec import load_soundfile
from acoupi.components.optional import call_if_there
from acoupi.components.saving_managers import DateFileManager
from acoupi.components.saving_managers.keeping import KeepingManager
from acoupi.components.types import (
    ProcessingLog,
    RecordingSavingFilter,
    RecordingSavingManager,
)
from acoupi.data import Deployment
from acoupi.programs.core.workers import AcoupiWorker, WorkerConfig
from acoupi.programs.templates.configuration import BasicProgramConfiguration
from acoupi.programs.templates.folders import make_writable
from acoupi.programs.templates.keeping_up import keeps_unheard
from acoupi.programs.templates.leftovers import end_leftovers
from acoupi.programs.templates.microphone_alarm import MicrophoneAlarm, alarm_note
from acoupi.programs.templates.microphone_watching import (
    find_microphone_problems,
    read_microphones,
    watches_microphones,
)
from acoupi.programs.templates.microphones import (
    views_of,
)
from acoupi.programs.templates.notes import describe_missing_place, describe_saving
from acoupi.programs.templates.privacy import check_privacy, keep_unless_private
from acoupi.programs.templates.recording import RecordingProgram
from acoupi.programs.templates.space_watch import SpaceWatch
from acoupi.programs.templates.triggering import check_trigger
from acoupi.programs.templates.when_full import HeardOrSpace, KeepWhileSpace
from acoupi.tasks.management import (
    ManagementCondition,
    SavingRule,
    generate_file_management_task,
)
from acoupi.tasks.missing import generate_missing_files_task
from acoupi.tasks.recovery import generate_recovery_task

if TYPE_CHECKING:
    from celery.result import EagerResult

__all__ = ["BasicProgram"]

C = TypeVar("C", bound=BasicProgramConfiguration)

DEFAULT_QUEUE = "celery"
MANAGEMENT_INTERVAL_S = 10


class BasicProgram(RecordingProgram[C]):
    """Records on a schedule and keeps what is worth keeping.

    Override a ``configure_``, ``get_`` or ``create_`` method to change one
    part; whatever is not overridden comes from the configuration.
    """

    worker_config = WorkerConfig(
        workers=[
            AcoupiWorker(name="recording", queues=["recording"], concurrency=1),
            AcoupiWorker(name="default", queues=["celery"], concurrency=1),
        ]
    )

    left_out: Collection[str] = ()
    """Runs that the end of a deployment must not try: their process did not survive them."""

    recovery_interval_s: ClassVar[float] = 300
    """How often files without a row, and rows without a file, are looked for."""

    space_interval_s: ClassVar[float] = 30
    """How often free space is looked at, beside before each recording."""

    microphone_interval_s: ClassVar[float] = 60
    """How often it is looked at what is believed of the microphones."""

    is_over: bool = False
    """Whether no more sound will come: the deployment is being ended."""

    @property
    def background_queue(self) -> str | None:
        """The queue of what nobody waits for; None for Celery's own."""
        served = self.get_queue_names()
        if DEFAULT_QUEUE in served:
            return DEFAULT_QUEUE
        return served[-1] if served else None

    def setup(self, config: C) -> None:
        """Build the components and add the tasks."""
        super().setup(config)
        self.register_file_management_task(config)
        self.register_space_task(config)
        self.register_microphone_task(config)
        self.register_recovery_task(config)

    def check(self, config: C) -> None:
        """Check that sound comes in and that everything can be written."""
        self.validate_dirs(config)
        if config.storage.recording_format == "flac":
            load_soundfile()
        for view in views_of(config):
            check_privacy(view)
            check_trigger(view, view.microphone, view.recording.duration)
        for recorder in self.recorders:
            call_if_there(recorder, "check")
        call_if_there(self.store, "check")

    def notes(self, config: C) -> list[str]:
        """Tell what is kept, and what is missing for it."""
        filters = self.get_recording_filters(config)
        views = views_of(config)
        parts = [c for view in views for c in self.get_recording_conditions(view)] + filters
        return [
            describe_saving(filters, self.get_saving_rule(config)),
            *describe_missing_place(parts, self.store),
        ]

    def on_start(self, deployment: Deployment) -> None:
        """Note the deployment: what is recorded from now on belongs to it."""
        self.validate_dirs(self.config)
        end_leftovers(self.store, deployment)
        self.store.store_deployment(deployment)

    def on_end(self, deployment: Deployment) -> None:
        """Finish what was recorded, and note that the deployment is over."""
        self.is_over = True
        self.recover_files()
        self.finish_processing()
        self.finish_run("file_management_task")
        self.finish_messaging()
        ended = deployment.model_copy(update={"ended_on": deployment.ended_on or utc_now()})
        self.store.update_deployment(ended)

    def recover(self) -> None:
        """Account for files that a cut left unfinished or without a row."""
        self.recover_files()

    def explain_end(self, pids: Collection[int], reason: str) -> None:
        """Note why processes ended with the recordings that they were processing."""
        if isinstance(self.store, ProcessingLog):
            self.store.explain_interruptions(pids, reason)

    def recover_files(self) -> None:
        """Let recorders finish what they were cut in, and adopt files without a row."""
        for recorder in self.recorders:
            call_if_there(recorder, "recover")
        for recover_task in self.create_recovery_tasks(self.config):
            recover_task()

    def finish_processing(self) -> None:
        """Process what was recorded and not processed; nothing to do without a model."""

    def finish_messaging(self) -> None:
        """Try once more to deliver what waits; nothing to do without messages."""

    def validate_dirs(self, config: C) -> None:
        """Make the folders of the configuration, and check that they can be written."""
        folders = (
            config.paths.tmp_audio,
            config.paths.recordings,
            config.paths.db_metadata.parent,
        )
        for folder in folders:
            make_writable(folder)

    def get_file_managers(self, config: C) -> list[RecordingSavingManager]:
        """Choose where recordings are kept; the first with a place for one has it."""
        return [DateFileManager(config.paths.recordings, logger=self.logger.getChild("files"))]

    def get_recording_filters(self, config: C) -> list[RecordingSavingFilter]:
        """Choose what is worth keeping; ``get_saving_rule`` combines them.

        With none, everything is kept.
        """
        return []

    def get_saving_rule(self, config: C) -> SavingRule:
        """Choose whether any of the saving filters is enough, or all must want a recording."""
        return "any"

    def get_management_conditions(self, config: C) -> list[ManagementCondition]:
        """Choose what must agree before a recording is moved or let go."""
        return []

    def get_required_models(self, config: C) -> list[str]:
        """Name the models that must have answered before a recording is moved or let go."""
        return []

    def create_file_management_task(self, config: C) -> Callable[[], None]:
        """Build the task that moves recordings to where they are kept."""
        managers = self.get_file_managers(config)
        for manager in managers:
            if isinstance(manager, KeepingManager) and config.storage.recording_format != "wav":
                manager.format = config.storage.recording_format
        managers = keep_unless_private(managers)
        conditions = self.get_management_conditions(config)
        if self.space.lets_sound_go:
            managers = [KeepWhileSpace(manager, self.space) for manager in managers]
            conditions = [*conditions, HeardOrSpace(self.space, self.store, keeps_unheard(config))]
        return generate_file_management_task(
            store=self.store,
            file_managers=managers,
            logger=self.logger.getChild("files"),
            file_filters=self.get_recording_filters(config),
            required_models=self.get_required_models(config),
            management_conditions=conditions,
            tmp_path=config.paths.tmp_audio,
            combine=self.get_saving_rule(config),
            is_over=lambda: self.is_over,
            keep_unheard=keeps_unheard(config),
        )

    def register_file_management_task(self, config: C) -> None:
        """Add the task that moves recordings to where they are kept."""
        self.add_task(
            function=self.create_file_management_task(config),
            schedule=timedelta(seconds=MANAGEMENT_INTERVAL_S),
            queue="celery",
        )

    def create_recovery_tasks(self, config: C, min_age_s: float = 0) -> list[Callable[[], None]]:
        """Build what finds files without a row, and rows without a file.

        Files younger than ``min_age_s`` are left to those who are at them.
        """
        logger = self.logger.getChild("recovery")
        return [
            generate_recovery_task(
                self.store,
                tmp_path=config.paths.tmp_audio,
                orphans_path=config.paths.recordings / "orphans",
                logger=logger,
                min_age_s=min_age_s,
            ),
            generate_missing_files_task(
                self.store,
                tmp_path=config.paths.tmp_audio,
                kept_path=config.paths.recordings,
                logger=logger,
                in_memory=lies_in_memory(config.paths.tmp_audio),
            ),
        ]

    def register_recovery_task(self, config: C) -> None:
        """Add the task that goes on finding files and rows while others record."""
        longest_s = max(view.recording.duration for view in views_of(config))
        finders = self.create_recovery_tasks(config, min_age_s=longest_s + 30)

        def recovery_task() -> None:
            for find in finders:
                find()

        self.add_task(
            function=recovery_task,
            schedule=timedelta(seconds=self.recovery_interval_s),
            queue=self.background_queue,
        )

    def register_space_task(self, config: C) -> None:
        """Add the task that tells when a disk is full, and when it has room again."""
        note = config.paths.tmp_audio / ".space.json"
        watch = SpaceWatch(self.space, self.send_alert, note, self.logger.getChild("space"))
        self.add_task(
            function=watch.watch_space_task,
            schedule=timedelta(seconds=self.space_interval_s),
            queue=self.background_queue,
        )

    def register_microphone_task(self, config: C) -> None:
        """Add the task that tells of a microphone that fails, where they are measured."""
        if not watches_microphones(config):
            return
        note = alarm_note(config.paths.db_metadata)
        logger = self.logger.getChild("microphone")
        alarm = MicrophoneAlarm(lambda: read_microphones(config), self.send_alert, note, logger)
        self.add_task(
            function=alarm.watch_microphones_task,
            schedule=timedelta(seconds=self.microphone_interval_s),
            queue=self.background_queue,
        )

    def find_problems(self) -> list[str]:
        """Say what is not well beside the recordings."""
        return [*self.space.describe(), *find_microphone_problems(self.config)]

    def send_alert(self, text: str) -> bool:
        """Send a message about trouble, where messages are sent; return whether that worked."""
        return True

    def finish_run(self, task_name: str, *args: Any, run_id: str | None = None) -> None:
        """Run a task here and now, if the program has it and an earlier try was not ended.

        Parameters
        ----------
        task_name
            Of the task.
        args
            What it is handed.
        run_id
            What tells this run from others; the task's name if None.
        """
        run_id = run_id or task_name
        if task_name not in self.tasks or run_id in self.left_out:
            return
        ended = cast("EagerResult", self.tasks[task_name].apply(args, task_id=run_id))
        if ended.failed():
            self.logger.error("%s failed: %s", task_name, cast("object", ended.result))
