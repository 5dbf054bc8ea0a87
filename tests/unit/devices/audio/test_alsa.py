"""Finding ALSA microphones in a made-up ``/proc`` and ``/sys``, and with a made-up ``arecord``."""

import os
from pathlib import Path

import pytest

from acoupi.devices.audio.addresses import find_address
from acoupi.devices.audio.alsa import get_input_devices, listed_names, probe
from acoupi.devices.audio.cards import card_inputs
from acoupi.devices.audio.holders import Holder
from acoupi.devices.audio.hw_params import HwParams, parse_hw_params
from acoupi.devices.audio.usb import UsbIdentity, usb_identity

CARDS = """\
 0 [Headphones     ]: bcm2835_headpho - bcm2835 Headphones
                      bcm2835 Headphones
 2 [r0             ]: USB-Audio - UltraMic 384K 16 bit r0
                      Dodotronic UltraMic 384K 16 bit r0 at usb-0000:01:00.0-1.2, high speed
 3 [Codec          ]: simple-card - Codec
                      Codec
"""
PCM = """\
00-00: bcm2835 Headphones : bcm2835 Headphones : playback 8
02-00: USB Audio : USB Audio : capture 1
03-00: Codec HiFi : Codec HiFi : playback 1 : capture 1
"""
STREAM = """\
Dodotronic UltraMic 384K 16 bit r0 at usb-0000:01:00.0-1.2, high speed : USB Audio

Playback:
  Interface 2
    Altset 1
    Channels: 2
    Rates: 48000

Capture:
  Status: Stop
  Interface 1
    Altset 1
    Format: S16_LE
    Channels: 1
    Endpoint: 0x81 (1 IN) (ASYNC)
    Rates: 250000, 384000
    Bits: 16
"""
LISTED = """\
null
    Discard all samples (playback) or generate zero samples (capture)
default
sysdefault:CARD=r0
    UltraMic 384K 16 bit r0, USB Audio
    Default Audio Device
hw:CARD=r0,DEV=0
    UltraMic 384K 16 bit r0, USB Audio
    Direct hardware device without any conversions
plughw:CARD=r0,DEV=0
    UltraMic 384K 16 bit r0, USB Audio
    Hardware device with all software conversions
batmic
    A microphone that a configuration file describes
"""
HW_PARAMS = """\
HW Params of device "hw:3":
--------------------
FORMAT:  S16_LE S32_LE
CHANNELS: [1 2]
RATE: [8000 48000]
PERIOD_TIME: (1333 1000000]
"""

