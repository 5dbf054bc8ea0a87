"""Calls, from what a network says of each pixel."""

import numpy as np
import pytest

from acoupi.models.batdetect2.calls import Call, Maps, find_calls, most_certain, without_twins
from acoupi.models.batdetect2.settings import Settings

EVERYWHERE = slice(0, 64)


@pytest.fixture
def maps(settings: Settings) -> Maps:
    shape = (settings.height, 64)
    classes = np.full((len(settings.species), *shape), -5, np.float32)
    return Maps(np.zeros(shape, np.float32), np.zeros((2, *shape), np.float32), classes)


def put(maps: Maps, row: int, column: int, score: float) -> None:
    maps.peaks[row, column] = score
    maps.sizes[:, row, column] = 6, 4
    maps.classes[:, row, column] = 0, 2, 1


def call(start_s: float = 0.1, low_hz: float = 45_000, score: float = 0.5) -> Call:
    return Call(start_s, low_hz, start_s + 0.005, low_hz + 9_000, score, (("x", score),))


def test_a_call_stands_on_its_lower_left_corner(maps: Maps, settings: Settings) -> None:
    put(maps, row=20, column=30, score=0.6)
    (found,) = find_calls(maps, settings, 0.3, EVERYWHERE)
    assert found.start_s == pytest.approx(0.0315)
    assert found.end_s == pytest.approx(0.0375)
    assert found.low_hz == 120_000 - 20 * settings.pixel_hz
    assert found.high_hz == found.low_hz + 4 * settings.pixel_hz
    assert found.score == pytest.approx(0.6)


def test_species_are_in_order_and_leave_a_share_for_no_call(
    maps: Maps, settings: Settings
) -> None:
    put(maps, 20, 30, 0.6)
    (found,) = find_calls(maps, settings, 0.3, EVERYWHERE)
    names, shares = zip(*found.species, strict=True)
    assert names == ("Pipistrellus pipistrellus", "Myotis nattereri", "Nyctalus noctula")
    odds = np.exp([2, 1, 0])
    assert shares == pytest.approx(odds / (1 + odds.sum()))


def test_great_odds_are_no_reason_to_overflow(maps: Maps, settings: Settings) -> None:
    put(maps, 20, 30, 1)
    maps.classes[:, 20, 30] = 1_000, -1_000, 0
    (found,) = find_calls(maps, settings, 0.3, EVERYWHERE)
    assert found.species[0] == ("Nyctalus noctula", 1)


def test_calls_come_in_the_order_of_time_from_the_columns_asked_for(
    maps: Maps, settings: Settings
) -> None:
    for row, column in ((5, 40), (9, 9), (15, 10), (3, 20), (25, 41)):
        put(maps, row, column, 0.5)
    found = find_calls(maps, settings, 0.3, slice(10, 41), first_px=1_000)
    assert [round(each.start_s * 1_000) for each in found] == [1_012, 1_022, 1_042]


def test_what_is_less_certain_is_left_out_and_what_is_no_peak_never_in(
    maps: Maps, settings: Settings
) -> None:
    put(maps, 20, 30, 0.29)
    assert not find_calls(maps, settings, 0.3, EVERYWHERE)
    assert len(find_calls(maps, settings, 0.29, EVERYWHERE)) == 1
    assert len(find_calls(maps, settings, 0, EVERYWHERE)) == 1


def test_of_more_calls_than_bats_make_the_most_certain_are_kept(settings: Settings) -> None:
    calls = [call(n / 1_000, score=n % 50 / 50) for n in range(100)]
    kept = most_certain(calls, settings, width_px=100)
    assert len(kept) == 10
    assert min(each.score for each in kept) == 0.9
    assert kept == sorted(kept, key=lambda each: each.start_s)


def test_of_a_call_that_was_found_twice_the_more_certain_is_kept(settings: Settings) -> None:
    first, second = call(0.100, score=0.5), call(0.102, score=0.6)
    other = call(0.102, low_hz=90_000)
    later = call(0.107)
    assert without_twins([first, second, other, later], settings) == [second, other, later]
