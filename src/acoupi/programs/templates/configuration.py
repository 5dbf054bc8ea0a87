"""What can be set in programs made from the templates."""

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, Field, model_validator

from acoupi._home import storage_dir, temp_audio_dir
from acoupi._zone import is_zone_name, local_zone_name
from acoupi.audio.addresses import without_password
from acoupi.components.audio_recorder import MicrophoneConfig
from acoupi.components.audio_recorder.config import NAME
from acoupi.components.messengers import HTTPConfig, MQTTConfig
from acoupi.components.saving_managers.keeping import SavingFormat
from acoupi.components.types import MessageOrder
from acoupi.config.fields import NoUserPrompt
from acoupi.config.wizard import AskedEach
from acoupi.programs.templates.cleaning_configuration import DetectionsConfiguration
from acoupi.programs.templates.keeping_up_configuration import KeepingUpConfiguration
from acoupi.programs.templates.privacy import PrivacyConfiguration
from acoupi.programs.templates.trigger_configuration import TriggerConfiguration

if TYPE_CHECKING:
    from acoupi.config.wizard import Offers

__all__ = [
    "ASKED_EACH",
    "AudioConfiguration",
    "BasicProgramConfiguration",
    "DetectionProgramConfiguration",
    "DetectionsConfiguration",
    "FurtherMicrophone",
    "MessagingConfig",
    "MessagingProgramConfiguration",
    "PathsConfiguration",
    "StorageConfiguration",
    "WhenFull",
    "ZoneName",
    "by_device",
]


def _known_zone(name: str) -> str:
    if not is_zone_name(name):
        raise ValueError(f"there is no time zone {name!r}; one is Europe/London")
    return name


ZoneName = Annotated[str, AfterValidator(_known_zone)]
"""The IANA name of a time zone."""


ASKED_EACH = AskedEach("Is there a further microphone?")
"""How a person is asked for ``further_microphones``."""

WhenFull = Literal["stop_recording", "keep_detections"]
"""What a program does when there is no space for recordings."""


class AudioConfiguration(BaseModel):
    """What to record, and when."""

    duration: float = Field(default=3, gt=0, description="length of a recording (s)")
    interval: float = Field(
        default=10,
        gt=0,
        description="time from the start of a recording to the start of the next (s)",
    )
    chunksize: Annotated[int, NoUserPrompt] = Field(
        default=8192, gt=0, description="samples that a PortAudio recorder reads at once"
    )
    watch_microphone: Annotated[bool, NoUserPrompt] = Field(
        default=True,
        description="whether the sound is measured, to tell a microphone that fails",
    )
    schedule_start: dt.time = Field(
        default=dt.time(6, 0), description="time of day at which recording starts"
    )
    schedule_end: dt.time = Field(
        default=dt.time(22, 30),
        description="time of day at which recording ends; equal to the start: all day",
    )
    trigger: Annotated[TriggerConfiguration | None, NoUserPrompt] = Field(
        default=None, description="make only recordings in which a band is loud; null: all"
    )


class FurtherMicrophone(MicrophoneConfig):
    """A microphone beside the first, and what is different with it.

    A field that is also one of the program's configuration, such as
    ``recording``, holds instead of that for this microphone.
    """

    name: str = Field(
        min_length=1,
        pattern=NAME,
        description="What its recordings say that heard them: letters, digits, - and _.",
    )
    recording: AudioConfiguration | None = Field(
        default=None, description="what it records, and when; as the first if this is left out"
    )

    @classmethod
    def _offers(cls) -> "Offers":
        from acoupi.components.audio_recorder.offers import further_offers
        from acoupi.config.wizard.session import around

        return further_offers(around())


class PathsConfiguration(BaseModel):
    """Where things are kept."""

    tmp_audio: Path = Field(
        default_factory=temp_audio_dir,
        description="folder where recordings wait until it is decided what to keep",
    )
    recordings: Path = Field(
        default_factory=lambda: storage_dir() / "recordings",
        description="folder for the recordings that are kept",
    )
    db_metadata: Path = Field(
        default_factory=lambda: storage_dir() / "metadata.db",
        description="database of recordings and detections",
    )


