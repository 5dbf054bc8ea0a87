"""A threshold that is lower for species that were heard for sure."""

from collections.abc import Sequence

from heard_species import Found, Wood, found_in
from hypothesis import HealthCheck, given, settings, strategies as st

from acoupi.components.output_cleaners import DynamicThreshold
from acoupi.components.stores import SqliteStore
from acoupi.components.types import HeardLog

WREN, OWL = "wren", "owl"
FLOOR, WEAK, THRESHOLD, STRONG, SURE_FROM, SURE = 0.1, 0.2, 0.4, 0.6, 0.8, 0.9
Recordings = Sequence[Sequence[Found]]

found = st.tuples(
    st.integers(0, 9), st.sampled_from([WREN, OWL]), st.sampled_from([0.05, WEAK, STRONG, SURE])
)
recordings = st.lists(st.lists(found, max_size=5), min_size=1, max_size=5)
with_one_store = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def cleaner(log: HeardLog, lasts_s: float = 20, sure_from: float = SURE_FROM) -> DynamicThreshold:
    return DynamicThreshold(THRESHOLD, FLOOR, sure_from, lasts_s, log)


def is_believed(wood: Recordings, number: int, one: Found, lasts_s: int) -> bool:
    """Say it the long way: strong, or weak and not long after a sure one of the species."""
    second, species, score = one
    when = 10 * number + second
    ages_s = [
        when - (10 * n + sure_at)
        for n, heard in enumerate(wood[: number + 1])
        for sure_at, name, sureness in heard
        if name == species and sureness >= SURE_FROM
    ]
    is_after = any(0 <= age_s <= lasts_s for age_s in ages_s)
    return score >= THRESHOLD or (score >= FLOOR and is_after)


@with_one_store
@given(heard=recordings, lasts_s=st.integers(1, 30))
def test_what_counts_is_strong_or_follows_a_sure_one(
    store: SqliteStore, heard: Recordings, lasts_s: int
) -> None:
    wood = Wood()
    for number, one in enumerate(heard):
        # Each recording is cleaned by a process that has just been started.
        left = found_in(cleaner(store, lasts_s).clean(wood.output(number, one)))
        assert left == [each for each in one if is_believed(heard, number, each, lasts_s)]


@with_one_store
@given(heard=recordings, order=st.randoms(use_true_random=False))
def test_in_another_order_nothing_counts_that_would_not_in_that_of_time(
    store: SqliteStore, heard: Recordings, order: object
) -> None:
    wood, numbers = Wood(), list(range(len(heard)))
    order.shuffle(numbers)  # type: ignore[attr-defined]
    for number in numbers:
        for each in found_in(cleaner(store).clean(wood.output(number, heard[number]))):
            assert is_believed(heard, number, each, 20)


@with_one_store
@given(heard=recordings)
def test_a_recording_that_is_tried_again_is_answered_alike(
    store: SqliteStore, heard: Recordings
) -> None:
    wood = Wood()
    made = [wood.output(number, one) for number, one in enumerate(heard)]
    first = [found_in(cleaner(store).clean(each)) for each in made]
    assert [found_in(cleaner(store).clean(each)) for each in made] == first


def test_a_weak_one_counts_after_a_sure_one_of_its_species_for_a_while(
    log: HeardLog, wood: Wood
) -> None:
    one_of_each = [(0, WREN, WEAK), (0, OWL, WEAK)]
    assert found_in(cleaner(log).clean(wood.output(0, one_of_each))) == []
    assert len(found_in(cleaner(log).clean(wood.output(1, [(9, WREN, SURE)])))) == 1
    assert found_in(cleaner(log).clean(wood.output(3, one_of_each))) == [(0, WREN, WEAK)]
    assert found_in(cleaner(log).clean(wood.output(4, one_of_each))) == []


def test_a_sure_one_says_nothing_of_what_was_before_it(log: HeardLog, wood: Wood) -> None:
    heard = wood.output(0, [(3, WREN, WEAK), (5, WREN, SURE), (7, WREN, WEAK)])
    assert found_in(cleaner(log).clean(heard)) == [(5, WREN, SURE), (7, WREN, WEAK)]


def test_of_what_is_weaker_than_the_floor_nothing_counts(log: HeardLog, wood: Wood) -> None:
    heard = wood.output(0, [(0, WREN, SURE), (1, WREN, 0.09), (1, WREN, FLOOR)])
    assert found_in(cleaner(log).clean(heard)) == [(0, WREN, SURE), (1, WREN, FLOOR)]


def test_a_sure_call_of_a_doubtful_species_lowers_nothing(log: HeardLog, wood: Wood) -> None:
    (call,) = wood.output(0, [(0, WREN, WEAK)]).detections
    call = call.model_copy(update={"detection_score": SURE})
    heard = wood.output(0, [(1, WREN, WEAK)])
    heard = heard.model_copy(update={"detections": [call, *heard.detections]})
    assert list(cleaner(log).clean(heard).detections) == [call]


def test_what_was_sure_by_another_measure_lowers_nothing(log: HeardLog, wood: Wood) -> None:
    cleaner(log, sure_from=STRONG).clean(wood.output(0, [(0, WREN, STRONG)]))
    assert found_in(cleaner(log).clean(wood.output(1, [(0, WREN, WEAK)]))) == []


def test_species_that_the_model_has_judged_are_left_to_it(wood: Wood) -> None:
    cleaner = DynamicThreshold(THRESHOLD, FLOOR, SURE_FROM, 20, settled=lambda: {OWL})
    heard = wood.output(0, [(0, OWL, WEAK), (0, WREN, WEAK), (1, OWL, 0.05)])
    assert found_in(cleaner.clean(heard)) == [(0, OWL, WEAK), (1, OWL, 0.05)]
