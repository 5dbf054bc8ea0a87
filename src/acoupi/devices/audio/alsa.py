"""Microphones, as ALSA knows them: the kernel's list, and what ``arecord`` adds to it.

Devices that are described in a configuration file of ALSA are in no list of
the kernel; those of the kernel are found without opening any.
"""

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from acoupi.devices.audio.cards import CardInput, card_inputs
from acoupi.devices.audio.hw_params import HwParams, parse_hw_params

__all__ = ["DeviceInfo", "get_input_devices", "listed_names", "probe"]

DeviceInfo = CardInput

TIMEOUT_S = 3
PROBES_AT_ONCE = 4

# They are no devices, or they are ways to reach one that is listed under its own name.
INDIRECT = re.compile(
    r"(null|pulse|pipewire|jack|oss|lavrate|samplerate|speexrate|speex|upmix|vdownmix)$"
    r"|(default|sysdefault|front|rear|side|center_lfe|surround\d+|iec958|hdmi|plughw|usbstream"
    r"|dsnoop|dmix|dshare)(:|$)"
)


def get_input_devices(root: Path = Path("/")) -> list[DeviceInfo]:
    """Return the devices that can be recorded from, USB ones first.

    A device is opened only where its rates are found no other way, and never
    one that is in use.

    Parameters
    ----------
    root
        The folder that holds ``proc`` and ``sys``.
    """
    kernel = card_inputs(root)
    found = [*kernel, *_besides(kernel, listed_names(_ask("-L")))]
    found.sort(key=lambda device: device.usb is None)
    with ThreadPoolExecutor(PROBES_AT_ONCE) as pool:
        return list(pool.map(_with_rates, found))


def probe(device_name: str) -> HwParams:
    """Ask a device what it can; nothing is known of one that is absent or in use."""
    options = ("--dump-hw-params", "-q", "-t", "raw", "-f", "S16_LE", "-s", "1")
    return parse_hw_params(_ask("-D", device_name, *options, "/dev/null"))


def listed_names(text: str) -> list[DeviceInfo]:
    r"""Return the devices in what ``arecord -L`` wrote, without mere ways to reach one.

    Examples
    --------
    >>> listed_names("null\n    Nothing\nbatmic\n    Hears bats\n")[0].name
    'batmic'
    """
    return [
        DeviceInfo(name, description or name)
        for name, description in _entries(text.splitlines())
        if not INDIRECT.match(name)
    ]


def _entries(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each name with the first line about it, which is indented."""
    name, description = "", ""
    for line in lines:
        if line[:1].isspace():
            description = description or line.strip()
        else:
            if name:
                yield name, description
            name, description = line.strip(), ""
    if name:
        yield name, description


def _besides(known: list[DeviceInfo], listed: list[DeviceInfo]) -> list[DeviceInfo]:
    names = {device.name for device in known}
    return [device for device in listed if device.name not in names]


def _with_rates(device: DeviceInfo) -> DeviceInfo:
    if device.rates_hz or device.holder:
        return device
    found = probe(device.name)
    return replace(
        device,
        rates_hz=found.rates_hz,
        channels=device.channels or found.channels,
        formats=device.formats or found.formats,
        trouble=found.trouble,
    )


def _ask(*args: str) -> str:
    """Return all that ``arecord`` writes; nothing where it is absent or hangs."""
    program = shutil.which("arecord")
    if program is None:
        return ""
    try:
        asked = subprocess.run(
            [program, *args],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return asked.stdout.decode(errors="replace")
