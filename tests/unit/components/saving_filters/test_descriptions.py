"""What people are shown of a saving filter."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from acoupi.components import (
    BeforeDawnDusk,
    DetectionTags,
    DetectionTagValue,
    FrequencySchedule,
    SaveIfInInterval,
    SavingThreshold,
)
from acoupi.components.types import RecordingSavingFilter
from acoupi.data import Tag, TimeInterval
from acoupi.testing import Answer

LONDON = ZoneInfo("Europe/London")
EVENING = TimeInterval(start=dt.time(18), end=dt.time(20, 0, 30))


@pytest.mark.parametrize(
    ("saving_filter", "text"),
    [
        (SaveIfInInterval(EVENING, LONDON), "SaveIfInInterval 18:00 to 20:00:30 Europe/London"),
        (FrequencySchedule(5, 120), "FrequencySchedule 5 of every 120 min UTC"),
        (BeforeDawnDusk(2.5), "BeforeDawnDusk 2.5 min"),
        (SavingThreshold(0.5), "SavingThreshold from 0.5"),
        (DetectionTags([Tag("species", "Wren")], 0.7), "DetectionTags species=Wren from 0.7"),
        (DetectionTagValue(["Wren", "Robin"]), "DetectionTagValue Wren, Robin"),
        (Answer(True), "Answer"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_filter_says_what_it_wants(saving_filter: RecordingSavingFilter, text: str) -> None:
    assert str(saving_filter) == text
