"""One list of microphones from three systems."""

from pathlib import Path

import pytest

from acoupi.devices.audio import inputs
from acoupi.devices.audio.addresses import PcmAddress
from acoupi.devices.audio.alsa import DeviceInfo
from acoupi.devices.audio.inputs import absence_hint, find_inputs, portaudio_inputs
from acoupi.devices.audio.portaudio_list import ask_portaudio
from acoupi.devices.audio.usb import UsbIdentity

ULTRAMIC = DeviceInfo(
    "hw:CARD=r0,DEV=0",
    "UltraMic",
    (384_000,),
    (1,),
    UsbIdentity("0869", "0389"),
    address=PcmAddress(2, 0),
)
BATMIC = DeviceInfo("batmic", "Hears bats", (250_000,))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    cards = tmp_path / "proc/asound/cards"
    cards.parent.mkdir(parents=True)
    cards.write_text(" 2 [r0             ]: USB-Audio - UltraMic\n")
    return tmp_path


def listed(name: str, channels: int = 2) -> dict[str, object]:
    return {"name": name, "max_input_channels": channels, "default_samplerate": 44_100.0}


def test_what_portaudio_lists_is_what_alsa_knows_of_the_same_device(root: Path) -> None:
    asked = [listed("UltraMic 384K: USB Audio (hw:2,0)"), listed("batmic")]
    first, second = portaudio_inputs(asked, [ULTRAMIC, BATMIC], root)
    assert (first.name, first.rates_hz, first.usb) == ("UltraMic 384K", (384_000,), ULTRAMIC.usb)
    assert (second.name, second.rates_hz) == ("batmic", (250_000,))


def test_of_another_device_portaudio_tells_how_it_records_by_default(root: Path) -> None:
    [jack] = portaudio_inputs([listed("system")], [ULTRAMIC], root)
    assert (jack.name, jack.rates_hz, jack.channels) == ("system", (44_100,), (1, 2))


def test_mere_ways_to_reach_a_device_are_left_out_of_portaudio_s_list(root: Path) -> None:
    asked = [listed("sysdefault"), listed("default"), listed("pulse", 32)]
    assert portaudio_inputs(asked, [ULTRAMIC], root) == []


def test_only_the_systems_asked_for_are_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_inputs(["alsa"], tmp_path) == {"alsa": []}
    assert find_inputs(["pipewire"], tmp_path) == {"pipewire": []}


@pytest.mark.parametrize("child", ["import sys; sys.exit(1)", "print('?')"])
def test_a_portaudio_that_fails_knows_nothing(child: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = inputs.ask_portaudio.__globals__["subprocess"].run

    def fails(command: list[str], **options: object) -> object:
        return real([command[0], "-c", child], **options)

    monkeypatch.setattr("acoupi.devices.audio.portaudio_list.subprocess.run", fails)
    assert ask_portaudio() == []


@pytest.fixture
def arecord(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "bin" / "arecord"
    program.parent.mkdir()
    program.touch(0o755)
    monkeypatch.setenv("PATH", str(program.parent))


def test_where_nothing_can_be_asked_the_package_to_install_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "alsa-utils" in absence_hint(tmp_path)


@pytest.mark.usefixtures("arecord")
def test_where_there_are_only_cards_that_play_a_microphone_is_to_be_plugged_in(root: Path) -> None:
    assert "only play" in absence_hint(root)
    (root / "proc/asound/cards").write_text("--- no soundcards ---\n")
    assert "dmesg" in absence_hint(root)


@pytest.mark.usefixtures("arecord")
def test_where_cards_are_not_ours_to_use_the_group_is_named(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = root / "dev/snd/pcmC2D0c"
    node.parent.mkdir(parents=True)
    node.touch()
    monkeypatch.setattr("os.access", lambda path, mode: path != node)
    assert "usermod -aG audio" in absence_hint(root)
