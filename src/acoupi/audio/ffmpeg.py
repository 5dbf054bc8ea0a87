"""Listening to what comes over a network, with ``ffmpeg``."""

import re
from pathlib import Path

from acoupi.audio.listener import Listener, find_program
from acoupi.audio.wav import WavFormat
from acoupi.errors import DeviceConfigurationError

__all__ = ["FFMPEG", "STREAM_PREFIX", "from_anywhere"]

STREAM_PREFIX = "stream:"
"""How the name of a microphone begins that is somewhere else."""

LIVE = ("rtsp://", "rtsps://", "rtmp://", "rtp://", "udp://", "srt://")
"""What gives sound only as it is heard; anything else may be a file and is read in its time."""


SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def from_anywhere(device_name: str) -> str:
    """Return a name that means the same in every folder: that of a file becomes absolute."""
    url = device_name.removeprefix(STREAM_PREFIX)
    is_file = url and not url.startswith("-") and not SCHEME.match(url)
    if url == device_name or not is_file:
        return device_name
    return f"{STREAM_PREFIX}{Path(url).absolute()}"


def _command(device_name: str, format: WavFormat) -> list[str]:
    url = device_name.removeprefix(STREAM_PREFIX)
    if not url or url.startswith("-"):
        raise DeviceConfigurationError(
            f"the microphone {device_name!r} does not say where the stream is",
            help="write stream:URL, such as stream:rtsp://camera.local/live",
        )
    quietly = ["-nostdin", "-hide_banner", "-loglevel", "error"]
    # What TCP carries is whole; a server that has none may still send by UDP.
    over_tcp = ["-rtsp_flags", "prefer_tcp"] if url.startswith("rtsp") else []
    in_time = [] if url.startswith(LIVE) else ["-re"]
    samples = ["-vn", "-f", f"s{8 * format.sample_bytes}le"]
    shape = ["-ac", str(format.channels), "-ar", str(format.rate_hz)]
    program = find_program("ffmpeg", "ffmpeg")
    return [program, *quietly, *over_tcp, *in_time, "-i", url, *samples, *shape, "pipe:1"]


FFMPEG = Listener(
    command=_command,
    help_devices="check that the address is right and that whatever sends there is running",
    help_settings="see what is sent with: ffprobe {device_name}",
    is_paced=False,
)
