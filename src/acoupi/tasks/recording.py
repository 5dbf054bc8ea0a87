"""Record, if every condition agrees."""

import logging
from collections.abc import Callable, Sequence

from acoupi.audio.segment import annotate
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
) -> Callable[[], Recording | None]:
    """Build the task that makes one recording.

    It returns the recording, whose row is then stored; or None if a condition
    said no, no deployment is running, or the device or the store failed. A file
    whose row could not be stored gets it from the recovery.

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
    """
    effort = EffortNotes(store, interval_s, logger)

    def recording_task() -> Recording | None:
        effort.begin()
        try:
            return attempt()
        except Exception as error:
            effort.failed(error)
            raise
        finally:
            effort.end(take_losses(recorder))

    def attempt() -> Recording | None:
        try:
            deployment = store.get_current_deployment()
            effort.belongs_to(deployment)
            refusal = _refusal(recording_conditions or (), deployment)
            if refusal is not None:
                effort.refused(refusal)
                logger.info("not recording: %s said no", type(refusal).__name__)
                call_if_there(recorder, "rest")  # from listening all the time
                return None
            recording = recorder.record(deployment)
        except (DeviceError, StoreError) as error:
            effort.failed(error)
            logger.error("not recorded: %s (%s)", error, error.help or "no hint")
            return None
        effort.recorded(recording)
        return stored(recording)

    def stored(recording: Recording) -> Recording | None:
        try:
            store.store_recording(recording)
        except StoreError as error:
            logger.error("recorded, but not noted yet: %s: %s", recording.path, error)
            return None
        logger.info("recording saved: %s (%.3f s)", recording.path, recording.duration)
        return recording

    return recording_task


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
