"""Microphones, as PipeWire lists them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from acoupi.devices.audio.pipewire import (
    DeviceInfo,
    get_default_microphone,
    get_graph_rates_hz,
    get_input_device_by_name,
    get_input_devices,
    has_input_audio_device,
)
from acoupi.errors import DeviceUnavailableError

DUMP = json.loads((Path(__file__).parent / "pw-dump.json").read_text())
ULTRAMIC = DeviceInfo(
    description="UltraMic 384K",
    name="alsa_input.usb-ultramic",
    max_input_channels=1,
    samplerates=[192_000, 384_000],
    formats=["S16LE", "S24LE"],
)
WEBCAM = DeviceInfo(
    description="webcam",
    name="webcam",
    max_input_channels=2,
    samplerates=[44_100, 48_000, 88_200, 96_000],
)


@pytest.fixture
def pw_dump(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put a ``pw-dump`` on the path that does what a line of shell says."""

    def install(does: str) -> None:
        program = tmp_path / "pw-dump"
        program.write_text(f"#!/bin/sh\n{does}\n")
        program.chmod(0o755)

    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return install


@pytest.fixture
def pipewire(pw_dump: Callable[[str], None], tmp_path: Path) -> Callable[[Any], None]:
    """Let PipeWire say something; at first, what is in ``pw-dump.json``."""

    def says(dump: Any) -> None:
        (tmp_path / "dump.json").write_text(json.dumps(dump))

    pw_dump(f"cat {tmp_path}/dump.json")
    says(DUMP)
    return says


def without(name: str) -> list[Any]:
    return [item for item in DUMP if item.get("props", {}).get("metadata.name") != name]


@pytest.mark.usefixtures("pipewire")
def test_sources_are_listed_with_what_they_can_do() -> None:
    assert get_input_devices() == [ULTRAMIC, WEBCAM]
    assert has_input_audio_device() is True


@pytest.mark.usefixtures("pipewire")
@pytest.mark.parametrize("name", ["UltraMic 384K", "alsa_input.usb-ultramic"])
def test_a_microphone_is_found_by_either_of_its_names(name: str) -> None:
    assert get_input_device_by_name(name) == ULTRAMIC


@pytest.mark.usefixtures("pipewire")
def test_a_microphone_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(DeviceUnavailableError, match="'speaker'") as caught:
        get_input_device_by_name("speaker")
    assert "'alsa_input.usb-ultramic', 'webcam'" in str(caught.value.help)


def test_the_default_is_the_one_that_others_use_or_else_the_first(
    pipewire: Callable[[Any], None],
) -> None:
    assert get_default_microphone() == WEBCAM
    pipewire(without("default"))
    assert get_default_microphone() == ULTRAMIC


def test_no_microphone_at_all_is_an_answer_to_one_question_and_an_error_to_another(
    pipewire: Callable[[Any], None],
) -> None:
    pipewire([])
    assert has_input_audio_device() is False
    with pytest.raises(DeviceUnavailableError, match="no microphone"):
        get_default_microphone()


def test_the_rates_that_are_passed_on_are_those_allowed_unless_one_is_forced(
    pipewire: Callable[[Any], None],
) -> None:
    assert get_graph_rates_hz() == {48_000, 96_000}
    forced = {"subject": 0, "key": "clock.force-rate", "value": 44_100}
    board = {"metadata.name": "settings"}
    pipewire([{"type": "PipeWire:Interface:Metadata", "props": board, "metadata": [forced]}])
    assert get_graph_rates_hz() == {44_100}
    pipewire(without("settings"))
    assert get_graph_rates_hz() == set()


def test_what_changed_while_it_was_listed_counts(
    pw_dump: Callable[[str], None], tmp_path: Path
) -> None:
    before = [{"id": 7, "type": "PipeWire:Interface:Node"}]
    board = {
        "id": 7,
        "type": "PipeWire:Interface:Metadata",
        "props": {"metadata.name": "settings"},
    }
    rate = {"subject": 0, "key": "clock.rate", "value": 44_100}
    text = f"{json.dumps(before)}\n{json.dumps([board | {'metadata': [rate]}])}\n"
    (tmp_path / "twice.json").write_text(text)
    pw_dump(f"cat {tmp_path}/twice.json")
    assert get_graph_rates_hz() == {44_100}


@pytest.mark.parametrize(
    ("does", "said"),
    [("echo 'Host is down' >&2; exit 1", "Host is down"), ("echo [", "Expecting")],
)
def test_a_server_that_does_not_answer_is_reported_with_its_words(
    pw_dump: Callable[[str], None], does: str, said: str
) -> None:
    pw_dump(does)
    with pytest.raises(DeviceUnavailableError, match=said) as caught:
        get_input_devices()
    assert "systemctl --user" in str(caught.value.help)
    assert has_input_audio_device() is False


def test_without_pipewire_one_sentence_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DeviceUnavailableError) as caught:
        get_input_devices()
    assert "apt install pipewire-bin" in caught.value.message