class StorageConfiguration(BaseModel):
    """How recordings are kept, and what happens when a disk is full."""

    recording_format: Annotated[SavingFormat, NoUserPrompt] = Field(
        default="wav",
        description="format of the recordings that are kept; flac takes about half the space, "
        "loses nothing, and needs acoupi[flac]",
    )
    min_free_mb: Annotated[float, NoUserPrompt] = Field(
        default=200,
        ge=0,
        description="space left free on every disk the program writes to, "
        "but never more than a tenth of it (MB)",
    )
    when_full: Annotated[WhenFull, NoUserPrompt] = Field(
        default="stop_recording",
        description="without space for recordings, stop, or go on and keep only detections",
    )


class MessagingConfig(BaseModel):
    """What is sent, where to, and how often."""

    messages_db: Path = Field(
        default_factory=lambda: storage_dir() / "messages.db",
        description="database where messages wait until they are delivered",
    )
    message_send_interval: float = Field(
        default=120, gt=0, description="time between two attempts to send what waits (s)"
    )
    max_messages: int | None = Field(
        default=None, gt=0, description="how many messages are sent at once at most"
    )
    message_order: MessageOrder = Field(
        default="oldest_first", description="which of the waiting messages go first"
    )
    heartbeat_interval: float = Field(
        default=3600, gt=0, description="time between two heartbeats (s)"
    )
    http: HTTPConfig | None = Field(default=None, title="HTTP", description="send by HTTP")
    mqtt: MQTTConfig | None = Field(default=None, title="MQTT", description="send by MQTT")


class BasicProgramConfiguration(BaseModel):
    """The configuration of a program that records."""

    timezone: ZoneName = Field(
        default_factory=local_zone_name, description="time zone of the schedule"
    )
    microphone: MicrophoneConfig
    further_microphones: Annotated[list[FurtherMicrophone], ASKED_EACH] = Field(
        default_factory=list[FurtherMicrophone],
        description="microphones that are recorded beside the first, each with a name",
    )
    recording: AudioConfiguration = Field(default_factory=AudioConfiguration)
    paths: PathsConfiguration = Field(default_factory=PathsConfiguration)
    storage: StorageConfiguration = Field(default_factory=StorageConfiguration)
    privacy: PrivacyConfiguration = Field(default_factory=PrivacyConfiguration)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the schedule."""
        return ZoneInfo(self.timezone)

    @model_validator(mode="after")
    def _tell_microphones_apart(self) -> Self:
        microphones = (self.microphone, *self.further_microphones)
        names = [getattr(each, "name", "") for each in microphones]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"two microphones have the name {twice!r}")
        for device_name, shared in by_device(microphones).items():
            if len(shared) > 1 and not _are_channels(shared):
                raise ValueError(
                    f"several microphones have the device_name "
                    f"{without_password(device_name)!r}: give each another "
                    "channel of it, and the same samplerate, audio_channels and bit_depth"
                )
        return self


def by_device(microphones: Iterable[MicrophoneConfig]) -> dict[str, list[MicrophoneConfig]]:
    """Group microphones that are channels of one device."""
    found: dict[str, list[MicrophoneConfig]] = {}
    for microphone in microphones:
        found.setdefault(microphone.device_name, []).append(microphone)
    return found


def _are_channels(microphones: Sequence[MicrophoneConfig]) -> bool:
    """Tell whether these can all be cut from what one device gives."""
    channels = {each.channel for each in microphones}
    ways = {(each.samplerate, each.audio_channels, each.bit_depth) for each in microphones}
    return None not in channels and len(channels) == len(microphones) and len(ways) == 1


class MessagingProgramConfiguration(BasicProgramConfiguration):
    """The configuration of a program that records and sends."""

    messaging: MessagingConfig = Field(default_factory=MessagingConfig)


class DetectionProgramConfiguration(MessagingProgramConfiguration):
    """The configuration of a program that records, detects and sends."""

    detections: DetectionsConfiguration = Field(default_factory=DetectionsConfiguration)
    keeping_up: Annotated[KeepingUpConfiguration, NoUserPrompt] = Field(
        default_factory=KeepingUpConfiguration,
        description="what happens while more sound waits for the model than should",
    )
