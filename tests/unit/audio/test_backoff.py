"""How long a device that failed is left alone."""

from acoupi.audio.backoff import Backoff


def test_waits_double_up_to_the_longest() -> None:
    backoff = Backoff(first_s=0.25, most_s=2)
    assert [backoff.wait_s(went_well=False) for _ in range(6)] == [0.25, 0.5, 1, 2, 2, 2]


def test_after_a_try_that_went_well_the_next_comes_soon() -> None:
    backoff = Backoff(first_s=0.25, most_s=2)
    for _ in range(4):
        backoff.wait_s(went_well=False)
    assert backoff.wait_s(went_well=True) == 0.25
    assert backoff.wait_s(went_well=False) == 0.5
