"""What a full disk changes: whether to record, and which recordings are kept."""

from collections.abc import Sequence
from pathlib import Path

from acoupi.components.types import (
    ProcessingLog,
    RecordingCondition,
    RecordingSavingManager,
    Store,
)
from acoupi.data import ModelOutput, ModelOutputInfo, Recording
from acoupi.programs.templates.space import Space

__all__ = ["HasSpace", "HeardOrSpace", "KeepWhileSpace"]


class HasSpace(RecordingCondition):
    """Record while there is room for all that a recording needs."""

    def __init__(self, space: Space) -> None:
        self.space = space

    def should_record(self) -> bool:
        """Tell whether there is."""
        return self.space.can_record()


class KeepWhileSpace(RecordingSavingManager):
    """Has no place for a recording while the disk is full; else what another manager says."""

    def __init__(self, manager: RecordingSavingManager, space: Space) -> None:
        self.manager = manager
        self.space = space

    def save_recording(
        self, recording: Recording, model_outputs: list[ModelOutput] | None = None
    ) -> Path | None:
        """Return what the manager says, or None if there is no room."""
        if not self.space.can_keep_sound():
            return None
        return self.manager.save_recording(recording, model_outputs)


class HeardOrSpace:
    """Agrees unless the disk is full and nobody has heard what is in the recording."""

    def __init__(self, space: Space, store: Store, keep_unheard: bool = True) -> None:
        self.space = space
        self.store = store
        self.keep_unheard = keep_unheard

    def __call__(self, recording: Recording, model_outputs: Sequence[ModelOutputInfo]) -> bool:
        """Tell whether the recording may be managed now."""
        return not self._is_unheard(recording) or self.space.can_keep_sound()

    def _is_unheard(self, recording: Recording) -> bool:
        if not isinstance(self.store, ProcessingLog):
            return False
        why = self.store.get_unheard if self.keep_unheard else self.store.get_failure
        return why(recording) is not None
