"""USB microphones that are found wherever they are plugged in."""

from pathlib import Path

import pytest

from acoupi.devices.audio.plugged import alsa_name, holder_of
from acoupi.errors import DeviceConfigurationError, DeviceUnavailableError


def plug(root: Path, card: int, port: str, serial: str, name: str = "UltraMic") -> None:
    device = root / f"sys/devices/usb1/{port}"
    (device / f"{port}:1.0").mkdir(parents=True)
    for file, text in (("idVendor", "0869"), ("idProduct", "0389"), ("serial", serial)):
        (device / file).write_text(text + "\n")
    sound = root / f"sys/class/sound/card{card}"
    sound.mkdir(parents=True)
    (sound / "device").symlink_to(device / f"{port}:1.0")
    asound = root / "proc/asound"
    asound.mkdir(parents=True, exist_ok=True)
    with (asound / "cards").open("a") as cards:
        cards.write(f" {card} [{name:15}]: USB-Audio - {name}\n")
    with (asound / "pcm").open("a") as pcms:
        pcms.write(f"{card:02}-00: USB Audio : USB Audio : capture 1\n")


def test_a_microphone_is_found_by_its_serial_on_another_port_and_card(tmp_path: Path) -> None:
    plug(tmp_path / "then", 1, "1-1", "A7", "r0")
    plug(tmp_path / "now", 1, "1-1", "B8", "r0")
    plug(tmp_path / "now", 3, "1-2.4", "A7", "r0_1")
    assert alsa_name("usb:A7", tmp_path / "then") == "hw:CARD=r0,DEV=0"
    assert alsa_name("usb:A7", tmp_path / "now") == "hw:CARD=r0_1,DEV=0"


def test_a_port_means_whatever_is_plugged_in_there(tmp_path: Path) -> None:
    plug(tmp_path, 1, "1-1.2", "A7", "r0")
    assert alsa_name("usb:1-1.2", tmp_path) == "hw:CARD=r0,DEV=0"


def test_a_kind_of_which_there_is_one_is_a_name_and_of_two_it_is_none(tmp_path: Path) -> None:
    plug(tmp_path, 1, "1-1", "A7", "r0")
    assert alsa_name("usb:0869:0389", tmp_path) == "hw:CARD=r0,DEV=0"
    plug(tmp_path, 2, "1-2", "B8", "r1")
    with pytest.raises(DeviceConfigurationError) as caught:
        alsa_name("usb:0869:0389", tmp_path)
    assert {"usb:1-1", "usb:1-2"} < set(str(caught.value.help).replace(",", "").split())


def test_of_one_that_is_not_plugged_in_those_that_are_there_are_told(tmp_path: Path) -> None:
    plug(tmp_path, 1, "1-1", "A7")
    with pytest.raises(DeviceUnavailableError, match="usb:Z9") as caught:
        alsa_name("usb:Z9", tmp_path)
    assert "serial A7" in str(caught.value.help)


@pytest.mark.parametrize("name", ["birdmic", "hw:1,0", "default"])
def test_any_other_name_is_alsa_s(tmp_path: Path, name: str) -> None:
    assert alsa_name(name, tmp_path) == name


def test_who_has_it_is_told_by_any_of_its_names(tmp_path: Path) -> None:
    plug(tmp_path, 1, "1-1", "A7", "r0")
    sub = tmp_path / "proc/asound/card1/pcm0c/sub0"
    sub.mkdir(parents=True)
    assert holder_of("usb:A7", tmp_path) is None
    (sub / "status").write_text("state: RUNNING\nowner_pid   : 812\n")
    for name in ("usb:A7", "hw:1,0", "hw:CARD=r0"):
        holder = holder_of(name, tmp_path)
        assert holder
        assert holder.pid == 812
