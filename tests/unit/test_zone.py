from pathlib import Path

import pytest

from acoupi._zone import is_zone_name, local_zone_name


@pytest.fixture(autouse=True)
def etc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a computer's settings, which says nothing yet."""
    monkeypatch.delenv("TZ", raising=False)
    etc = tmp_path / "etc"
    etc.mkdir()
    return etc


def test_the_zone_is_where_localtime_points(tmp_path: Path, etc: Path) -> None:
    (etc / "localtime").symlink_to("/usr/share/zoneinfo/Europe/London")
    assert local_zone_name(tmp_path) == "Europe/London"


def test_the_zone_is_what_the_file_says_when_localtime_is_no_link(
    tmp_path: Path, etc: Path
) -> None:
    (etc / "timezone").write_text("America/Lima\n")
    (etc / "localtime").touch()
    assert local_zone_name(tmp_path) == "America/Lima"


def test_the_environment_counts_first(
    tmp_path: Path, etc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", ":Asia/Tokyo")
    (etc / "timezone").write_text("America/Lima\n")
    assert local_zone_name(tmp_path) == "Asia/Tokyo"


@pytest.mark.parametrize("text", ["", "Nowhere/Land", "../etc/passwd", "/etc/passwd"])
def test_a_computer_that_names_no_zone_is_in_utc(tmp_path: Path, etc: Path, text: str) -> None:
    (etc / "timezone").write_text(text)
    assert local_zone_name(tmp_path) == "UTC"
    assert not is_zone_name(text)
