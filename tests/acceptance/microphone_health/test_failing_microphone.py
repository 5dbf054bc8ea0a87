"""A whole sensor with a stereo microphone, one channel of which has lost its wire."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_sounds import ambience, to_bytes
from pytest_httpserver import HTTPServer
from virtual_microphone import NEEDS, VirtualMicrophone, build_plugin, can_be_built, install

RATE_HZ = 384_000
SOUND_S = 6

Acoupi = Callable[..., str]


@pytest.fixture
def microphone(tmp_path: Path, requires: Callable[..., None]) -> VirtualMicrophone:
    requires(can_be_built(), "a virtual ALSA microphone", NEEDS)
    folder = tmp_path / "microphone"
    microphone = VirtualMicrophone(folder, "fieldmic", RATE_HZ, channels=2, sound_s=SOUND_S)
    folder.mkdir()
    microphone_config = install(build_plugin(folder), [microphone])
    assert microphone_config.is_file()
    alive, dead = ambience(SOUND_S, RATE_HZ), np.zeros(SOUND_S * RATE_HZ)
    (folder / "fieldmic.raw").write_bytes(to_bytes(alive, dead))
    return microphone


@pytest.fixture
def acoupi(
    tmp_path: Path, microphone: VirtualMicrophone, httpserver: HTTPServer
) -> Iterator[Acoupi]:
    home = tmp_path / "home"
    environment = os.environ | {
        "ACOUPI_HOME": str(home),
        "ACOUPI_SUPERVISION": "detached",
        "ALSA_CONFIG_PATH": str(microphone.folder / "asound.conf"),
    }

    def run(*args: str) -> str:
        command = [sys.executable, "-m", "acoupi", *args]
        ran = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
        return ran.stdout

    httpserver.expect_request("/").respond_with_json({})
    run(
        *("setup", "--program", "acoupi.programs.connected", "--no-prompt"),
        *("--microphone.device_name", microphone.name, "--microphone.audio_channels", "2"),
        *("--microphone.samplerate", str(RATE_HZ)),
        *("--recording.duration", "1", "--recording.interval", "1"),
        *("--recording.schedule_start", "00:00", "--recording.schedule_end", "00:00"),
        *("--paths.tmp_audio", str(tmp_path / "tmp")),
        *("--messaging.http.base_url", httpserver.url_for("/")),
    )
    run("deployment", "start", "--name", "field")
    yield run
    run("deployment", "stop")


def received(httpserver: HTTPServer) -> list[dict[str, Any]]:
    return [json.loads(request.get_data()) for request, _ in httpserver.log if request.data]


def suspected(acoupi: Acoupi) -> list[list[str]]:
    status = json.loads(acoupi("deployment", "status", "--json"))
    return [list(channel["suspected"]) for channel in status["overview"]["hearing"]]


def test_a_dead_channel_is_shown_sent_and_alarmed(
    acoupi: Acoupi, httpserver: HTTPServer, wait_until: Callable[..., None]
) -> None:
    wait_until(lambda: suspected(acoupi) == [[], ["dead"]], timeout_s=60)
    said = "the microphone 'fieldmic' (channel 2) gives nothing but one value"
    assert said in " ".join(acoupi("deployment", "status").split())
    for task in ("watch_microphones_task", "heartbeat_task", "send_messages_task"):
        acoupi("task", "run", task)
    contents = received(httpserver)
    alerts = [content["problem"] for content in contents if "problem" in content]
    assert [alert for alert in alerts if alert.startswith(said)] == alerts
    assert len(alerts) == 1
    beat = next(content for content in contents if said in content.get("status", ""))
    metrics = {each["name"]: each["value"] for each in beat["metrics"]}
    assert metrics["microphone_flat"] == 0
    assert metrics["microphone_channel_2_flat"] == 100
    assert metrics["microphone_level"] == pytest.approx(-50.5, abs=1)
    assert "microphone_noise_floor_128_khz" in metrics
