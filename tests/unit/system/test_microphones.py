"""Which microphone a command listens to."""

import json
from pathlib import Path

import pytest

from acoupi.components.audio_recorder import (
    AlsaRecorder,
    MicrophoneConfig,
    PWRecorder,
    PyAudioRecorder,
    ReplayRecorder,
)
from acoupi.devices.audio.addresses import PcmAddress
from acoupi.devices.audio.alsa import DeviceInfo
from acoupi.devices.audio.holders import Holder
from acoupi.devices.audio.inputs import System
from acoupi.errors import (
    ConfigurationError,
    DeviceConfigurationError,
    DeviceUnavailableError,
)
from acoupi.system import Settings, microphones
from acoupi.system.microphones import (
    Microphone,
    chosen_names,
    configured_microphone,
    find_microphone,
    matching,
    only_microphone,
    open_microphone,
    with_settings,
)

BATS = DeviceInfo("hw:CARD=r0,DEV=0", "UltraMic", (250_000, 384_000), (2,))
BIRDS = DeviceInfo("birdmic", "Birds", (44_100, 48_000, 96_000), (1, 2))
NODE = DeviceInfo("webcam", "Webcam")
FOUND: dict[System, list[DeviceInfo]] = {"alsa": [BATS, BIRDS], "pipewire": [NODE]}
EVERYWHERE: tuple[System, ...] = ("alsa", "pipewire", "portaudio")
CONFIGURED = MicrophoneConfig(device_name="birdmic", samplerate=96_000, time_expansion=10)


@pytest.fixture
def present(monkeypatch: pytest.MonkeyPatch) -> None:
    def find(systems: list[System]) -> dict[System, list[DeviceInfo]]:
        return {system: FOUND.get(system, []) for system in systems}

    monkeypatch.setattr(microphones, "find_inputs", find)


def a_home(folder: Path, config: str) -> Settings:
    settings = Settings(home=folder)
    for path in (settings.program_file, settings.program_name_file, settings.program_config_file):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(config)
    return settings


def test_a_home_that_is_not_set_up_has_no_microphone(tmp_path: Path) -> None:
    assert configured_microphone(Settings(home=tmp_path)) is None


def test_the_configured_microphone_is_read_without_the_program(tmp_path: Path) -> None:
    config = {"microphone": CONFIGURED.model_dump(), "other": 1}
    assert configured_microphone(a_home(tmp_path, json.dumps(config))) == CONFIGURED


def test_a_program_without_a_microphone_has_none(tmp_path: Path) -> None:
    assert configured_microphone(a_home(tmp_path, "{}")) is None


@pytest.mark.parametrize("config", ["{", "[]", '{"microphone": 5}', '{"microphone": {}}'])
def test_a_configuration_that_is_broken_is_named(tmp_path: Path, config: str) -> None:
    settings = a_home(tmp_path, config)
    with pytest.raises(ConfigurationError, match=r"program\.json"):
        configured_microphone(settings)


def test_the_only_microphone_needs_no_name() -> None:
    assert only_microphone({"alsa": [BATS], "portaudio": [BATS, NODE]}) == BATS.name
    assert only_microphone({"alsa": [], "pipewire": [NODE]}) == "webcam"
    assert only_microphone(FOUND) is None


def test_no_microphone_at_all_says_where_to_read_what_to_do() -> None:
    with pytest.raises(DeviceUnavailableError) as caught:
        only_microphone({"alsa": []})
    assert "acoupi devices" in str(caught.value.help)


@pytest.mark.usefixtures("present")
@pytest.mark.parametrize(
    ("name", "via", "rate_hz", "channels"),
    [
        (BATS.name, "alsa", 384_000, 2),
        ("birdmic", "alsa", 48_000, 1),
        ("webcam", "pipewire", 48_000, 1),
        ("nobody", "alsa", 48_000, 1),
        ("replay:/tmp/a.wav?loop=no", "replay", 48_000, 1),
    ],
)
def test_a_microphone_is_listened_to_where_it_is_known_as_is_usual_for_it(
    name: str, via: str, rate_hz: int, channels: int
) -> None:
    found = find_microphone(name, EVERYWHERE, None)
    assert (found.via, found.config.device_name) == (via, name)
    assert (found.config.samplerate, found.config.audio_channels) == (rate_hz, channels)


@pytest.mark.usefixtures("present")
def test_the_configured_microphone_is_listened_to_as_configured() -> None:
    assert find_microphone("birdmic", EVERYWHERE, CONFIGURED).config == CONFIGURED
    other = find_microphone(BATS.name, EVERYWHERE, CONFIGURED).config
    assert (other.samplerate, other.time_expansion) == (384_000, 1)


def test_another_name_of_the_same_device_is_the_same_microphone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    card = DeviceInfo("hw:CARD=r0,DEV=0", "", address=PcmAddress(2, 0))
    monkeypatch.setattr(
        microphones, "find_address", {"hw:2": PcmAddress(2, 0), "hw:3": PcmAddress(3, 0)}.get
    )
    assert matching("hw:2", {"alsa": [card, BIRDS]}) == {"alsa": [card]}
    numbered = MicrophoneConfig(device_name="hw:2")
    assert chosen_names(numbered, {"alsa": [card, BIRDS]}) == {card.name}
    assert chosen_names(None, {"alsa": [card, BIRDS]}) == set()
    with pytest.raises(DeviceUnavailableError, match="'hw:3'") as caught:
        matching("hw:3", {"alsa": [card, BIRDS]})
    assert caught.value.help == "those that are there: hw:CARD=r0,DEV=0, birdmic"


def test_what_was_asked_for_wins() -> None:
    chosen = with_settings(Microphone("alsa", CONFIGURED), 44_100, None)
    assert (chosen.config.samplerate, chosen.config.audio_channels) == (44_100, 1)
    with pytest.raises(DeviceConfigurationError, match="its own"):
        with_settings(Microphone("replay", CONFIGURED), 44_100, None)


@pytest.mark.parametrize(
    ("via", "name", "recorder"),
    [
        ("alsa", "birdmic", AlsaRecorder),
        ("pipewire", "webcam", PWRecorder),
        ("portaudio", "UltraMic", PyAudioRecorder),
        ("replay", "replay:/tmp/a.wav", ReplayRecorder),
    ],
)
def test_each_system_has_its_recorder_and_nothing_is_made(
    via: System, name: str, recorder: type
) -> None:
    config = CONFIGURED.model_copy(update={"device_name": name})
    opened = open_microphone(Microphone(via, config), 3)
    assert isinstance(opened, recorder)
    assert not opened.audio_dir.exists()


@pytest.mark.parametrize(
    ("is_ours", "hint"),
    [(True, "acoupi deployment stop frees it"), (False, "end that program first")],
)
def test_a_microphone_that_is_in_use_is_not_opened(is_ours: bool, hint: str) -> None:
    taken = DeviceInfo("birdmic", "", holder=Holder(12, "arecord", is_ours))
    with pytest.raises(DeviceUnavailableError, match=r"in use by arecord \(pid 12\)") as caught:
        open_microphone(Microphone("alsa", CONFIGURED, taken), 3)
    assert caught.value.help == hint
