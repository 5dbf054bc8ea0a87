import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from acoupi._clock import monotonic_s
from acoupi.system.supervisor.troubles import Teller

# A newer Python warns of forks beside threads that other tests have left.
pytestmark = pytest.mark.filterwarnings(
    "ignore:This process .* is multi-threaded:DeprecationWarning"
)

Wait = Callable[..., None]


def test_what_is_to_be_told_is_told_in_order_by_processes_of_their_own(
    tmp_path: Path, wait_until: Wait
) -> None:
    told = tmp_path / "told"

    def tell(text: str) -> None:
        with told.open("a") as file:
            file.write(f"{text} {os.getpid() != parent}\n")

    parent = os.getpid()
    teller = Teller(tell)
    teller.add("one")
    teller.add("two")

    def both_told() -> bool:
        teller.turn(monotonic_s())
        return told.exists() and told.read_text() == "one True\ntwo True\n"

    wait_until(both_told)
    teller.stop()


def test_a_program_that_hangs_when_it_is_told_is_ended(tmp_path: Path, wait_until: Wait) -> None:
    teller = Teller(lambda text: time.sleep(1000) if text == "one" else told.touch(), limit_s=0.2)
    told = tmp_path / "told"
    teller.add("one")
    teller.add("two")

    def second_told() -> bool:
        teller.turn(monotonic_s())
        return told.exists()

    wait_until(second_told)
    teller.stop()


def test_a_stop_does_not_wait_for_the_telling(tmp_path: Path) -> None:
    teller = Teller(lambda _: time.sleep(1000))
    teller.add("one")
    teller.turn(0.0)

    teller.stop()
    teller.stop()
