"""Microphones, as PortAudio lists them."""

import sys
from collections.abc import Mapping
from typing import Any

import pytest

from acoupi.devices.audio.pyaudio import (
    get_default_microphone,
    get_input_device_by_name,
    get_input_devices,
    has_input_audio_device,
    parse_device_name,
)
from acoupi.errors import DeviceUnavailableError


class FakePyAudio:
    """A computer with a loudspeaker and two microphones."""

    def __init__(self) -> None:
        self.devices = [
            ("Loudspeaker: HDMI (hw:0,0)", 0, 48_000.0),
            ("UltraMic 384K: USB Audio (hw:1,0)", 1, 384_000.0),
            ("Webcam: USB Audio (hw:2,0)", 2, 44_100.0),
        ]

    def get_device_count(self) -> int:
        return len(self.devices)

    def get_device_info_by_index(self, device_index: int, /) -> Mapping[str, Any]:
        name, channels, rate_hz = self.devices[device_index]
        return {
            "index": device_index,
            "name": name,
            "maxInputChannels": channels,
            "defaultSampleRate": rate_hz,
            "hostApi": 0,
        }


@pytest.mark.parametrize(
    ("full_name", "name"),
    [
        ("UltraMic 250K 16 bit r0: USB Audio (hw:1,0)", "UltraMic 250K 16 bit r0"),
        ("UltraMic 384K (plughw:2,1)", "UltraMic 384K"),
        ("A (b) c", "A (b) c"),
        ("hw:1,0", "hw:1,0"),
        ("default", "default"),
    ],
)
def test_a_name_is_what_stays_when_the_device_is_plugged_elsewhere(
    full_name: str, name: str
) -> None:
    assert parse_device_name(full_name) == name


def test_only_what_can_be_recorded_from_is_listed() -> None:
    devices = get_input_devices(FakePyAudio())
    assert [(d.index, d.name, d.max_input_channels, d.default_samplerate) for d in devices] == [
        (1, "UltraMic 384K", 1, 384_000),
        (2, "Webcam", 2, 44_100),
    ]


@pytest.mark.parametrize("name", ["Webcam", "Webcam: USB Audio (hw:2,0)", "Webcam (hw:7,0)"])
def test_a_microphone_is_found_wherever_it_is_plugged(name: str) -> None:
    assert get_input_device_by_name(FakePyAudio(), name).index == 2


def test_a_microphone_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(DeviceUnavailableError, match="'Ultra'") as caught:
        get_input_device_by_name(FakePyAudio(), "Ultra")
    assert "'UltraMic 384K', 'Webcam'" in str(caught.value.help)


def test_without_the_library_one_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    for ask in (get_input_devices, get_default_microphone):
        with pytest.raises(DeviceUnavailableError) as caught:
            ask()
        assert "pip install 'acoupi[portaudio]'" in caught.value.message
        assert "apt install libportaudio2" in caught.value.message
    assert has_input_audio_device() is False
    assert "acoupi[portaudio]" in caplog.text
