"""What was measured of a channel, as metrics."""

import datetime as dt
from collections.abc import Sequence

from acoupi.audio.microphone_health.figures import total_dbfs
from acoupi.audio.microphone_health.history import Channel
from acoupi.audio.microphone_health.octaves import name_octave
from acoupi.data import Metric

__all__ = ["metrics_of"]


def metrics_of(
    channel: Channel, octaves_hz: Sequence[float], instant: dt.datetime, name: str
) -> list[Metric]:
    """Return what was measured of late.

    Parameters
    ----------
    channel
        Of which nothing may be known yet.
    octaves_hz
        Those of its floor.
    instant
        When it was measured.
    name
        What the metrics' names begin with.
    """
    figures = channel.recent
    if figures is None:
        return []
    values = [("level", figures.level_dbfs, "dBFS"), ("peak", figures.peak_dbfs, "dBFS")]
    values.append(("noise_floor", total_dbfs(figures.floor_dbfs), "dBFS"))
    values += [
        (f"noise_floor_{name_octave(hz).lower().replace(' ', '_')}", level, "dBFS")
        for hz, level in zip(octaves_hz, figures.floor_dbfs, strict=True)
    ]
    if channel.change_db is not None:
        values.append(("noise_floor_change", channel.change_db, "dB"))
    shares = {key: getattr(figures, key) for key in ("clipped", "dc", "flat", "wind", "rain")}
    values += [(key, 100 * share, "percent") for key, share in shares.items()]
    return [
        Metric(name=f"{name}_{key}", value=round(value, 2), unit=unit, captured_on=instant)
        for key, value, unit in values
    ]
