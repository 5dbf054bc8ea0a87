"""What a program records with: each of its microphones, and when."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel

from acoupi.audio.sieve import Sieve, sift_with
from acoupi.components.audio_recorder import MicrophoneConfig, create_recorder
from acoupi.components.audio_recorder.sharing import share_devices
from acoupi.components.recording_conditions import IsInInterval
from acoupi.components.stores import SqliteStore
from acoupi.components.types import AudioRecorder, RecordingCondition, Store
from acoupi.data import Recording, TimeInterval
from acoupi.programs.core.base import AcoupiProgram
from acoupi.programs.core.lateness import lasting
from acoupi.programs.core.workers import WorkerConfig
from acoupi.programs.templates.configuration import BasicProgramConfiguration
from acoupi.programs.templates.microphone_watching import watch_of
from acoupi.programs.templates.microphones import (
    microphone_name,
    name_for,
    recording_queue,
    views_of,
    with_microphones,
)
from acoupi.programs.templates.privacy import privacy_sieves
from acoupi.programs.templates.space import Space
from acoupi.programs.templates.triggering import trigger_sieves
from acoupi.programs.templates.when_full import HasSpace
from acoupi.tasks.recording import generate_recording_task
from acoupi.tasks.schedules import AlignedSchedule

__all__ = ["RecordingProgram"]

C = TypeVar("C", bound=BasicProgramConfiguration)


class RecordingProgram(AcoupiProgram[C]):
    """The part of a program that records, with one microphone or several.

    A base of the templates, which add what is done with the recordings.
    """

    recording_callback_queue: ClassVar[str | None] = None
    """The queue on which what happens with each new recording is done."""

    finds_detections: ClassVar[bool] = False
    """Whether there is something to keep of a recording when there is no space for its sound."""

    recording_margin_s: ClassVar[float] = 60
    """How much longer than its recording a recording task may take."""

    recorder: AudioRecorder
    further_recorders: Mapping[str, AudioRecorder] = MappingProxyType({})
    """What records the microphones beside the first, by their names."""

    store: Store
    space: Space

    def setup(self, config: C) -> None:
        """Build what records, what keeps, and the tasks that record."""
        first, *further = views_of(config)
        self.recorder = self.build_recorder(first)
        self.further_recorders = {
            microphone_name(view): self.build_recorder(view) for view in further
        }
        share_devices(self.recorders)
        self.store = self.configure_store(config)
        self.space = Space.of(config, self.finds_detections)
        for view in (first, *further):
            self.register_recording_task(view)

    @classmethod
    def get_workers(cls, config: BaseModel) -> WorkerConfig:
        """Return the processes the program wants, with one for each further microphone."""
        return with_microphones(cls.get_worker_config(), config)

    @property
    def recorders(self) -> list[AudioRecorder]:
        """What records each microphone, the first one's first."""
        return [self.recorder, *self.further_recorders.values()]

    def recorder_of(self, config: C) -> AudioRecorder:
        """Return what records the microphone of a configuration, which may be a further one."""
        return self.further_recorders.get(microphone_name(config), self.recorder)

    def build_recorder(self, config: C) -> AudioRecorder:
        """Build what records the microphone of a configuration, and what its sound passes."""
        recorder = self.configure_recorder(config)
        if name := microphone_name(config):
            recorder.microphone = name
        watch = watch_of(config, recorder, self.logger)
        privacy = privacy_sieves(config, self.finds_detections)
        sift_with(recorder, [*watch, *privacy, *self.get_sieves(config, config.microphone)])
        return recorder

    def configure_recorder(self, config: C) -> AudioRecorder:
        """Choose what records.

        Called for each microphone, as are ``get_recording_conditions`` and
        what else is chosen for one: with a configuration in which
        ``microphone`` is that one.
        """
        return create_recorder(
            config.microphone,
            duration_s=config.recording.duration,
            audio_dir=config.paths.tmp_audio,
            continuous=config.recording.interval <= config.recording.duration,
            interval_s=config.recording.interval,
        )

    def configure_store(self, config: C) -> Store:
        """Choose what keeps recordings and detections."""
        return SqliteStore(config.paths.db_metadata)

    def get_sieves(self, config: C, microphone: MicrophoneConfig) -> list[Sieve]:
        """Choose what the sound of a microphone passes through before it is written."""
        logger = self.logger.getChild("trigger")
        return trigger_sieves(config, lambda: self.store, logger)

    def get_recording_conditions(self, config: C) -> list[RecordingCondition]:
        """Choose what must agree before a recording is made."""
        window = TimeInterval(
            start=config.recording.schedule_start, end=config.recording.schedule_end
        )
        return [IsInInterval(window, timezone=config.zone)]

    def get_recording_callbacks(self, config: C) -> list[Callable[[Recording], Any]]:
        """Choose what happens with each new recording."""
        return []

    def create_recording_task(self, config: C) -> Callable[[], Recording | None]:
        """Build the task that makes one recording."""
        return generate_recording_task(
            recorder=self.recorder_of(config),
            store=self.store,
            logger=self.logger.getChild(name_for(config, "recording")),
            recording_conditions=[
                *self.get_recording_conditions(config),
                HasSpace(self.space),
            ],
            interval_s=config.recording.interval,
            microphone=microphone_name(config),
            ring_again=lambda: self.ring_for_recording(config),
        )

    def register_recording_task(self, config: C) -> None:
        """Add the recording task, with what happens with each new recording."""
        self.add_task(
            function=self.create_recording_task(config),
            callbacks=self.get_recording_callbacks(config),
            schedule=AlignedSchedule(timedelta(seconds=config.recording.interval)),
            queue=recording_queue(self.config, config),
            name=name_for(config, "recording_task"),
            callback_queue=self.recording_callback_queue,
            time_limit_s=config.recording.duration + self.recording_margin_s,
        )

    def ring_for_recording(self, config: C) -> None:
        """Let a recording be made once more than the schedule says, and soon."""
        task = self.tasks[name_for(config, "recording_task")]
        task.apply_async(**lasting(config.recording.interval))
