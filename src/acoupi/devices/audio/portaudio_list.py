"""The microphones that PortAudio knows, asked for in a process that can be ended.

PortAudio opens what it lists, says all kinds of things on the way, and may hang
on a device that is broken; none of that should happen to who only asks::

    python -m acoupi.devices.audio.portaudio_list
"""

import importlib.util
import json
import subprocess
import sys
from typing import Any, cast

from acoupi.devices.audio.pyaudio import load_sounddevice

__all__ = ["ask_portaudio", "main"]

TIMEOUT_S = 10


def ask_portaudio() -> list[dict[str, Any]]:
    """Return what PortAudio says of each microphone; nothing where it is not installed."""
    if importlib.util.find_spec("sounddevice") is None:
        return []
    try:
        asked = subprocess.run(
            [sys.executable, "-m", __name__],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=True,
        )
        return cast("list[dict[str, Any]]", json.loads(asked.stdout))
    except (OSError, subprocess.SubprocessError, ValueError):
        return []


def main() -> None:
    """Write the list as JSON."""
    devices = [dict(device) for device in load_sounddevice().query_devices()]
    found = [device for device in devices if device["max_input_channels"] > 0]
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
