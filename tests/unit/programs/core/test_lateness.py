from dataclasses import replace

import pytest

from acoupi._claims import Owner
from acoupi.programs.core.lateness import lateness_s, stamp

HERE = Owner.this_process()


def rung(seconds_ago: float, lifetime_s: float = 10) -> dict[str, object]:
    return stamp(lifetime_s) | {"rung_s": 1000 - seconds_ago}


@pytest.mark.parametrize(("ago_s", "late_s"), [(0, None), (9.5, None), (10.5, 0.5), (70, 60)])
def test_a_run_is_late_once_its_interval_has_passed(ago_s: float, late_s: float | None) -> None:
    assert lateness_s(rung(ago_s), HERE, now_s=1000) == late_s


def test_a_run_from_before_the_computer_was_restarted_is_late() -> None:
    restarted = replace(HERE, boot="another")
    assert lateness_s(rung(0), restarted, now_s=5) == 5


def test_a_run_that_another_computer_asked_for_is_in_time() -> None:
    elsewhere = replace(HERE, machine="another", boot="another")
    assert lateness_s(rung(70), elsewhere, now_s=1000) is None
