"""Which recorder a microphone's name asks for."""

from pathlib import Path

from acoupi.audio.ffmpeg import STREAM_PREFIX
from acoupi.components.audio_recorder.alsa import AlsaRecorder
from acoupi.components.audio_recorder.config import MicrophoneConfig
from acoupi.components.audio_recorder.network import StreamRecorder
from acoupi.components.audio_recorder.pipewire import PWRecorder, PWRecorderConfig
from acoupi.components.audio_recorder.replay import ReplayRecorder
from acoupi.components.audio_recorder.source import parse_replay

__all__ = ["create_recorder"]


def create_recorder(
    config: MicrophoneConfig,
    duration_s: float,
    audio_dir: Path,
    continuous: bool = True,
    interval_s: float | None = None,
) -> AlsaRecorder | PWRecorder | ReplayRecorder | StreamRecorder:
    """Make the recorder for a microphone; no device or file is touched yet.

    With ``channel`` in the configuration, it records only that one.

    Parameters
    ----------
    config
        ``device_name`` is the ALSA name of a microphone, or ``usb:SERIAL`` or
        ``usb:PORT`` of one that may be plugged in anywhere, or
        ``stream:URL`` for one behind a network, or
        ``replay:PATH[?speed=1|N|max&loop=yes|no]`` for a WAV file or a folder.
        In a ``PWRecorderConfig`` it is the name of a PipeWire node.
    duration_s
        Length of a recording.
    audio_dir
        Where recordings are made.
    continuous
        Whether recordings follow each other without a pause.
    interval_s
        How often recordings are asked for. With pauses between them, each
        begins at a multiple of it in UTC, whenever it is asked for; a replay
        begins when it is asked for.

    Raises
    ------
    DeviceConfigurationError
        If the options of a replay make no sense.
    """
    recorder = _create(config, duration_s, audio_dir, continuous, interval_s)
    if config.channel is not None:
        recorder.take_channel(config.channel)
    return recorder


def _create(
    config: MicrophoneConfig,
    duration_s: float,
    audio_dir: Path,
    continuous: bool,
    interval_s: float | None,
) -> AlsaRecorder | PWRecorder | ReplayRecorder | StreamRecorder:
    replay = parse_replay(config.device_name)
    if replay is not None:
        return ReplayRecorder(
            replay.path,
            duration_s,
            audio_dir,
            speed=replay.speed,
            loop=replay.loop,
            time_expansion=config.time_expansion,
            continuous=continuous,
        )
    is_stream = config.device_name.startswith(STREAM_PREFIX)
    if isinstance(config, PWRecorderConfig) and not is_stream:
        return PWRecorder(
            duration_s,
            config.samplerate,
            config.audio_channels,
            config.device_name,
            audio_dir,
            config.time_expansion,
            joins_within_s=duration_s if continuous else 0,
            bit_depth=config.bit_depth,
            interval_s=interval_s,
        )
    make = StreamRecorder if is_stream else AlsaRecorder
    return make(
        config.device_name,
        duration_s,
        audio_dir,
        samplerate_hz=config.samplerate,
        audio_channels=config.audio_channels,
        time_expansion=config.time_expansion,
        continuous=continuous,
        bit_depth=config.bit_depth,
        interval_s=interval_s,
    )
