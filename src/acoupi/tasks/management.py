"""Move each recording to where it is kept, or let it go."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from acoupi._files import copy_durably
from acoupi._home import temp_audio_dir
from acoupi.audio.flac import has_sound_of
from acoupi.audio.wav import open_wav
from acoupi.components.types import (
    ProcessingLog,
    RecordingSavingFilter,
    RecordingSavingManager,
    Store,
)
from acoupi.data import ModelOutput, ModelOutputInfo, Recording
from acoupi.errors import DeviceConfigurationError
from acoupi.tasks.alone import Alone

__all__ = [
    "FiltersCanJudge",
    "ManagementCondition",
    "ProcessedByRequiredModels",
    "ProcessingHasEnded",
    "SavingRule",
    "generate_file_management_task",
    "manage_recording",
]

module_logger = logging.getLogger(__name__)

ManagementCondition = Callable[[Recording, Sequence[ModelOutputInfo]], bool]
"""Says whether a recording, given who has answered, may be managed now."""

SavingRule = Literal["any", "all"]
"""Whether a recording is kept if any of the saving filters wants it, or if all do."""


class ProcessedByRequiredModels:
    """Agrees once all the models named have answered."""

    def __init__(self, required_model_names: Sequence[str]) -> None:
        self.required_model_names = set(required_model_names)

    def __call__(self, recording: Recording, model_outputs: Sequence[ModelOutputInfo]) -> bool:
        """Tell whether an output of every required model is among these."""
        return self.required_model_names <= {output.name_model for output in model_outputs}


class ProcessingHasEnded:
    """Agrees once nothing more will be tried: processed, skipped on purpose, or set aside."""

    def __init__(self, log: ProcessingLog) -> None:
        self.log = log

    def __call__(self, recording: Recording, model_outputs: Sequence[ModelOutputInfo]) -> bool:
        """Tell whether the processing of the recording has ended."""
        return self.log.is_processed(recording)


class FiltersCanJudge:
    """Agrees once no saving filter waits for more, or none needs to wait any longer."""

    def __init__(
        self, filters: Sequence[RecordingSavingFilter], is_over: Callable[[], bool]
    ) -> None:
        self.filters = filters
        self.is_over = is_over

    def __call__(self, recording: Recording, model_outputs: Sequence[ModelOutputInfo]) -> bool:
        """Tell whether all saving filters can judge the recording."""
        return self.is_over() or all(each.can_judge(recording) for each in self.filters)


def generate_file_management_task(
    store: Store,
    file_managers: Sequence[RecordingSavingManager],
    logger: logging.Logger = module_logger,
    file_filters: Sequence[RecordingSavingFilter] | None = None,
    required_models: Sequence[str] | None = None,
    management_conditions: Sequence[ManagementCondition] | None = None,
    tmp_path: Path | None = None,
    combine: SavingRule = "any",
    is_over: Callable[[], bool] = lambda: False,
    keep_unheard: bool = True,
) -> Callable[[], None]:
    """Build the task that goes through the recordings waiting in ``tmp_path``.

    Oldest first; one that cannot be managed stays for the next time and holds
    up none of the others. While one such task runs, in whatever process, no
    other does anything. ``combine`` says how many of the ``file_filters``
    must want a recording for it to be kept; ``is_over``, whether nothing more
    will come that a filter might wait for; ``keep_unheard``, whether what was
    left unheard is kept whatever they want.
    """
    filters = file_filters or ()
    conditions = [
        ProcessedByRequiredModels(required_models or ()),
        *(management_conditions or ()),
        FiltersCanJudge(filters, is_over),
    ]
    tmp_path = tmp_path or temp_audio_dir()
    return _Management(
        store,
        file_managers,
        logger,
        filters,
        conditions,
        tmp_path,
        combine,
        Alone(tmp_path, is_folder=True),
        keep_unheard,
    ).file_management_task


@dataclass(frozen=True)
class _Management:
    store: Store
    managers: Sequence[RecordingSavingManager]
    logger: logging.Logger
    filters: Sequence[RecordingSavingFilter]
    conditions: Sequence[ManagementCondition]
    tmp_path: Path
    combine: SavingRule
    alone: Alone
    keep_unheard: bool

    def file_management_task(self) -> None:
        with self.alone.attempt() as alone:
            if not alone:
                self.logger.info("files are being managed already")
                return
            files = sorted(self.tmp_path.glob("*.wav"))
            for recording, answers in self.store.get_recordings_info_by_path(files):
                self.manage(recording, answers)

    def manage(self, recording: Recording, answers: Sequence[ModelOutputInfo]) -> None:
        try:
            if not all(condition(recording, answers) for condition in self.conditions):
                return
            outputs = self.store.get_recording_model_outputs(recording)
            manage_recording(
                recording,
                outputs,
                self.store,
                self.managers,
                self.logger,
                self.filters,
                self.combine,
                self.keep_unheard,
            )
        except Exception:
            self.logger.exception("recording %s stays at %s", recording.id, recording.path)


def manage_recording(
    recording: Recording,
    model_outputs: list[ModelOutput],
    store: Store,
    file_managers: Sequence[RecordingSavingManager],
    logger: logging.Logger,
    file_filters: Sequence[RecordingSavingFilter] | None = None,
    combine: SavingRule = "any",
    keep_unheard: bool = True,
) -> None:
    """Keep one recording where the first manager with a place says, or let it go.

    It is let go if there are filters and none wants it, or with ``combine``
    ``"all"`` if one of them does not, or if no manager has a place for it. One
    whose processing failed is wanted: nobody has heard what is in it. So is, with
    ``keep_unheard``, one that was left since the sensor did not keep up. The row
    is updated before the waiting file is removed, so a cut between the two
    loses nothing.
    """
    if recording.path is None:
        return
    unheard = _why_unheard(recording, store, keep_unheard)
    reason = unheard or _why_wanted(recording, model_outputs, file_filters or (), combine)
    if reason is None:
        _let_go(recording, store)
        logger.info("recording %s not kept: not wanted by the saving filters", recording.id)
        return
    if not file_managers:
        logger.warning("recording %s stays: there is no file manager", recording.id)
        return
    place = _first_place(recording, model_outputs, file_managers)
    if place is None:
        _let_go(recording, store)
        logger.info("recording %s not kept: no file manager has a place for it", recording.id)
        return
    kept_at = _hand_over(recording, place, store)
    logger.info("recording %s kept at %s: %s", recording.id, kept_at, reason)


def _let_go(recording: Recording, store: Store) -> None:
    store.update_recording_path(recording, None)
    if recording.path is not None:
        recording.path.unlink(missing_ok=True)


def _why_unheard(recording: Recording, store: Store, keep_unheard: bool) -> str | None:
    """Return why nobody has heard what is in a recording, if that speaks for keeping it."""
    if not isinstance(store, ProcessingLog):
        return None
    why = store.get_unheard(recording) if keep_unheard else store.get_failure(recording)
    return why and f"nobody has heard what is in it ({why})"


def _why_wanted(
    recording: Recording,
    outputs: list[ModelOutput],
    filters: Sequence[RecordingSavingFilter],
    combine: SavingRule,
) -> str | None:
    """Return what speaks for keeping the recording, or None."""
    if not filters:
        return "everything is kept"
    if combine == "all":
        wanted = all(f.should_save_recording(recording, outputs) for f in filters)
        return "all saving filters want it" if wanted else None
    wanting = (f for f in filters if f.should_save_recording(recording, outputs))
    return next((f"{f} wants it" for f in wanting), None)


def _first_place(
    recording: Recording,
    outputs: list[ModelOutput],
    managers: Sequence[RecordingSavingManager],
) -> Path | None:
    places = (manager.save_recording(recording, outputs) for manager in managers)
    return next((place for place in places if place is not None), None)


def _is_encoded(waiting_at: Path, place: Path) -> bool:
    """Tell whether the manager has made a FLAC file of this very sound."""
    if place.suffix != ".flac" or not place.is_file():
        return False
    try:
        return has_sound_of(place, open_wav(waiting_at))
    except DeviceConfigurationError:  # what waits is no WAV file
        return False


def _hand_over(recording: Recording, place: Path, store: Store) -> Path:
    """Bring the file to its place, whatever of that its manager has done already."""
    waiting_at = recording.path
    kept_at = place
    if waiting_at is not None and waiting_at.exists() and not _is_encoded(waiting_at, place):
        kept_at = copy_durably(waiting_at, place)
    store.update_recording_path(recording, kept_at)
    if waiting_at is not None and waiting_at != kept_at:
        waiting_at.unlink(missing_ok=True)
    return kept_at
