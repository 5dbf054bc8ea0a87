import pytest
from hypothesis import given, strategies as st

from acoupi.components.message_stores.sqlite.backoff import backoff_s


@pytest.mark.parametrize(
    ("attempts", "wait_s"), [(1, 5), (2, 10), (3, 20), (10, 2560), (11, 3600), (100_000, 3600)]
)
def test_the_wait_doubles_up_to_an_hour(attempts: int, wait_s: float) -> None:
    assert backoff_s(attempts) == wait_s


@given(attempts=st.integers(1), jitter=st.floats(0, 1))
def test_jitter_adds_at_most_a_tenth(attempts: int, jitter: float) -> None:
    plain_s = backoff_s(attempts)

    assert plain_s <= backoff_s(attempts, jitter) <= plain_s * 1.1


@given(attempts=st.integers(1, 1000))
def test_a_later_attempt_never_waits_less(attempts: int) -> None:
    assert backoff_s(attempts) <= backoff_s(attempts + 1)
