"""Believing a symptom, and ceasing to."""

import datetime as dt

from hypothesis import given, strategies as st

from acoupi.audio.microphone_health.suspicion import GONE, NEEDED, Suspicion
from acoupi.audio.microphone_health.symptoms import Symptom

NOW = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)


def believed(symptom: Symptom, severities: list[float]) -> list[bool]:
    suspicion, course = Suspicion(), list[bool]()
    for severity in severities:
        suspicion = suspicion.weighed(symptom, severity, NOW)
        course.append(suspicion.since is not None)
    return course


def test_what_wavers_is_told_once() -> None:
    course = believed(Symptom.CLIPPING, [1.1, 0.9, 1.2, 0.6, 1.0, 0.51])
    assert course == [True] * 6


def test_it_takes_as_many_to_be_believed_as_to_be_over() -> None:
    assert believed(Symptom.DEAD, [1, 1, 0, 1, 1, 1]) == [False] * 5 + [True]
    assert believed(Symptom.DEAD, [1, 1, 1, 0, 0, 1, 0, 0, 0]) == [False] * 2 + [True] * 6 + [
        False
    ]


@given(
    symptom=st.sampled_from(Symptom),
    severities=st.lists(st.floats(0, 3), max_size=40),
)
def test_a_belief_changes_only_after_as_many_contraries_in_a_row(
    symptom: Symptom, severities: list[float]
) -> None:
    course = believed(symptom, severities)
    needed = NEEDED[symptom]
    for n, (before, after) in enumerate(zip([False, *course], course, strict=False)):
        if before != after:
            last = severities[n + 1 - needed : n + 1]
            assert len(last) == needed
            assert all(each >= 1 if after else each < GONE for each in last)
