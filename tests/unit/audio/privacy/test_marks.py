"""Marks of recordings that may never be kept."""

from pathlib import Path

import pytest

from acoupi.audio.privacy import marks

MINUTE_S = 60


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "20260501_060000_x.wav"


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    now = marks.boot_s()
    monkeypatch.setattr(marks, "boot_s", lambda: now + seconds)


def test_a_file_is_marked_before_it_is_there(path: Path):
    assert not marks.is_private(path)
    marks.mark_private(path)
    assert marks.is_private(path)


def test_a_mark_goes_when_its_file_is_gone_for_long(path: Path, monkeypatch: pytest.MonkeyPatch):
    marks.mark_private(path)
    later(monkeypatch, 61 * MINUTE_S)
    marks.forget_marks(path.parent)
    assert not marks.is_private(path)


def test_a_mark_stays_while_its_recording_may_still_get_a_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
):
    marks.mark_private(path)
    later(monkeypatch, 30 * MINUTE_S)
    marks.forget_marks(path.parent)
    assert marks.is_private(path)


@pytest.mark.parametrize("suffix", ["", ".part", ".0123456789ab.part"])
def test_a_mark_stays_as_long_as_its_file(
    path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
):
    marks.mark_private(path)
    path.with_name(path.name + suffix).touch()
    later(monkeypatch, 24 * 60 * MINUTE_S)
    marks.forget_marks(path.parent)
    assert marks.is_private(path)


def test_a_mark_that_cannot_be_read_stays(path: Path, monkeypatch: pytest.MonkeyPatch):
    marks.mark_private(path)
    path.with_name(path.name + marks.MARK_SUFFIX).write_text("")
    later(monkeypatch, 24 * 60 * MINUTE_S)
    marks.forget_marks(path.parent)
    assert marks.is_private(path)
