"""What the properties of a PipeWire node allow."""

from hypothesis import given
from hypothesis.strategies import integers

from acoupi.devices.audio.formats import (
    STANDARD_RATES_HZ,
    IntChoice,
    offered_rates_hz,
    offered_up_to,
)


def test_one_value_allows_just_that() -> None:
    assert offered_rates_hz(250_000) == {250_000}
    assert offered_up_to(2) == 2


def test_alternatives_are_all_allowed_and_no_others() -> None:
    choice = IntChoice.model_validate({"default": 48_000, "alt1": 48_000, "alt2": 96_000})
    assert offered_rates_hz(choice) == {48_000, 96_000}
    assert offered_up_to(IntChoice.model_validate({"default": 1, "alt1": 1, "alt2": 4})) == 4


@given(integers(1, 800_000), integers(1, 800_000), integers(1, 800_000))
def test_a_range_allows_its_default_and_every_usual_rate_between_its_ends(
    one: int, two: int, default: int
) -> None:
    low, high = sorted((one, two))
    rates_hz = offered_rates_hz(IntChoice(default=default, min=low, max=high))
    usual = {rate for rate in STANDARD_RATES_HZ if low <= rate <= high}
    assert rates_hz == usual | {default}


def test_a_property_that_is_absent_rules_nothing_out_but_promises_one_channel() -> None:
    assert offered_rates_hz(None) == set(STANDARD_RATES_HZ)
    assert offered_up_to(None) == 1
