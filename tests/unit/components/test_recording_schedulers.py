import datetime as dt

import pytest
import time_machine
from hypothesis import given, strategies as st

from acoupi.components.recording_schedulers import IntervalScheduler
from acoupi.errors import ParameterError

MIDNIGHT = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("into_s", "wait_s"), [(0, 0), (0.25, 9.75), (3, 7), (9.9, 0.1), (10, 0), (25, 5)]
)
def test_the_next_recording_is_at_the_next_multiple_of_the_interval(
    into_s: float, wait_s: float
) -> None:
    now = MIDNIGHT + dt.timedelta(seconds=into_s)
    assert IntervalScheduler(10).time_until_next_recording(now) == pytest.approx(wait_s)


@given(
    st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2100, 1, 1), timezones=st.just(dt.UTC)),
    st.integers(1, 86_400),
)
def test_after_the_wait_a_recording_is_due(now: dt.datetime, interval_s: int) -> None:
    scheduler = IntervalScheduler(interval_s)
    wait_s = scheduler.time_until_next_recording(now)
    assert 0 <= wait_s < interval_s
    assert scheduler.time_until_next_recording(now + dt.timedelta(seconds=wait_s)) == 0


def test_without_a_time_it_is_now() -> None:
    with time_machine.travel(MIDNIGHT + dt.timedelta(seconds=4), tick=False):
        assert IntervalScheduler(10).time_until_next_recording() == 6


@pytest.mark.parametrize("interval_s", [0, -1])
def test_an_interval_that_never_comes_is_refused(interval_s: float) -> None:
    with pytest.raises(ParameterError, match="above 0"):
        IntervalScheduler(interval_s)
