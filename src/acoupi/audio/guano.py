"""GUANO metadata: what a recording's own file says about it.

The text follows the GUANO specification 1.0. With time expansion the file's
header has the rate it plays at, and ``Samplerate`` the rate of the sound itself,
``TE`` times as high.
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from acoupi.audio.sound import open_whole_sound
from acoupi.data import Recording
from acoupi.errors import DeviceConfigurationError

__all__ = ["RecordingIdentity", "build_metadata", "read_identity"]

RECORDING_ID = "acoupi|Recording ID"
DEPLOYMENT_ID = "acoupi|Deployment ID"
DEPLOYMENT_NAME = "acoupi|Deployment Name"
CHANNELS = "acoupi|Channels"
MICROPHONE = "acoupi|Microphone"


@dataclass(frozen=True)
class RecordingIdentity:
    """What a file made by acoupi says that it is; enough to store it again."""

    recording_id: UUID
    deployment_id: UUID
    deployment_name: str
    created_on: dt.datetime
    duration_s: float
    samplerate_hz: int
    audio_channels: int
    time_expansion: float
    microphone: str = ""


def build_metadata(recording: Recording) -> bytes:
    """Describe a recording for the ``guan`` chunk of its file."""
    from guano import GuanoFile

    text = GuanoFile()
    for key, value in _fields(recording).items():
        text[key] = value
    return bytes(text.serialize())


def read_identity(path: Path) -> RecordingIdentity | None:
    """Return what a file says that it is; None if it is not a whole file of acoupi's."""
    from guano import GuanoFile

    try:
        sound = open_whole_sound(path)
        text = GuanoFile.from_string(sound.metadata or b"")
        created_on = text["Timestamp"]
        if created_on.utcoffset() is None:
            return None
        return RecordingIdentity(
            recording_id=UUID(text[RECORDING_ID]),
            deployment_id=UUID(text[DEPLOYMENT_ID]),
            deployment_name=str(text.get(DEPLOYMENT_NAME, "")),
            created_on=created_on.astimezone(dt.UTC),
            duration_s=sound.duration_s,
            samplerate_hz=sound.format.rate_hz,
            audio_channels=sound.format.channels,
            time_expansion=float(text.get("TE", 1)),
            microphone=str(text.get(MICROPHONE, "")),
        )
    except (DeviceConfigurationError, KeyError, ValueError, AttributeError, OverflowError):
        return None


def _fields(recording: Recording) -> dict[str, object]:
    deployment = recording.deployment
    expansion = recording.time_expansion
    fields: dict[str, object] = {
        "Timestamp": recording.created_on,
        "Samplerate": round(recording.samplerate * expansion),
        "TE": int(expansion) if float(expansion).is_integer() else expansion,
        "Length": recording.duration,
        "Make": "acoupi",
        RECORDING_ID: recording.id,
        DEPLOYMENT_ID: deployment.id,
        DEPLOYMENT_NAME: " ".join(deployment.name.split()),
        CHANNELS: recording.audio_channels,
    }
    if recording.microphone:
        fields[MICROPHONE] = " ".join(recording.microphone.split())
    if deployment.latitude is not None and deployment.longitude is not None:
        fields["Loc Position"] = (deployment.latitude, deployment.longitude)
    return fields
