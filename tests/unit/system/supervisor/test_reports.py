import datetime as dt
from collections.abc import Callable

import pytest

from acoupi.system.supervisor.children import Child
from acoupi.system.supervisor.overuse import Overuse
from acoupi.system.supervisor.reports import describe

NOW = dt.datetime(2026, 5, 1, 14, 5, 30, tzinfo=dt.UTC)
MakeChild = Callable[..., Child]


def test_the_status_says_who_runs_who_starts_and_who_is_given_up_until_when(
    make_child: MakeChild,
) -> None:
    children = [
        make_child("recording"),
        make_child("detection", "given up"),
        make_child("messaging", "dying"),
        make_child("beat"),
    ]

    assert describe(children, None, NOW, now_s=0.0) == (
        "running: recording, beat; starting: messaging; "
        "given up: detection (tried again at 14:35 UTC)"
    )


def test_the_status_says_what_only_a_restart_can_end(make_child: MakeChild) -> None:
    stuck = make_child("detection")
    stuck.killed_s = 0.0

    status = describe([make_child("recording"), stuck], None, NOW, now_s=60.0)

    assert status == "running: recording; cannot be ended: detection"


def test_the_status_says_for_a_day_who_was_ended_for_its_memory(make_child: MakeChild) -> None:
    greedy = make_child("detection")
    greedy.overuse = Overuse().again(now_s=0.0).again(now_s=60.0)

    status = describe([make_child("recording"), greedy], None, NOW, now_s=180.0)

    assert status == (
        "running: recording, detection; "
        "ended for its memory: detection (2 times, last at 14:03 UTC)"
    )
    assert describe([greedy], None, NOW, now_s=90_000.0) == "running: detection"


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (dt.timedelta(seconds=18), "last recording 14:05:12 UTC"),
        (dt.timedelta(days=3), "last recording 2026-04-28 14:05:30 UTC"),
    ],
)
def test_the_status_says_when_the_last_recording_ended(
    make_child: MakeChild, ago: dt.timedelta, said: str
) -> None:
    status = describe([make_child("recording")], NOW - ago, NOW, now_s=0.0)

    assert status == f"running: recording; {said}"
