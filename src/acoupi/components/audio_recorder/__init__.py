"""Recorders: what turns a microphone's sound, or a tape's, into files."""

from typing import TYPE_CHECKING

from acoupi._lazy import attach

if TYPE_CHECKING:
    from acoupi.components.audio_recorder.alsa import AlsaRecorder as AlsaRecorder
    from acoupi.components.audio_recorder.captured import TMP_PATH as TMP_PATH
    from acoupi.components.audio_recorder.config import MicrophoneConfig as MicrophoneConfig
    from acoupi.components.audio_recorder.create import create_recorder as create_recorder
    from acoupi.components.audio_recorder.network import StreamRecorder as StreamRecorder
    from acoupi.components.audio_recorder.pipewire import (
        PWRecorder as PWRecorder,
        PWRecorderConfig as PWRecorderConfig,
    )
    from acoupi.components.audio_recorder.portaudio import (
        PARecorder as PARecorder,
        PARecorderConfig as PARecorderConfig,
        PyAudioRecorder as PyAudioRecorder,
    )
    from acoupi.components.audio_recorder.replay import ReplayRecorder as ReplayRecorder

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "AlsaRecorder": ".alsa",
        "MicrophoneConfig": ".config",
        "PARecorder": ".portaudio",
        "PARecorderConfig": ".portaudio",
        "PWRecorder": ".pipewire",
        "PWRecorderConfig": ".pipewire",
        "PyAudioRecorder": ".portaudio",
        "ReplayRecorder": ".replay",
        "StreamRecorder": ".network",
        "TMP_PATH": ".captured",
        "create_recorder": ".create",
    },
)
