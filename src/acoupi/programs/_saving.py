"""What the ready programs can be told about keeping recordings."""

import datetime as dt
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from acoupi.components.saving_filters import (
    AfterDawnDusk,
    BeforeDawnDusk,
    FrequencySchedule,
    SaveIfInInterval,
)
from acoupi.components.types import RecordingSavingFilter
from acoupi.data import TimeInterval
from acoupi.tasks.management import SavingRule

__all__ = ["SaveRecordingFilter", "build_saving_filters", "saving_rule"]


class SaveRecordingFilter(BaseModel):
    """Which recordings to keep."""

    starttime: dt.time = Field(
        default=dt.time(18, 0), description="start of the time of day in which all are kept"
    )
    endtime: dt.time = Field(
        default=dt.time(20, 0), description="end of the time of day in which all are kept"
    )
    before_dawndusk_duration: int = Field(
        default=10, ge=0, description="keep those this long before dawn or dusk (min); 0: none"
    )
    after_dawndusk_duration: int = Field(
        default=10, ge=0, description="keep those this long after dawn or dusk (min); 0: none"
    )
    frequency_duration: int = Field(
        default=5, ge=0, description="keep those of this long in every frequency_interval (min)"
    )
    frequency_interval: int = Field(
        default=30, ge=0, description="how often frequency_duration recurs (min); 0: never"
    )
    combine: SavingRule = Field(
        default="any", description="keep what any of these wants, or only what all of them want"
    )


def build_saving_filters(
    saving: SaveRecordingFilter | None, zone: ZoneInfo
) -> list[RecordingSavingFilter]:
    """Build the filters of a configuration; none keeps everything."""
    if saving is None:
        return []
    window = TimeInterval(start=saving.starttime, end=saving.endtime)
    filters: list[RecordingSavingFilter] = [SaveIfInInterval(window, timezone=zone)]
    if saving.before_dawndusk_duration:
        filters.append(BeforeDawnDusk(saving.before_dawndusk_duration, timezone=zone))
    if saving.after_dawndusk_duration:
        filters.append(AfterDawnDusk(saving.after_dawndusk_duration, timezone=zone))
    if saving.frequency_duration and saving.frequency_interval:
        recurring = FrequencySchedule(
            saving.frequency_duration, saving.frequency_interval, timezone=zone
        )
        filters.append(recurring)
    return filters


def saving_rule(saving: SaveRecordingFilter | None) -> SavingRule:
    """Return what combines the filters of a configuration."""
    return "any" if saving is None else saving.combine