USB = UsbIdentity("0869", "0389", "1234", "1-1.2")


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a made-up computer with a USB microphone and a sound chip."""
    write(tmp_path / "proc/asound/cards", CARDS)
    write(tmp_path / "proc/asound/pcm", PCM)
    write(tmp_path / "proc/asound/card2/stream0", STREAM)
    device = tmp_path / "sys/devices/pci/usb1/1-1/1-1.2"
    write(device / "idVendor", "0869\n")
    write(device / "idProduct", "0389\n")
    write(device / "serial", "1234\n")
    interface = device / "1-1.2:1.0"
    (interface / "sound/card2").mkdir(parents=True)
    link = tmp_path / "sys/class/sound/card2/device"
    link.parent.mkdir(parents=True)
    link.symlink_to(os.path.relpath(interface, link.parent))
    return tmp_path


@pytest.fixture
def arecord(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put an ``arecord`` on PATH that lists, and that the sound chip answers."""
    program = tmp_path / "tools/arecord"
    write(tmp_path / "listed", LISTED)
    write(tmp_path / "params", HW_PARAMS)
    write(
        program,
        f"""#!/bin/sh
echo "$*" >> {tmp_path}/asked
case "$*" in
-L) /bin/cat {tmp_path}/listed ;;
*CARD=Codec*) /bin/cat {tmp_path}/params >&2; exit 1 ;;
*) echo "arecord: audio open error: Device or resource busy" >&2; exit 1 ;;
esac
""",
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    return tmp_path / "asked"


def test_a_card_is_named_by_what_stays_when_others_are_plugged(root: Path) -> None:
    microphone, codec = card_inputs(root)
    assert microphone.name == "hw:CARD=r0,DEV=0"
    assert microphone.description == "UltraMic 384K 16 bit r0"
    assert codec.name == "hw:CARD=Codec,DEV=0"


def test_the_rates_and_channels_of_a_usb_microphone_are_those_it_captures_with(root: Path) -> None:
    microphone, codec = card_inputs(root)
    assert (microphone.rates_hz, microphone.channels) == ((250_000, 384_000), (1,))
    assert (codec.rates_hz, codec.channels) == ((), ())
    assert microphone.formats == ("S16_LE",)


def test_a_continuous_range_of_rates_is_offered_as_the_usual_ones_in_it(root: Path) -> None:
    stream = root / "proc/asound/card2/stream0"
    stream.write_text(STREAM.replace("250000, 384000", "8000 - 23000 (continuous)"))
    assert card_inputs(root)[0].rates_hz == (8_000, 11_025, 16_000, 22_050, 23_000)


def test_a_usb_microphone_is_told_by_its_ids_serial_and_port(root: Path) -> None:
    microphone, codec = card_inputs(root)
    assert microphone.usb == USB
    assert str(USB) == "USB 0869:0389, serial 1234, port 1-1.2"
    assert codec.usb is None


def test_without_sys_the_ids_come_from_proc(tmp_path: Path) -> None:
    write(tmp_path / "proc/asound/card2/usbid", "0869:0389\n")
    assert usb_identity(2, tmp_path) == UsbIdentity("0869", "0389")


def test_a_computer_without_sound_has_no_inputs(tmp_path: Path) -> None:
    assert card_inputs(tmp_path) == []


def test_of_the_names_that_arecord_lists_only_devices_are_taken() -> None:
    assert [device.name for device in listed_names(LISTED)] == ["hw:CARD=r0,DEV=0", "batmic"]


def test_usb_microphones_come_first_and_nothing_is_listed_twice(root: Path, arecord: Path) -> None:
    found = get_input_devices(root)
    names = [device.name for device in found]
    assert names == ["hw:CARD=r0,DEV=0", "hw:CARD=Codec,DEV=0", "batmic"]
    assert found[1].rates_hz[-1] == 48_000
    assert found[1].channels == (1, 2)
    assert found[1].formats == ("S16_LE", "S32_LE")
    assert found[2].trouble == "Device or resource busy"


def test_a_device_is_opened_only_where_its_rates_are_not_known(root: Path, arecord: Path) -> None:
    get_input_devices(root)
    assert "CARD=r0" not in arecord.read_text()


def test_of_a_device_that_cannot_be_opened_only_that_is_known(arecord: Path) -> None:
    assert probe("batmic") == HwParams(trouble="Device or resource busy")


def hold(root: Path, card: int = 3) -> None:
    """Let a thread of an arecord that a sensor runs have a device."""
    pcm = root / f"proc/asound/card{card}/pcm0c/sub0"
    write(pcm / "status", "state: RUNNING\nowner_pid   : 4712\ntrigger_time: 1.2\n")
    write(pcm / "hw_params", "format: S16_LE\nchannels: 1\nrate: 384000 (384000/1)\n")
    write(root / "proc/4712/status", "Name:\tthread\nTgid:\t4711\nPPid:\t800\n")
    write(root / "proc/4711/status", "Name:\tarecord\nTgid:\t4711\nPPid:\t800\n")
    write(root / "proc/800/cmdline", "python\0-m\0acoupi\0run\0")


def test_who_has_a_device_is_told_without_opening_it(root: Path, arecord: Path) -> None:
    hold(root)
    codec = get_input_devices(root)[1]
    assert codec.holder == Holder(4711, "arecord", True, 384_000, 1)
    assert str(codec.holder) == "arecord (pid 4711) of acoupi"
    assert codec.rates_hz == ()
    assert "CARD=Codec" not in arecord.read_text()


def test_a_device_with_room_for_another_is_not_in_use(root: Path) -> None:
    hold(root)
    write(root / "proc/asound/card3/pcm0c/sub1/status", "closed\n")
    assert [device.holder for device in card_inputs(root)] == [None, None]


def test_a_holder_of_whom_nothing_is_known_has_still_a_number(root: Path) -> None:
    write(root / "proc/asound/card2/pcm0c/sub0/status", "state: OPEN\nowner_pid : 77\n")
    assert str(card_inputs(root)[0].holder) == "another process (pid 77)"


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("hw:CARD=r0,DEV=0", (2, 0)),
        ("hw:2,0", (2, 0)),
        ("plughw:r0", (2, 0)),
        ("hw:CARD=Codec,DEV=3", (3, 3)),
        ("hw:9", None),
        ("hw:CARD=gone", None),
        ("batmic", None),
        ("replay:/tmp/hw:2", None),
    ],
)
def test_a_card_s_device_is_found_by_any_of_its_names(
    root: Path, name: str, address: tuple[int, int] | None
) -> None:
    assert find_address(name, root) == address


def test_without_arecord_the_kernel_s_list_is_enough(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert len(get_input_devices(root)) == 2


def test_a_device_that_hangs_is_given_up(
    arecord: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acoupi.devices.audio.alsa.TIMEOUT_S", 0.2)
    (tmp_path / "tools/arecord").write_text("#!/bin/sh\nexec /bin/sleep 60\n")
    assert get_input_devices(tmp_path / "nowhere") == []


@pytest.mark.parametrize(
    ("text", "params"),
    [
        ("CHANNELS: 1\nRATE: 384000\n", HwParams((384_000,), (1,))),
        ("CHANNELS: [1 2]\nRATE: [44100 48000]\n", HwParams((44_100, 48_000), (1, 2))),
        ("CHANNELS: 2\nRATE: (44099 48001)\n", HwParams((44_100, 48_000), (2,))),
        ("CHANNELS: [1 10000]\nRATE: [1 4294967295]\n", HwParams((), tuple(range(1, 33)))),
        ("FORMAT:  U8 S24_3LE MU_LAW\nRATE: ALL\n", HwParams(formats=("U8", "S24_3LE"))),
        (
            "arecord: main:831: audio open error: No such file or directory\n",
            HwParams(trouble="No such file or directory"),
        ),
        ("", HwParams()),
    ],
)
def test_what_a_device_can_is_read_from_what_arecord_writes(text: str, params: HwParams) -> None:
    assert parse_hw_params(text) == params
