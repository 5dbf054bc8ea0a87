"""How long a device that failed is left alone."""

from acoupi.audio.backoff import Backoff, Reopening


def test_waits_double_up_to_the_longest() -> None:
    backoff = Backoff(first_s=0.25, most_s=2)
    assert [backoff.wait_s(went_well=False) for _ in range(6)] == [0.25, 0.5, 1, 2, 2, 2]


def test_after_a_try_that_went_well_the_next_comes_soon() -> None:
    backoff = Backoff(first_s=0.25, most_s=2)
    for _ in range(4):
        backoff.wait_s(went_well=False)
    assert backoff.wait_s(went_well=True) == 0.25
    assert backoff.wait_s(went_well=False) == 0.5


def test_a_flat_microphone_is_opened_anew_at_once_and_then_more_and_more_seldom() -> None:
    reopening = Reopening(first_s=30, most_s=100)
    due = [second for second in range(1000) if reopening.is_due(is_flat=True, now_s=second)]
    assert due == [0, 30, 90, 190, 290, 390, 490, 590, 690, 790, 890, 990]


def test_one_that_gave_sound_meanwhile_is_opened_at_once_again() -> None:
    reopening = Reopening()
    assert reopening.is_due(is_flat=True, now_s=0)
    assert not reopening.is_due(is_flat=True, now_s=10)
    assert not reopening.is_due(is_flat=False, now_s=11)
    assert reopening.is_due(is_flat=True, now_s=12)
