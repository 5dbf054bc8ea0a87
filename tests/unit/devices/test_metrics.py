import datetime as dt
import shutil
from pathlib import Path

import pytest

from acoupi.devices import metrics
from acoupi.errors import DeviceUnavailableError


@pytest.mark.parametrize(
    ("measure", "name", "unit"),
    [
        (metrics.consumed_memory, "consumed_memory", "bytes"),
        (metrics.get_free_memory, "free_memory", "bytes"),
        (metrics.get_cpu_usage, "cpu_usage", "percent"),
    ],
)
def test_a_metric_has_a_name_a_unit_and_an_instant(measure, name: str, unit: str) -> None:
    metric = measure()
    assert (metric.name, metric.unit) == (name, unit)
    assert metric.value >= 0
    assert metric.captured_on.tzinfo is dt.UTC
    assert measure("other").name == "other"


def test_memory_is_measured_in_bytes() -> None:
    assert 1e6 < metrics.consumed_memory().value < 1e11
    assert 1e6 < metrics.get_free_memory().value < 1e13


def test_storage_is_that_of_the_disk_of_the_path(tmp_path: Path) -> None:
    usage = shutil.disk_usage(tmp_path)
    assert metrics.get_remaining_storage(tmp_path).value == pytest.approx(usage.free, rel=0.05)
    assert metrics.get_used_storage(tmp_path).value == pytest.approx(usage.used, rel=0.05)


def test_storage_can_be_measured_before_its_folder_is_made(tmp_path: Path) -> None:
    assert metrics.get_remaining_storage(tmp_path / "a" / "b").value > 0


def test_the_temperature_is_that_of_the_hottest_part(tmp_path: Path) -> None:
    for zone, reading in enumerate(["41500\n", "52375\n", "not a number\n"]):
        path = tmp_path / f"sys/class/thermal/thermal_zone{zone}/temp"
        path.parent.mkdir(parents=True)
        path.write_text(reading)
    metric = metrics.get_temperature(root=tmp_path)
    assert (metric.value, metric.unit) == (52.375, "°C")


def test_a_board_without_a_thermometer_says_so(tmp_path: Path) -> None:
    with pytest.raises(DeviceUnavailableError, match="thermometer"):
        metrics.get_temperature(root=tmp_path)
