"""Each fault of a microphone: it is noticed, got over, and what it cost is counted."""

import signal
import time
from collections.abc import Callable
from typing import Any

import pytest

from acoupi._clock import monotonic_s
from acoupi.audio.capture import Patience

NOTICED_S = BACK_S = 3.0
BUSY_S = 1.0
"""What a computer may add that runs other tests meanwhile."""

OFF_S = 0.01
"""By how much the count of what is missing may be off: nobody counts what is not heard, so the
clock tells, to what a busy computer is late by at the least. On an idle one it is 0.05 ms."""

WRONG_RATE_OFF_S = 0.5
"""The same, of a rate that is wrong: it shows only by and by."""


def settle(listening: Any, wait_until: Callable[..., None], recordings: int = 2) -> None:
    """Wait for recordings."""
    wanted = len(listening.recordings) + recordings
    wait_until(lambda: len(listening.recordings) >= wanted, 40)


def the_sound_is_back(listening: Any, since_s: float) -> float:
    """Return how long after a time the first sample was heard that is recorded since."""
    return min(
        begun - since_s
        for begun in map(listening.begun_s, listening.recordings)
        if begun > since_s - 0.5
    )


@pytest.mark.parametrize(
    ("fault", "for_s", "why"),
    [("unplug", 20, "gone"), ("stall", 5, "stalled"), ("io", 3, "gone")],
)
def test_a_fault_is_noticed_and_got_over_and_costs_what_it_says(
    plug_in: Any, listen: Any, wait_until: Callable[..., None], fault: str, for_s: float, why: str
) -> None:
    microphone = plug_in(sound_s=60)
    with listen(microphone) as listening:
        settle(listening, wait_until)
        failed_s = monotonic_s()
        microphone.fail(fault)
        assert listening.noticed_s(failed_s, why) < NOTICED_S + BUSY_S
        time.sleep(for_s - (monotonic_s() - failed_s))
        back_s = monotonic_s()
        microphone.fail("")
        settle(listening, wait_until)
        assert the_sound_is_back(listening, back_s) < BACK_S + BUSY_S
    assert listening.really_lost() > (for_s - 1) * microphone.rate_hz
    off_s = (listening.lost() - listening.really_lost()) / microphone.rate_hz
    assert abs(off_s) < OFF_S


def test_a_child_that_is_killed_is_replaced(
    plug_in: Any, listen: Any, wait_until: Callable[..., None]
) -> None:
    microphone = plug_in(rate_hz=384_000, sound_s=20)
    with listen(microphone) as listening:
        settle(listening, wait_until)
        killed_s = monotonic_s()
        listening.child.kill()
        settle(listening, wait_until)
        assert listening.noticed_s(killed_s, "gone")
        assert the_sound_is_back(listening, killed_s) < BACK_S + BUSY_S
    off_s = (listening.lost() - listening.really_lost()) / microphone.rate_hz
    assert abs(off_s) < OFF_S


@pytest.mark.parametrize("rate_hz", [48_000, 384_000])
def test_a_reader_that_was_stopped_for_two_seconds_loses_nothing(
    plug_in: Any, listen: Any, wait_until: Callable[..., None], rate_hz: int
) -> None:
    microphone = plug_in(rate_hz=rate_hz, sound_s=20)
    with listen(microphone) as listening:
        settle(listening, wait_until)
        child = listening.child
        child.send_signal(signal.SIGSTOP)
        time.sleep(2)
        child.send_signal(signal.SIGCONT)
        settle(listening, wait_until, 3)
    assert (listening.really_lost(), listening.lost()) == (0, 0)


def test_a_reader_that_was_stopped_for_longer_loses_what_the_ledger_says(
    plug_in: Any, listen: Any, wait_until: Callable[..., None]
) -> None:
    microphone = plug_in()
    with listen(microphone, patience=Patience(5, 10)) as listening:
        settle(listening, wait_until)
        child = listening.child
        child.send_signal(signal.SIGSTOP)
        time.sleep(4)
        child.send_signal(signal.SIGCONT)
        settle(listening, wait_until, 3)
        assert listening.noticed_s(monotonic_s(), "overrun")
    assert listening.really_lost() > 3 * microphone.rate_hz
    assert abs(listening.lost() - listening.really_lost()) < OFF_S * microphone.rate_hz


def test_zeros_are_told_and_the_microphone_is_opened_anew(
    plug_in: Any, listen: Any, wait_until: Callable[..., None]
) -> None:
    microphone = plug_in()
    with listen(microphone) as listening:
        settle(listening, wait_until)
        failed_s, capture = monotonic_s(), listening.capture
        microphone.fail("zeros")
        wait_until(lambda: capture.failure, NOTICED_S + BUSY_S)
        assert capture.failed_why == "flat"
        assert listening.noticed_s(failed_s, "flat")
        settle(listening, wait_until)
        again = listening.capture
        microphone.fail("")
        settle(listening, wait_until, 3)
        assert listening.capture is again
    silent = listening.really_silent()
    assert silent > 4 * microphone.rate_hz
    assert abs(listening.lost() - silent) < OFF_S * microphone.rate_hz


def test_sound_at_another_rate_is_lost_from_when_it_was_until_it_is_right(
    plug_in: Any, listen: Any, wait_until: Callable[..., None]
) -> None:
    microphone = plug_in()
    with listen(microphone) as listening:
        settle(listening, wait_until, 3)
        wrong_s, capture = monotonic_s(), listening.capture
        microphone.fail("rate 44100")
        wait_until(lambda: capture.failure, NOTICED_S + BUSY_S)
        assert capture.failed_why == "wrong_rate"
        made = len(listening.recordings)
        time.sleep(6)
        assert len(listening.recordings) <= made + 1
        back_s = monotonic_s()
        microphone.fail("")
        settle(listening, wait_until, 2)
        assert the_sound_is_back(listening, back_s) < BACK_S + BUSY_S
        assert listening.noticed_s(wrong_s, "wrong_rate")
    assert listening.lost() == pytest.approx(
        (back_s - wrong_s) * microphone.rate_hz, abs=WRONG_RATE_OFF_S * microphone.rate_hz
    )


def test_a_microphone_that_gives_no_sound_at_all_is_given_up_after_three_seconds(
    plug_in: Any, listen: Any, wait_until: Callable[..., None]
) -> None:
    microphone = plug_in()
    microphone.fail("stall")
    begun_s = monotonic_s()
    with listen(microphone) as listening:
        wait_until(lambda: listening.capture and listening.capture.failure)
        assert monotonic_s() - begun_s < NOTICED_S + BUSY_S
        assert listening.noticed_s(begun_s, "stalled")
