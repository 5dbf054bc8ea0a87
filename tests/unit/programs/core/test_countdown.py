from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, strategies as st

from acoupi._claims import Owner
from acoupi.programs.core.countdown import wait_s

HERE = Owner.this_process()
LATER = replace(HERE, boot="another")
YEARS_S = 56 * 365 * 86_400.0


def sent(wait_s: float) -> dict[str, Any]:
    return {"boot": HERE.boot, "sent_s": 1000.0, "wait_s": wait_s}


@given(passed_s=st.floats(0, 200), by_wall_s=st.floats(-YEARS_S, YEARS_S))
def test_where_the_clock_is_set_to_does_not_matter(passed_s: float, by_wall_s: float) -> None:
    left_s = wait_s(sent(60), HERE, 1000 + passed_s, by_wall_s)
    assert left_s == pytest.approx(max(0.0, 60 - passed_s))


@pytest.mark.parametrize(("by_wall_s", "left_s"), [(-YEARS_S, 0), (20, 20), (YEARS_S, 60)])
def test_after_another_start_no_task_waits_longer_than_was_asked_for(
    by_wall_s: float, left_s: float
) -> None:
    assert wait_s(sent(60), LATER, 5, by_wall_s) == left_s
