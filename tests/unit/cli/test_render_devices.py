"""Microphones as a table and as JSON values."""

import json

import pytest

from acoupi.cli.render_devices import device_documents, device_lines
from acoupi.devices.audio.alsa import DeviceInfo
from acoupi.devices.audio.holders import Holder
from acoupi.devices.audio.inputs import System
from acoupi.devices.audio.usb import UsbIdentity

LONG_NAME = "alsa_input.usb-Dodotronic_UltraMic_384K_16_bit_r0-00.mono-fallback"
USB = UsbIdentity("0869", "0389", "1234", "1-1.2")
BATS = DeviceInfo("hw:CARD=r0,DEV=0", "UltraMic 384K", (250_000, 384_000), (1,), USB, ("S16_LE",))
CODEC = DeviceInfo(
    "hw:CARD=Codec,DEV=0",
    "Codec",
    (8_000, 11_025, 16_000, 44_100, 48_000, 96_000),
    (1, 2),
    formats=("S16_LE", "S24_3LE", "S32_LE", "FLOAT_LE"),
)
TAKEN = DeviceInfo("hw:CARD=b,DEV=0", "b", holder=Holder(4711, "arecord", True, 384_000, 1))
BROKEN = DeviceInfo("batmic", "batmic", trouble="Device or resource busy")
NODE = DeviceInfo(LONG_NAME, "UltraMic", (384_000,), (1,), formats=("S16LE", "F32P"))
FOUND: dict[System, list[DeviceInfo]] = {
    "alsa": [BATS, CODEC, TAKEN, BROKEN],
    "pipewire": [NODE],
    "portaudio": [],
}

WIDE = """\
ALSA                           rates (kHz)        channels  sample bits
hw:CARD=r0,DEV=0               250, 384           1         16
  UltraMic 384K
  USB 0869:0389, serial 1234, port 1-1.2
  * the microphone of this home's program
hw:CARD=Codec,DEV=0            8 to 96            1 to 2    16, 24, 32, float
  Codec
  rates: 8, 11.025, 16, 44.1, 48, 96 kHz
hw:CARD=b,DEV=0                unknown
  b
  in use by arecord (pid 4711) of acoupi, at 384 kHz
batmic                         unknown
  cannot be opened: Device or resource busy

PipeWire                       rates (kHz)        channels  sample bits
alsa_input.usb-Dodotronic_UltraMic_384K_16_bit_r0-00.mono-fallback
                               384                1         16, float
  UltraMic"""
NARROW = """\
hw:CARD=Codec,DEV=0
  8 to 96 kHz; 1 to 2 channels; 16, 24,
  32 bit, float
  Codec
  rates: 8, 11.025, 16, 44.1, 48, 96 kHz"""


def test_each_system_has_a_table() -> None:
    assert device_lines(FOUND, {BATS.name}, 80) == WIDE.splitlines()


def test_in_narrow_places_everything_stands_below_the_name() -> None:
    lines = device_lines({"alsa": [CODEC]}, (), 40)
    assert lines == ["ALSA", *NARROW.splitlines()]


@pytest.mark.parametrize("columns", [40, 59, 79, 80, 200])
def test_a_name_is_never_cut_and_nothing_else_is_too_wide(columns: int) -> None:
    lines = device_lines(FOUND, {BATS.name}, columns)
    names = {device.name for devices in FOUND.values() for device in devices}
    assert names <= {line.split("  ")[0] for line in lines}
    assert all(len(line) <= columns for line in lines if line not in names)


def test_json_has_everything_that_is_known() -> None:
    bats, _, taken, *_ = json.loads(json.dumps(device_documents(FOUND, {BATS.name})))
    assert bats == {
        "name": "hw:CARD=r0,DEV=0",
        "via": "alsa",
        "description": "UltraMic 384K",
        "rates_hz": [250_000, 384_000],
        "channels": [1],
        "formats": ["S16_LE"],
        "usb_id": "0869:0389",
        "serial": "1234",
        "port": "1-1.2",
        "in_use_by": None,
        "trouble": None,
        "configured": True,
    }
    assert taken["in_use_by"] == {"pid": 4711, "process": "arecord"}
    assert (taken["usb_id"], taken["configured"]) == (None, False)
