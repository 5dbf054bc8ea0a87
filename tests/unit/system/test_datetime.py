from zoneinfo import ZoneInfo

import pytest

from acoupi.errors import ConfigurationError
from acoupi.system import get_system_timezone, set_system_timezone


def test_the_zone_of_the_computer_is_a_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/Lima")
    assert get_system_timezone() == ZoneInfo("America/Lima")


def test_a_zone_that_does_not_exist_cannot_be_set() -> None:
    with pytest.raises(ConfigurationError, match="Nowhere/Land"):
        set_system_timezone("Nowhere/Land")
