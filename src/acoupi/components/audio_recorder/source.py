"""What a microphone's name asks to be replayed."""

import math
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl

from acoupi.errors import DeviceConfigurationError

__all__ = ["ReplaySource", "parse_replay"]

PREFIX = "replay:"
SWITCH = {"yes": True, "no": False}


@dataclass(frozen=True)
class ReplaySource:
    """A WAV file or folder, and how to play it."""

    path: Path
    speed: float = 1
    """How much faster than the sound; infinite: without waiting."""

    loop: bool = True

    query: str = ""
    """The options, as they were written."""

    @property
    def device_name(self) -> str:
        """The microphone's name that asks for this, from whatever folder."""
        return f"{PREFIX}{self.path}" + (f"?{self.query}" if self.query else "")


def parse_replay(device_name: str) -> ReplaySource | None:
    """Read ``replay:PATH[?speed=1|N|max&loop=yes|no]``; None for any other microphone.

    Raises
    ------
    DeviceConfigurationError
        If there is no path, or an option that makes no sense.
    """
    if not device_name.startswith(PREFIX):
        return None
    path, _, query = device_name.removeprefix(PREFIX).partition("?")
    options = dict(parse_qsl(query, keep_blank_values=True))
    speed = _speed(options.pop("speed", "1"))
    loop = SWITCH.get(options.pop("loop", "yes"))
    if not path or options or speed is None or loop is None:
        raise DeviceConfigurationError(
            f"the microphone {device_name!r} is not a replay that can be understood",
            help="write replay:PATH, or replay:PATH?speed=1|2.5|max&loop=yes|no",
        )
    return ReplaySource(Path(path).expanduser().absolute(), speed, loop, query)


def _speed(text: str) -> float | None:
    try:
        speed = math.inf if text == "max" else float(text)
    except ValueError:
        return None
    return speed if speed > 0 else None
