"""Species count that are found more than once."""

import datetime as dt
from collections.abc import Sequence

import pytest
from heard_species import Found, Wood, found_in
from hypothesis import HealthCheck, given, settings, strategies as st

from acoupi.components.output_cleaners import RepeatConfirmation
from acoupi.components.stores import SqliteStore
from acoupi.components.types import HeardLog
from acoupi.data import Deployment, Detection, ModelOutput
from acoupi.testing.samples import deployment, output, recording

WREN, OWL = "wren", "owl"
Recordings = Sequence[Sequence[Found]]

found = st.tuples(st.integers(0, 9), st.sampled_from([WREN, OWL]), st.just(0.5))
recordings = st.lists(st.lists(found, max_size=5), min_size=1, max_size=5)
with_one_store = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def instants(wood: Recordings, upto: int, species: str) -> list[int]:
    """Return when a species is found in the recordings up to one of them, in seconds."""
    return [
        10 * number + second
        for number, one in enumerate(wood[: upto + 1])
        for second, name, _ in one
        if name == species
    ]


def is_believed(wood: Recordings, number: int, one: Found, times: int, within_s: int) -> bool:
    """Say it the long way: some stretch with this detection has enough of them."""
    second, species, _ = one
    all_of_it, when = instants(wood, number, species), 10 * number + second
    starts = [start for start in all_of_it if start <= when <= start + within_s]
    return any(sum(s <= t <= s + within_s for t in all_of_it) >= times for s in starts)


@with_one_store
@given(heard=recordings, times=st.integers(2, 4), within_s=st.integers(1, 25))
def test_what_counts_is_in_a_stretch_with_enough_of_its_species(
    store: SqliteStore, heard: Recordings, times: int, within_s: int
) -> None:
    wood = Wood()
    for number, one in enumerate(heard):
        # Each recording is cleaned by a process that has just been started.
        cleaner = RepeatConfirmation(times, within_s, store)
        left = found_in(cleaner.clean(wood.output(number, one)))
        assert left == [each for each in one if is_believed(heard, number, each, times, within_s)]


@with_one_store
@given(heard=recordings, order=st.randoms(use_true_random=False))
def test_in_another_order_nothing_counts_that_would_not_in_that_of_time(
    store: SqliteStore, heard: Recordings, order: object
) -> None:
    wood, cleaner = Wood(), RepeatConfirmation(2, 15, store)
    numbers = list(range(len(heard)))
    order.shuffle(numbers)  # type: ignore[attr-defined]
    for number in numbers:
        for each in found_in(cleaner.clean(wood.output(number, heard[number]))):
            assert is_believed(heard, number, each, 2, 15)


def test_two_in_one_recording_confirm_each_other(log: HeardLog, wood: Wood) -> None:
    cleaner = RepeatConfirmation(2, 5, log)
    twice = [(1, WREN, 0.5), (6, WREN, 0.5)]
    assert found_in(cleaner.clean(wood.output(0, twice))) == twice
    assert found_in(cleaner.clean(Wood().output(0, [(0, WREN, 0.5), (6, WREN, 0.5)]))) == []


def test_one_before_confirms_and_one_after_does_not(log: HeardLog, wood: Wood) -> None:
    cleaner = RepeatConfirmation(2, 10, log)
    assert found_in(cleaner.clean(wood.output(0, [(5, WREN, 0.5)]))) == []
    assert found_in(cleaner.clean(wood.output(1, [(5, WREN, 0.5)]))) == [(5, WREN, 0.5)]


def test_a_recording_that_is_tried_again_is_confirmed_by_others_only(
    log: HeardLog, wood: Wood
) -> None:
    once = wood.output(0, [(5, WREN, 0.5)])
    for _ in range(3):
        assert found_in(RepeatConfirmation(2, 10, log).clean(once)) == []
    later = wood.output(1, [(0, WREN, 0.5)])
    assert len(found_in(RepeatConfirmation(2, 10, log).clean(later))) == 1
    assert found_in(RepeatConfirmation(2, 10, log).clean(once)) == []


@pytest.mark.parametrize(
    "other", [Wood(), Wood(microphone="north"), Wood(model="other")], ids=["place", "mic", "model"]
)
def test_what_is_heard_elsewhere_confirms_nothing(log: HeardLog, wood: Wood, other: Wood) -> None:
    if other.microphone or other.model != "model":
        other.deployment = wood.deployment
    cleaner = RepeatConfirmation(2, 30, log)
    cleaner.clean(other.output(0, [(0, WREN, 0.5)]))
    assert found_in(cleaner.clean(wood.output(1, [(0, WREN, 0.5)]))) == []


def test_more_of_them_are_asked_for_than_two(log: HeardLog, wood: Wood) -> None:
    cleaner = RepeatConfirmation(3, 30, log)
    left = [found_in(cleaner.clean(wood.output(n, [(0, OWL, 0.5)]))) for n in range(4)]
    assert [len(each) for each in left] == [0, 0, 1, 1]


def test_without_a_box_a_detection_is_at_the_start_and_without_a_tag_of_one_kind() -> None:
    made = recording(deployment())
    bare = output(made, Detection(), Detection())
    assert len(RepeatConfirmation(2, 1).clean(bare).detections) == 2
    assert RepeatConfirmation(3, 1).clean(bare).detections == []


def test_the_likeliest_species_of_a_detection_is_the_one_that_counts(wood: Wood) -> None:
    first, second = wood.output(0, [(0, WREN, 0.9), (3, WREN, 0.9)]).detections
    doubtful = second.model_copy(
        update={"tags": [*wood.output(0, [(0, OWL, 0.95)]).detections[0].tags, *second.tags]}
    )
    heard = wood.output(0, []).model_copy(update={"detections": [first, doubtful]})
    assert RepeatConfirmation(2, 10).clean(heard).detections == []


def test_two_deployments_of_one_name_are_two(store: SqliteStore) -> None:
    def clean(deployment: Deployment) -> ModelOutput:
        heard = Wood(deployment).output(0, [(0, WREN, 0.5)])
        return RepeatConfirmation(2, dt.timedelta(hours=1).total_seconds(), store).clean(heard)

    assert [clean(Deployment(name="wood")).detections for _ in range(2)] == [[], []]
