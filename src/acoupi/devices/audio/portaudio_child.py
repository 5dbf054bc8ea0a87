"""A process of its own that writes what a PortAudio device hears to its output.

When a device is unplugged, PortAudio may spin for ever inside its process, and
nothing in there can end it. So this runs as a child that can be killed::

    python -m acoupi.devices.audio.portaudio_child DEVICE RATE_HZ CHANNELS BITS CHUNK_FRAMES
"""

import os
import sys
from typing import Any

from acoupi.devices.audio.pyaudio import get_input_device_by_name, load_sounddevice
from acoupi.errors import DeviceError

__all__ = ["LOST", "REFUSED", "main"]

LOST = "overrun"
REFUSED = "refused"
BUFFER_S = 0.5
SETTINGS = ("Invalid sample rate", "Invalid number of channels", "Sample format not supported")


def main(argv: list[str]) -> int:
    """Listen until the reader is gone or the device fails; the result is an exit code."""
    device_name, *shape = argv
    rate_hz, channels, bits, chunk_frames = map(int, shape)
    words = _keep_words_apart()
    try:
        listen(device_name, rate_hz, channels, bits, chunk_frames, words)
    except BrokenPipeError:
        return 0
    except DeviceError as error:
        _say(words, f"{error}; {error.help}" if error.help else str(error))
    except load_sounddevice().PortAudioError as error:
        kind = REFUSED if any(text in str(error) for text in SETTINGS) else "failed"
        _say(words, f"{kind}: {error}")
    return 1


def listen(
    device_name: str, rate_hz: int, channels: int, bits: int, chunk_frames: int, words: int
) -> None:
    """Write raw samples, chunk after chunk."""
    sounddevice = load_sounddevice()
    stream: Any = sounddevice.RawInputStream(
        device=get_input_device_by_name(None, device_name).index,
        samplerate=rate_hz,
        channels=channels,
        dtype=f"int{bits}",
        latency=BUFFER_S,
    )
    with stream, open(1, "wb", buffering=0, closefd=False) as sound:
        while True:
            chunk, lost = stream.read(chunk_frames)
            if lost:
                _say(words, f"{LOST}: the computer was too busy to listen")
            sound.write(chunk)


def _keep_words_apart() -> int:
    """Return where to speak; PortAudio and ALSA, who chatter when all is well, are muted."""
    words = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    return words


def _say(words: int, text: str) -> None:
    os.write(words, f"{text}\n".encode())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
