"""A recorder for microphones that PipeWire knows."""

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from acoupi.audio.capture import Patience
from acoupi.audio.listener import Listener, find_program
from acoupi.audio.wav import WavFormat
from acoupi.components.audio_recorder.captured import JOINS_WITHIN_S, TMP_PATH, CaptureRecorder
from acoupi.components.audio_recorder.config import MicrophoneConfig
from acoupi.devices.audio.pipewire import get_graph_rates_hz, get_input_device_by_name
from acoupi.errors import DeviceConfigurationError

if TYPE_CHECKING:
    from acoupi.config.wizard import Offers

__all__ = ["PIPEWIRE", "PWRecorder", "PWRecorderConfig"]

# Without these PipeWire gives the sound of another microphone when ours is gone.
FAITHFUL = "{ node.dont-reconnect = true node.dont-fallback = true }"


class PWRecorderConfig(MicrophoneConfig):
    """The microphone, by its name in PipeWire, and how to listen with it."""

    device_name: str = Field(
        min_length=1,
        description="PipeWire name of the microphone (see `acoupi devices`), or "
        "replay:PATH to play a WAV file or a folder of them as if it were one.",
    )

    @classmethod
    def _offers(cls) -> "Offers":
        from acoupi.components.audio_recorder.offers import pipewire_offers

        return pipewire_offers()


class PWRecorder(CaptureRecorder):
    """Cuts recordings from the one stream of a PipeWire device.

    Parameters
    ----------
    duration
        Length of a recording, in seconds.
    samplerate, audio_channels
        What to ask the device for; the rate in Hz.
    device_name
        Name or description of its node.
    audio_dir
        Where recordings are made.
    time_expansion
        How much slower than it was heard the microphone gives the sound.
    joins_within_s
        How late after the end of the one before it a recording may be asked
        for, and still begin with the very next sample.
    patience
        When to give up a device that gives no sound.
    bit_depth
        Of a sample: 16 or 24.
    interval_s
        How often recordings are asked for. With pauses between them, each
        begins at a multiple of it in UTC, whenever it is asked for.
    """

    def __init__(
        self,
        duration: float,
        samplerate: int,
        audio_channels: int,
        device_name: str,
        audio_dir: Path = TMP_PATH,
        time_expansion: float = 1,
        *,
        joins_within_s: float = JOINS_WITHIN_S,
        patience: Patience | None = None,
        bit_depth: int = 16,
        interval_s: float | None = None,
    ) -> None:
        super().__init__(
            PIPEWIRE,
            device_name,
            duration,
            audio_dir,
            samplerate_hz=samplerate,
            audio_channels=audio_channels,
            time_expansion=time_expansion,
            joins_within_s=joins_within_s,
            patience=patience,
            bit_depth=bit_depth,
            interval_s=interval_s,
        )
        self.duration = duration
        self.samplerate = samplerate
        self.audio_channels = audio_channels


def _command(device_name: str, format: WavFormat) -> list[str]:
    program = find_program("pw-record", "pipewire-bin")
    node = _checked(device_name, format)
    target = [f"--target={node}", "-P", FAITHFUL]
    shape = [f"--rate={format.rate_hz}", f"--channels={format.channels}"]
    bits = f"--format=s{8 * format.sample_bytes}"
    return [program, *_raw(program), *target, *shape, bits, "-"]


def _checked(device_name: str, format: WavFormat) -> str:
    """Return the node's name, after making sure that the sound is its own.

    PipeWire itself would mix channels and resample, without a word, whatever
    it is asked for.
    """
    device = get_input_device_by_name(device_name)
    if format.channels > device.max_input_channels or format.rate_hz not in device.samplerates:
        rates = ", ".join(map(str, device.samplerates))
        raise DeviceConfigurationError(
            f"the microphone {device_name!r} cannot record {format.channels} channel(s) at "
            f"{format.rate_hz} Hz",
            help=f"it has {device.max_input_channels} channel(s), at {rates} Hz",
        )
    graph_hz = get_graph_rates_hz()
    if graph_hz and format.rate_hz > max(graph_hz):
        raise DeviceConfigurationError(
            f"PipeWire passes on sound of {max(graph_hz)} Hz at most, not the "
            f"{format.rate_hz} Hz of the microphone {device_name!r}",
            help="add the rate to default.clock.allowed-rates in "
            "~/.config/pipewire/pipewire.conf.d/rates.conf",
        )
    return device.name


def _raw(program: str) -> list[str]:
    """Ask for bare samples; older ones need no asking, and do not know the option."""
    asked = subprocess.run([program, "--help"], capture_output=True, text=True, check=False)
    return ["--raw"] if "--raw" in asked.stdout + asked.stderr else []


PIPEWIRE = Listener(
    command=_command,
    help_devices="list the microphones with: acoupi devices --via pipewire",
    help_settings="see what it can: acoupi devices {device_name}",
)
