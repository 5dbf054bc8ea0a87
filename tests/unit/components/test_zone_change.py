"""A sensor that is carried into another zone goes on by the zone it was configured for."""

import datetime as dt
import time
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest

from acoupi import _clock
from acoupi.components.recording_conditions import IsInInterval
from acoupi.data import Deployment, Recording, TimeInterval

SUNRISE = TimeInterval(start=dt.time(6), end=dt.time(8))
AT_SEVEN_IN_LIMA = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
ZONES = ["Pacific/Kiritimati", "America/Caracas", "UTC"]


@pytest.fixture(params=ZONES)
def elsewhere(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize(("hours", "records"), [(-2, False), (0, True), (2, False)])
def test_the_schedule_keeps_its_zone(
    hours: int, records: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = AT_SEVEN_IN_LIMA + dt.timedelta(hours=hours)
    monkeypatch.setattr(_clock, "utc_now", lambda: now)
    assert IsInInterval(SUNRISE, ZoneInfo("America/Lima")).should_record() is records


@pytest.mark.usefixtures("elsewhere")
def test_recordings_bear_the_same_time() -> None:
    recording = Recording(duration=1, samplerate=1, deployment=Deployment(name="boat"))
    assert recording.created_on.utcoffset() == dt.timedelta()
    assert abs(recording.created_on.timestamp() - time.time()) < 5
