"""What becomes of what people say near a sensor."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

from pydantic import BaseModel, Field

from acoupi._home import lies_in_memory
from acoupi.audio.privacy.gate import MARGIN_S, THRESHOLD, PrivacyGate
from acoupi.audio.privacy.marks import is_private
from acoupi.audio.sieve import Sieve
from acoupi.components.types import RecordingSavingManager
from acoupi.config.fields import NoUserPrompt
from acoupi.data import ModelOutput, Recording
from acoupi.errors import ConfigurationError, HealthCheckError

if TYPE_CHECKING:
    from acoupi.audio.privacy.silero import Silero

__all__ = [
    "KeepUnlessPrivate",
    "PrivacyConfiguration",
    "PrivacyPolicy",
    "check_privacy",
    "keep_unless_private",
    "privacy_of",
    "privacy_sieves",
]

PrivacyPolicy = Literal["off", "drop", "silence", "keep_detection"]


DOES: dict[PrivacyPolicy, str] = {
    "drop": "recordings in which people speak are not kept",
    "silence": "what people say is silenced",
    "keep_detection": "recordings in which people speak are heard by the model, and not kept",
}


class PrivacyConfiguration(BaseModel):
    """What happens where people speak."""

    policy: PrivacyPolicy = Field(
        default="off",
        description="recordings in which people speak: off keeps them, drop keeps none of them, "
        "silence takes out what is said, keep_detection lets models hear them and keeps no sound; "
        "all but off need acoupi[privacy] and: acoupi privacy install",
    )
    threshold: Annotated[float, NoUserPrompt] = Field(
        default=THRESHOLD,
        gt=0,
        lt=1,
        description="from which probability on sound is taken for speech",
    )
    margin_s: Annotated[float, NoUserPrompt] = Field(
        default=MARGIN_S,
        ge=0.1,
        le=10,
        description="how much before and after speech counts as speech (s)",
    )


class KeepUnlessPrivate(RecordingSavingManager):
    """Has no place for a recording in which people speak; else what another manager says."""

    def __init__(self, manager: RecordingSavingManager) -> None:
        self.manager = manager

    def save_recording(
        self, recording: Recording, model_outputs: list[ModelOutput] | None = None
    ) -> Path | None:
        """Return what the manager says, or None if the recording may not be kept."""
        if recording.path is not None and is_private(recording.path):
            return None
        return self.manager.save_recording(recording, model_outputs)


def keep_unless_private(
    managers: Sequence[RecordingSavingManager],
) -> list[RecordingSavingManager]:
    """Let no manager have what may not be kept, whatever the policy is by now."""
    return [KeepUnlessPrivate(manager) for manager in managers]


def privacy_of(config: BaseModel) -> PrivacyConfiguration:
    """Read what is wanted from a program's configuration, which need not say it."""
    said = getattr(config, "privacy", None)
    return said if isinstance(said, PrivacyConfiguration) else PrivacyConfiguration()


def privacy_sieves(config: BaseModel, finds_detections: bool) -> list[Sieve]:
    """Build what keeps speech from the disk, if that is wanted.

    Parameters
    ----------
    config
        The program's.
    finds_detections
        Whether there is a model that hears what is not kept.

    Raises
    ------
    ConfigurationError
        If it makes no sense for the program.
    """
    privacy = privacy_of(config)
    if privacy.policy == "off":
        return []
    if privacy.policy == "keep_detection" and not finds_detections:
        raise ConfigurationError(
            "privacy.policy is keep_detection, but this program has no model that detects",
            help="let privacy.policy be silence or drop",
        )
    return [PrivacyGate(privacy.policy, _load_model, privacy.threshold, privacy.margin_s)]


def check_privacy(config: BaseModel) -> str | None:
    """Check that speech can be found, and that it cannot come to a disk.

    Returns
    -------
    str | None
        What is done about speech; None if nothing is.

    Raises
    ------
    ConfigurationError
        If the model, or what runs it, is missing.
    HealthCheckError
        If recordings in which people speak would come to a disk.
    """
    policy = privacy_of(config).policy
    if policy == "off":
        return None
    if policy == "keep_detection":
        _require_memory(cast("Path", getattr(getattr(config, "paths", None), "tmp_audio", Path())))
    _load_model()
    return DOES[policy]


def _require_memory(waiting: Path) -> None:
    if not lies_in_memory(waiting):
        raise HealthCheckError(
            f"recordings wait in {waiting}, which is not in memory, so what people say would "
            "come to the disk",
            help="let paths.tmp_audio be a folder on a tmpfs, such as one below /dev/shm; "
            "or let privacy.policy be silence or drop",
        )


def _load_model() -> "Silero":
    from acoupi.audio.privacy.model_file import load_silero
    from acoupi.audio.privacy.silero import load_package

    load_package("soxr")
    return load_silero()
