"""Single sounds in a matrix of levels."""

import numpy as np
from hypothesis import given, strategies as st
from hypothesis.extra.numpy import arrays

from acoupi.models.events import Event, find_events, join_events

QUIET, LOUD, LOUDER = 0.0, 12.0, 20.0


def test_an_event_is_a_stretch_with_its_band_and_its_peak() -> None:
    matrix = np.full((6, 5), QUIET, np.float32)
    matrix[1, 1] = matrix[2, 3] = LOUD
    matrix[2, 2] = LOUDER
    assert list(find_events(matrix, 10, offset=100)) == [Event(101, 103, 1, 4, 2, 20.0)]


def test_activity_at_both_ends_is_found() -> None:
    matrix = np.array([[LOUD], [QUIET], [LOUD]], np.float32)
    assert [(e.start, e.end) for e in find_events(matrix, 10)] == [(0, 1), (2, 3)]


def test_events_that_a_short_gap_parts_are_one_with_the_louder_peak() -> None:
    first, second = Event(0, 3, 5, 7, 6, 12.0), Event(5, 6, 1, 3, 2, 20.0)
    assert join_events([first, second], 2) == [Event(0, 6, 1, 7, 2, 20.0)]
    assert join_events([first, second], 1.9) == [first, second]


MATRICES = arrays(
    np.float32,
    st.tuples(st.integers(0, 30), st.integers(1, 4)),
    elements=st.floats(-20, 30, width=32),
)


@given(MATRICES, st.integers(0, 30))
def test_a_matrix_cut_in_two_gives_the_same_events(matrix: np.ndarray, place: int) -> None:
    whole = join_events(find_events(matrix, 10), 0)
    parts = [
        *find_events(matrix[:place], 10),
        *find_events(matrix[place:], 10, min(place, len(matrix))),
    ]
    joined = join_events(parts, 0)
    assert [(e.start, e.end, e.low, e.high) for e in joined] == [
        (e.start, e.end, e.low, e.high) for e in whole
    ]
    active = {frame for event in whole for frame in range(event.start, event.end)}
    assert active == set(np.flatnonzero((matrix >= 10).any(axis=1)).tolist())
