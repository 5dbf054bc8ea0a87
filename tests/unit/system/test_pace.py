import datetime as dt
import os

import pytest
from hypothesis import given, strategies as st

from acoupi.programs import AcoupiWorker, WorkerConfig
from acoupi.system import Settings
from acoupi.system.health import Rhythm
from acoupi.system.pace import Pace, count_lanes, pace_here, pace_of

NIGHT = (dt.time(18), dt.time(6))
ALWAYS = (dt.time(0), dt.time(0))


def rhythm(duration_s: float, interval_s: float, hours: tuple[dt.time, dt.time]) -> Rhythm:
    return Rhythm(duration_s, interval_s, *hours, dt.UTC)


@pytest.mark.parametrize(
    ("parts", "lanes", "pace"),
    [
        ([(0.5, rhythm(3, 10, ALWAYS))], 1, Pace(0.15, 0.15)),
        ([(0.5, rhythm(3, 3, NIGHT))], 1, Pace(0.5, 0.25)),
        ([(2, rhythm(15, 10, ALWAYS))], 1, Pace(2, 2)),
        ([(2, rhythm(3, 3, NIGHT)), (0.5, rhythm(3, 6, ALWAYS))], 1, Pace(2.25, 1.25)),
        ([(2, rhythm(3, 3, NIGHT)), (0.5, rhythm(3, 6, ALWAYS))], 2, Pace(1.125, 0.625)),
    ],
)
def test_a_pace_is_what_all_microphones_ask_for(
    parts: list[tuple[float, Rhythm]], lanes: int, pace: Pace
) -> None:
    found = pace_of(parts, lanes)
    assert (found.load, found.by_day) == pytest.approx((pace.load, pace.by_day))


@given(
    st.lists(
        st.tuples(
            st.floats(0, 10),
            st.builds(
                rhythm, st.floats(0.1, 60), st.floats(0.1, 600), st.sampled_from([NIGHT, ALWAYS])
            ),
        )
    )
)
def test_who_keeps_up_at_once_has_nothing_to_catch_up_with(
    parts: list[tuple[float, Rhythm]],
) -> None:
    pace = pace_of(parts)
    assert pace.by_day <= pace.load + 1e-9
    assert pace.catches_up or not pace.keeps_up


@pytest.mark.parametrize(
    ("cores", "concurrency", "lanes"), [(4, 1, 1), (4, 2, 2), (1, 2, 1), (4, None, 4)]
)
def test_as_many_recordings_are_heard_at_once_as_workers_and_cores_allow(
    monkeypatch: pytest.MonkeyPatch, cores: int, concurrency: int | None, lanes: int
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    workers = WorkerConfig(
        workers=[
            AcoupiWorker(name="listen", queues=["detection"], concurrency=concurrency),
            AcoupiWorker(name="rest", concurrency=1),
        ]
    )
    assert count_lanes(workers, "detection") == lanes
    assert count_lanes(workers, None) == 1
    assert count_lanes(workers, "nobody") == 1


def test_where_no_program_is_set_up_nothing_is_said(settings: Settings) -> None:
    assert pace_here(settings, 1) is None
