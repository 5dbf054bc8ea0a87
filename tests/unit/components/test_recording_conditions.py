import datetime as dt
import logging
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine

from acoupi._home import temp_audio_dir
from acoupi.components import solar
from acoupi.components.recording_conditions import (
    DawnTimeInterval,
    HasSufficientSpace,
    IsInInterval,
    IsInIntervals,
)
from acoupi.components.solar import Place
from acoupi.data import Deployment, TimeInterval
from acoupi.devices.metrics import get_remaining_storage
from acoupi.errors import HealthCheckError

EVENING = TimeInterval(start=dt.time(20), end=dt.time(21))
MORNING = TimeInterval(start=dt.time(5), end=dt.time(6))
LIMA = ZoneInfo("America/Lima")
LIMA_DAWN = dt.datetime(2024, 3, 20, 10, 51, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _warn_afresh() -> None:
    solar.warn_no_place.cache_clear()


def test_recording_is_allowed_in_the_interval_of_the_zone() -> None:
    condition = IsInInterval(EVENING, LIMA)
    with time_machine.travel(dt.datetime(2024, 1, 2, 1, 30, tzinfo=dt.UTC)):
        assert condition.should_record()
    with time_machine.travel(dt.datetime(2024, 1, 2, 20, 30, tzinfo=dt.UTC)):
        assert not condition.should_record()


def test_recording_is_allowed_in_any_of_the_intervals() -> None:
    condition = IsInIntervals([MORNING, EVENING], dt.UTC)
    allowed: list[int] = []
    for hour in range(24):
        with time_machine.travel(dt.datetime(2024, 1, 2, hour, 30, tzinfo=dt.UTC)):
            allowed += [hour] if condition.should_record() else []
    assert allowed == [5, 20]


@pytest.mark.parametrize(
    ("minutes", "allowed"), [(-31, False), (-29, True), (0, True), (29, True), (31, False)]
)
def test_dawn_is_the_dawn_of_the_place(minutes: int, allowed: bool) -> None:
    condition = DawnTimeInterval(30, LIMA, latitude=-12.05, longitude=-77.04)
    with time_machine.travel(LIMA_DAWN + dt.timedelta(minutes=minutes)):
        assert condition.should_record() is allowed


def test_without_coordinates_there_is_no_dawn_and_one_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    condition = DawnTimeInterval(24 * 60, dt.UTC)
    with caplog.at_level(logging.WARNING):
        assert not condition.should_record()
        assert not condition.should_record()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "latitude and longitude" in caplog.text


def test_the_place_of_the_deployment_counts_unless_another_is_given() -> None:
    lima, greenwich = Place(-12.05, -77.04), Place(51.4769, 0.0)
    told = DawnTimeInterval(30, dt.UTC)
    fixed = DawnTimeInterval(30, dt.UTC, latitude=greenwich.latitude, longitude=0.0)
    assert (told.needs_coordinates, fixed.needs_coordinates) == (True, False)
    for condition in (told, fixed):
        condition.locate(Deployment(name="wood", latitude=-12.05, longitude=-77.04))
    assert (told.place, fixed.place) == (lima, greenwich)
    told.locate(Deployment(name="nowhere"))
    assert told.place is None


def test_the_check_says_that_coordinates_are_missing() -> None:
    with pytest.raises(HealthCheckError, match="no coordinates") as caught:
        DawnTimeInterval(30, dt.UTC).check()
    assert caught.value.help is not None
    assert "latitude" in caught.value.help


def test_the_check_is_content_with_coordinates() -> None:
    DawnTimeInterval(30, dt.UTC, latitude=0, longitude=0).check()


def test_a_polar_day_has_no_dawn_to_record() -> None:
    condition = DawnTimeInterval(60, dt.UTC, latitude=69.65, longitude=18.96)
    for hour in range(24):
        with time_machine.travel(dt.datetime(2024, 6, 21, hour, tzinfo=dt.UTC)):
            assert not condition.should_record()


def test_space_is_sufficient_down_to_the_last_byte(tmp_path: Path) -> None:
    free = int(get_remaining_storage(tmp_path).value)
    assert HasSufficientSpace(tmp_path, min_space=free // 2, unit="B").should_record()
    assert not HasSufficientSpace(tmp_path, min_space=free * 2, unit="B").should_record()


@pytest.mark.parametrize(
    ("unit", "binary", "size_bytes"),
    [
        ("B", False, 3),
        ("KB", False, 3_000),
        ("MB", False, 3_000_000),
        ("GB", False, 3_000_000_000),
        ("KB", True, 3_072),
        ("GB", True, 3 * 2**30),
    ],
)
def test_units_are_decimal_unless_binary_is_asked_for(
    tmp_path: Path, unit: str, binary: bool, size_bytes: int
) -> None:
    condition = HasSufficientSpace(tmp_path, 3, unit, binary)  # type: ignore[arg-type]
    assert condition.min_space_bytes == size_bytes


def test_space_is_measured_where_a_folder_will_be(tmp_path: Path) -> None:
    assert HasSufficientSpace(tmp_path / "not" / "yet", 1, "B").should_record()


def test_by_default_the_space_is_where_recordings_wait() -> None:
    assert HasSufficientSpace().path == temp_audio_dir()
