"""Which microphone a command listens to, and how."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import ValidationError

from acoupi._home import temp_audio_dir
from acoupi.components.audio_recorder.captured import CaptureRecorder
from acoupi.components.audio_recorder.config import MicrophoneConfig
from acoupi.components.audio_recorder.create import create_recorder
from acoupi.components.audio_recorder.pipewire import PWRecorderConfig
from acoupi.components.audio_recorder.portaudio import PyAudioRecorder
from acoupi.components.audio_recorder.replay import ReplayRecorder
from acoupi.components.audio_recorder.source import parse_replay
from acoupi.devices.audio.addresses import find_address
from acoupi.devices.audio.alsa import DeviceInfo
from acoupi.devices.audio.formats import USUAL_RATE_HZ
from acoupi.devices.audio.inputs import SYSTEMS, System, find_inputs
from acoupi.errors import ConfigurationError, DeviceConfigurationError, DeviceUnavailableError
from acoupi.system.configured import is_configured
from acoupi.system.settings import Settings

__all__ = [
    "Found",
    "Microphone",
    "chosen_names",
    "configured_microphone",
    "find_microphone",
    "is_same",
    "matching",
    "only_microphone",
    "open_microphone",
    "usual_settings",
    "with_settings",
]

Found = Mapping[System, Collection[DeviceInfo]]


@dataclass(frozen=True)
class Microphone:
    """A microphone, how to reach it, and how to listen with it."""

    via: System | Literal["replay"]
    config: MicrophoneConfig
    known: DeviceInfo | None = None
    """What is known of it; nothing of one that no system lists."""


def configured_microphone(settings: Settings) -> MicrophoneConfig | None:
    """Return the microphone of the program that is set up, without loading the program.

    Raises
    ------
    ConfigurationError
        If the configuration of it cannot be used.
    """
    if not is_configured(settings):
        return None
    path = settings.program_config_file
    try:
        section = json.loads(path.read_bytes()).get("microphone")
        return None if section is None else MicrophoneConfig.model_validate(section)
    except (OSError, ValueError, AttributeError, ValidationError) as error:
        raise ConfigurationError(
            f"{path} does not say which microphone to use",
            help="acoupi config validate says what is wrong; or name the microphone yourself",
        ) from error


def only_microphone(found: Found) -> str | None:
    """Return the name of the only one; None if the first system that has any has more.

    Raises
    ------
    DeviceUnavailableError
        If there is none at all.
    """
    names = next((names for system in SYSTEMS if (names := _names(found, system))), None)
    if names is None:
        raise DeviceUnavailableError(
            "there is no microphone to listen to",
            help="acoupi devices says what to do; replay:PATH plays a WAV file as if it were one",
        )
    return names[0] if len(names) == 1 else None


def find_microphone(
    name: str, systems: Iterable[System], configured: MicrophoneConfig | None
) -> Microphone:
    """Return the microphone of that name, with its usual settings.

    Parameters
    ----------
    name
        As a system lists it, another name of a sound card's device, or
        ``replay:PATH``. One that nobody lists is ALSA's to find.
    systems
        Where to look, one after the other.
    configured
        The one whose settings are chosen already.

    Raises
    ------
    DeviceConfigurationError
        If it is a replay that makes no sense.
    """
    systems = list(systems)
    if parse_replay(name):
        return Microphone("replay", usual_settings(name, None, configured))
    for system in systems:
        for device in find_inputs([system])[system]:
            if is_same(name, device):
                return Microphone(system, usual_settings(name, device, configured), device)
    return Microphone(systems[0], usual_settings(name, None, configured))


def matching(name: str, found: Found) -> dict[System, list[DeviceInfo]]:
    """Return the microphones of that name.

    Raises
    ------
    DeviceUnavailableError
        If there is none.
    """
    same: dict[System, list[DeviceInfo]] = {
        system: [device for device in devices if is_same(name, device)]
        for system, devices in found.items()
    }
    if not any(same.values()):
        names = dict.fromkeys(device.name for devices in found.values() for device in devices)
        raise DeviceUnavailableError(
            f"no microphone is called {name!r}",
            help=f"those that are there: {', '.join(names) or 'none at all'}",
        )
    return same


def chosen_names(configured: MicrophoneConfig | None, found: Found) -> set[str]:
    """Return the names, one for each system that knows it, of the configured microphone."""
    devices = [device for devices in found.values() for device in devices]
    return {d.name for d in devices if configured and is_same(configured.device_name, d)}


def is_same(name: str, device: DeviceInfo) -> bool:
    """Tell whether a name is a device's: its own, or another of ALSA's for it."""
    if device.usb is not None and device.usb.is_called(name):
        return True
    return name == device.name or (
        device.address is not None and find_address(name) == device.address
    )


def usual_settings(
    name: str, device: DeviceInfo | None, configured: MicrophoneConfig | None
) -> MicrophoneConfig:
    """Return how to listen: as configured, or else as is usual for what the device can."""
    if configured and (
        name == configured.device_name or (device and is_same(configured.device_name, device))
    ):
        return configured.model_copy(update={"device_name": name})
    rates_hz, channels = (device.rates_hz, device.channels) if device else ((), ())
    return MicrophoneConfig(
        device_name=name,
        samplerate=USUAL_RATE_HZ
        if USUAL_RATE_HZ in rates_hz
        else max(rates_hz, default=USUAL_RATE_HZ),
        audio_channels=min(channels, default=1),
    )


def open_microphone(microphone: Microphone, duration_s: float) -> CaptureRecorder | ReplayRecorder:
    """Return what listens to a microphone; nothing is opened yet, and nothing will be kept.

    Raises
    ------
    DeviceUnavailableError
        If it is in use.
    """
    config, holder = microphone.config, microphone.known and microphone.known.holder
    if holder:
        raise DeviceUnavailableError(
            f"the microphone {config.device_name!r} is in use by {holder}",
            help="acoupi deployment stop frees it" if holder.is_ours else "end that program first",
        )
    nowhere = temp_audio_dir() / "nowhere"
    if microphone.via == "portaudio":
        return PyAudioRecorder(
            duration_s,
            config.samplerate,
            config.audio_channels,
            config.device_name,
            audio_dir=nowhere,
            time_expansion=config.time_expansion,
            bit_depth=config.bit_depth,
        )
    if microphone.via == "pipewire":
        config = PWRecorderConfig.model_validate(config.model_dump())
    return create_recorder(config, duration_s, nowhere)


def with_settings(microphone: Microphone, rate_hz: int | None, channels: int | None) -> Microphone:
    """Return it with the settings that were asked for.

    Raises
    ------
    DeviceConfigurationError
        If it is a replay, which has its own.
    """
    asked = {"samplerate": rate_hz, "audio_channels": channels}
    chosen = {name: value for name, value in asked.items() if value is not None}
    if chosen and microphone.via == "replay":
        raise DeviceConfigurationError(
            "a replayed file keeps its own rate and channels", help="leave --rate and --channels"
        )
    config = microphone.config.model_copy(update=chosen)
    return Microphone(microphone.via, config, microphone.known)


def _names(found: Found, system: System) -> list[str]:
    return [device.name for device in found.get(system, ())]
