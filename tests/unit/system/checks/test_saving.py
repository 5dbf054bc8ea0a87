"""What is checked before recordings are kept as FLAC."""

import datetime as dt
import sys
from types import SimpleNamespace
from typing import Any, cast

import pytest

from acoupi.errors import ConfigurationError
from acoupi.programs.templates import StorageConfiguration
from acoupi.system.checks.saving import check_format
from acoupi.system.checks.subject import Subject
from acoupi.system.settings import Settings


def subject(**config: object) -> Subject:
    program = cast("Any", SimpleNamespace(config=SimpleNamespace(**config)))
    return Subject(Settings(), program, dt.datetime.now(dt.UTC))


def test_wav_needs_nothing_and_an_old_program_is_asked_nothing() -> None:
    assert list(check_format(subject(storage=StorageConfiguration()))) == []
    assert list(check_format(subject())) == []


def test_flac_needs_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    flac = subject(storage=StorageConfiguration(recording_format="flac"))
    [found] = check_format(flac)
    assert "soundfile" in found.why
    monkeypatch.setitem(sys.modules, "soundfile", None)
    with pytest.raises(ConfigurationError, match="soundfile"):
        list(check_format(flac))
