from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from acoupi.errors import ConfigurationError
from acoupi.system import get_system_timezone, set_system_timezone


@pytest.fixture(autouse=True)
def no_tz(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZ", raising=False)


def test_the_zone_is_where_localtime_points(tmp_path: Path) -> None:
    link = tmp_path / "localtime"
    link.symlink_to("/usr/share/zoneinfo/Europe/London")

    assert get_system_timezone(link, tmp_path / "absent") == ZoneInfo("Europe/London")


def test_the_zone_is_what_the_file_says_when_localtime_is_no_link(tmp_path: Path) -> None:
    (tmp_path / "timezone").write_text("America/Lima\n")
    (tmp_path / "localtime").touch()

    zone = get_system_timezone(tmp_path / "localtime", tmp_path / "timezone")

    assert zone == ZoneInfo("America/Lima")


def test_the_environment_counts_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", ":Asia/Tokyo")
    (tmp_path / "timezone").write_text("America/Lima\n")

    assert get_system_timezone(tmp_path / "x", tmp_path / "timezone") == ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize("text", ["", "Nowhere/Land", "../etc/passwd", "/etc/passwd"])
def test_a_zone_that_is_not_one_is_no_zone(tmp_path: Path, text: str) -> None:
    (tmp_path / "timezone").write_text(text)

    assert get_system_timezone(tmp_path / "x", tmp_path / "timezone") is None


def test_a_zone_that_does_not_exist_cannot_be_set() -> None:
    with pytest.raises(ConfigurationError, match="Nowhere/Land"):
        set_system_timezone("Nowhere/Land")
