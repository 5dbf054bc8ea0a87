"""What a device measures of itself: memory, processor, storage, temperature."""

import shutil
from pathlib import Path

from acoupi.data import Metric
from acoupi.errors import DeviceUnavailableError

__all__ = [
    "consumed_memory",
    "get_cpu_usage",
    "get_free_memory",
    "get_remaining_storage",
    "get_temperature",
    "get_used_storage",
]

CPU_SAMPLE_S = 0.1
"""The processor is watched for that long: its use since nobody knows when says nothing."""


def consumed_memory(name: str = "consumed_memory") -> Metric:
    """Measure the memory this process occupies (bytes)."""
    import psutil

    return Metric(name=name, value=psutil.Process().memory_info().rss, unit="bytes")


def get_free_memory(name: str = "free_memory") -> Metric:
    """Measure the memory that programs could still take (bytes)."""
    import psutil

    return Metric(name=name, value=psutil.virtual_memory().available, unit="bytes")


def get_cpu_usage(name: str = "cpu_usage") -> Metric:
    """Measure how busy all processors are (percent)."""
    import psutil

    return Metric(name=name, value=psutil.cpu_percent(interval=CPU_SAMPLE_S), unit="percent")


def get_remaining_storage(path: Path, name: str = "remaining_storage") -> Metric:
    """Measure the free space on the disk of a path, which need not exist yet (bytes)."""
    return Metric(name=name, value=shutil.disk_usage(_existing(path)).free, unit="bytes")


def get_used_storage(path: Path, name: str = "used_storage") -> Metric:
    """Measure the space taken on the disk of a path, which need not exist yet (bytes)."""
    return Metric(name=name, value=shutil.disk_usage(_existing(path)).used, unit="bytes")


def get_temperature(name: str = "temperature", root: Path = Path("/")) -> Metric:
    """Measure the hottest part of the board (°C).

    Raises
    ------
    DeviceUnavailableError
        If the board has no thermometer.
    """
    readings = [_millidegrees(zone) for zone in root.glob("sys/class/thermal/thermal_zone*/temp")]
    known = [reading for reading in readings if reading is not None]
    if not known:
        raise DeviceUnavailableError(
            "this board has no thermometer", help="leave the temperature out of the metrics"
        )
    return Metric(name=name, value=max(known) / 1000, unit="°C")


def _existing(path: Path) -> Path:
    """Return the path or its nearest parent that exists."""
    path = Path(path).absolute()
    return next(candidate for candidate in (path, *path.parents) if candidate.exists())


def _millidegrees(zone: Path) -> int | None:
    try:
        return int(zone.read_text())
    except (OSError, ValueError):  # a sensor that is switched off says so only when it is read
        return None
