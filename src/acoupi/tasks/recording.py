"""Record, if every condition agrees."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from acoupi.audio.segment import annotate
from acoupi.audio.sieve import Withheld
from acoupi.components.optional import call_if_there
from acoupi.components.types import AudioRecorder, RecordingCondition, Store
from acoupi.data import Deployment, Recording
from acoupi.errors import DeviceError, StoreError
from acoupi.tasks.effort import EffortNotes, take_losses

__all__ = ["add_guano_metadata", "generate_recording_task"]

module_logger = logging.getLogger(__name__)


def generate_recording_task(
    recorder: AudioRecorder,
    store: Store,
    logger: logging.Logger = module_logger,
    recording_conditions: Sequence[RecordingCondition] | None = None,
    interval_s: float | None = None,
    microphone: str = "",
    ring_again: Callable[[], object] = lambda: None,
) -> Callable[[], Recording | None]:
    """Build the task that makes one recording.

    It returns the recording, whose row is then stored; or None if a condition
    said no, a sieve withheld it, no deployment is running, or the device or the
    store failed. A file whose row could not be stored gets it from the recovery.

    Parameters
    ----------
    recorder
        Makes the recording.
    store
        Where its row goes; one that keeps a log of effort is told what became
        of the time, recorded or not.
    logger
        Where it says what happened.
    recording_conditions
        All of them must agree.
    interval_s
        How often the task is called, so that it can tell when it was called too
        late.
    microphone
        Which of several it is; recordings and the log of effort say so.
    ring_again
        Calls the task once more soon: a recorder that is behind (``is_behind``)
        has a whole recording's sound already, and no ring to come makes up for it.
    """
    effort = EffortNotes(store, interval_s, logger, microphone=microphone)
    return _RecordingTask(
        recorder, store, logger, recording_conditions or (), effort, microphone, ring_again
    ).recording_task


@dataclass(frozen=True)
class _RecordingTask:
    recorder: AudioRecorder
    store: Store
    logger: logging.Logger
    conditions: Sequence[RecordingCondition]
    effort: EffortNotes
    microphone: str = ""
    ring_again: Callable[[], object] = lambda: None

    def recording_task(self) -> Recording | None:
        self.effort.begin()
        try:
            recording = self._attempt()
            if getattr(self.recorder, "is_behind", False):
                self.ring_again()
            return recording and self._stored(recording)
        except (DeviceError, StoreError) as error:
            self.effort.failed(error)
            self.logger.error("not recorded: %s (%s)", error, error.help or "no hint")
            return None
        except Exception as error:
            self.effort.failed(error)
            raise
        finally:
            self.effort.end(take_losses(self.recorder))

    def _attempt(self) -> Recording | None:
        deployment = self.store.get_current_deployment()
        self.effort.belongs_to(deployment)
        refusal = _refusal(self.conditions, deployment)
        if refusal is not None:
            self.effort.refused(refusal)
            self.logger.info("not recording: %s said no", type(refusal).__name__)
            call_if_there(self.recorder, "rest")  # from listening all the time
            return None
        return self._recorded(deployment)

    def _recorded(self, deployment: Deployment) -> Recording | None:
        try:
            recording = self.recorder.record(deployment)
        except Withheld as withheld:
            if withheld.recording is not None:
                self.effort.withheld(withheld.recording, withheld.state, withheld.reason)
            self.logger.info("recorded, and not kept: %s", withheld.reason)
            return None
        self.effort.recorded(recording)
        if self.microphone and not recording.microphone:  # the recorder does not say
            return recording.model_copy(update={"microphone": self.microphone})
        return recording

    def _stored(self, recording: Recording) -> Recording | None:
        try:
            self.store.store_recording(recording)
        except StoreError as error:
            self.logger.error("recorded, but not noted yet: %s: %s", recording.path, error)
            return None
        self.logger.info("recording saved: %s (%.3f s)", recording.path, recording.duration)
        return recording


def _refusal(
    conditions: Sequence[RecordingCondition], deployment: Deployment
) -> RecordingCondition | None:
    """Return the first condition that says no, where the deployment is."""
    for condition in conditions:
        condition.locate(deployment)
        if not condition.should_record():
            return condition
    return None


def add_guano_metadata(recording: Recording) -> None:
    """Write what is known of a recording into its WAV file, as GUANO metadata.

    For recorders that do not do it themselves; the file is replaced whole.
    """
    if recording.path is None or not recording.path.exists():
        module_logger.warning("no file to annotate: recording %s", recording.id)
        return
    annotate(recording.path, recording)
