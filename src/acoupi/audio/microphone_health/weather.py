"""Whether a recording sounds like wind or rain: hints, no more."""

from collections.abc import Sequence

from acoupi.audio.microphone_health.figures import total_dbfs

__all__ = ["sounds_like_rain", "sounds_like_wind"]

WIND_BELOW_HZ = 180
WIND_BESIDE_HZ = (350, 3000)
WIND_DBFS = -60
WIND_ABOVE_DB = 20
"""How far wind stands above what is beside it: it is loud, and only deep."""

GUSTS_DB = 5
"""By how much the level of wind varies; that of an engine does not."""

RAIN_HZ = (700, 12_000)
RAIN_ABOVE_DB = 10
"""How far rain lifts the floor, in all its octaves at once; no animal does that."""

RAIN_SLOPE_DB = 20
"""The most by which the octaves of rain differ."""


def sounds_like_wind(
    octaves_hz: Sequence[float], levels_dbfs: Sequence[float], gusts_db: float
) -> bool:
    """Tell by the mean levels of the octaves, and how much the deepest vary."""
    deep = _within(octaves_hz, levels_dbfs, 0, WIND_BELOW_HZ)
    beside = _within(octaves_hz, levels_dbfs, *WIND_BESIDE_HZ)
    if not deep or not beside or gusts_db < GUSTS_DB:
        return False
    wind_dbfs = total_dbfs(deep)
    return wind_dbfs >= WIND_DBFS and wind_dbfs - total_dbfs(beside) >= WIND_ABOVE_DB


def sounds_like_rain(
    octaves_hz: Sequence[float], floor_dbfs: Sequence[float], quietest_dbfs: Sequence[float]
) -> bool:
    """Tell by the floor in each octave, and what it is when nothing sounds."""
    floor = _within(octaves_hz, floor_dbfs, *RAIN_HZ)
    quietest = _within(octaves_hz, quietest_dbfs, *RAIN_HZ)
    if not floor or max(floor) - min(floor) > RAIN_SLOPE_DB:
        return False
    return all(now >= low + RAIN_ABOVE_DB for now, low in zip(floor, quietest, strict=True))


def _within(
    octaves_hz: Sequence[float], values: Sequence[float], low_hz: float, high_hz: float
) -> list[float]:
    pairs = zip(octaves_hz, values, strict=True)
    return [value for centre_hz, value in pairs if low_hz <= centre_hz <= high_hz]
