"""What a program's user says about the microphone."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import BaseModel, Field, field_validator, model_validator

from acoupi.audio.ffmpeg import from_anywhere
from acoupi.components.audio_recorder.source import parse_replay
from acoupi.config.fields import NoUserPrompt
from acoupi.errors import DeviceConfigurationError

if TYPE_CHECKING:
    from acoupi.config.wizard import Offers

__all__ = ["NAME", "BitDepth", "MicrophoneConfig"]

BitDepth = Literal[16, 24]

NAME = r"^([A-Za-z0-9][A-Za-z0-9_-]*)?$"
"""What tasks, processes and files can be named after."""


class MicrophoneConfig(BaseModel):
    """The microphone, and how to listen with it."""

    device_name: str = Field(
        min_length=1,
        description="ALSA name of the microphone (see `acoupi devices`), or usb:SERIAL or "
        "usb:PORT of one that may be plugged in anywhere, or stream:URL, or replay:PATH to play "
        "a WAV file or a folder of them as if it were one.",
    )
    samplerate: int = Field(
        default=48_000, gt=0, description="Samples a second (Hz). A replayed file keeps its own."
    )
    audio_channels: int = Field(
        default=1, gt=0, description="Channels to record. A replayed file keeps its own."
    )
    time_expansion: float = Field(
        default=1,
        gt=0,
        description="How much slower than it was heard the microphone gives the sound; "
        "1 unless a time-expanding detector is connected.",
    )
    bit_depth: Annotated[BitDepth, NoUserPrompt] = Field(
        default=16, description="Bits of a sample. A replayed file keeps its own."
    )
    channel: Annotated[int | None, NoUserPrompt] = Field(
        default=None,
        gt=0,
        description="The only one of the channels to record, counted from 1; null: all of them, "
        "in one file.",
    )
    name: Annotated[str, NoUserPrompt] = Field(
        default="",
        pattern=NAME,
        description="What its recordings say that heard them, where there are several.",
    )
    gain_note: Annotated[str, NoUserPrompt] = Field(
        default="",
        description="How its gain is set, for whoever compares levels later; it sets nothing.",
    )

    @model_validator(mode="after")
    def _has_the_channel(self) -> Self:
        is_replay = parse_replay(self.device_name) is not None  # which keeps its own channels
        if self.channel is not None and self.channel > self.audio_channels and not is_replay:
            raise ValueError(f"channel {self.channel} is none of the {self.audio_channels}")
        return self

    @field_validator("device_name")
    @classmethod
    def _from_anywhere(cls, value: str) -> str:
        """Make the path of a file absolute: workers do not run where the set-up did."""
        try:
            replay = parse_replay(value)
        except DeviceConfigurationError as error:
            raise ValueError(f"{error}; {error.help}") from error
        return from_anywhere(value) if replay is None else replay.device_name

    @classmethod
    def setup(cls, args: Sequence[str], prompt: bool = True, prefix: str = "") -> Self:
        """Make one from command-line arguments, asking for what they do not say."""
        from acoupi.config import parse_section

        offers = cls._offers() if prompt else None
        return parse_section(cls, args, prompt=prompt, prefix=prefix, offers=offers)

    @classmethod
    def _offers(cls) -> "Offers":
        """Return what is proposed to who is asked."""
        from acoupi.components.audio_recorder.offers import alsa_offers

        return alsa_offers()
