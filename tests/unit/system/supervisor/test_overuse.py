from acoupi.system.supervisor.overuse import Overuse

HOUR_S = 3600


def test_somebody_is_told_of_the_first_and_then_once_an_hour() -> None:
    told: list[int] = []
    overuse = Overuse()
    for minute in range(0, 130, 10):
        if overuse.is_news(60 * minute):
            told.append(minute)
        overuse = overuse.again(60 * minute)

    assert told == [0, 60, 120]
    assert overuse.times == 13


def test_a_day_without_makes_it_forgotten() -> None:
    overuse = Overuse().again(0).again(60)

    assert overuse.is_shown(60 + 24 * HOUR_S - 1)
    assert not overuse.is_shown(60 + 24 * HOUR_S)
    assert overuse.again(60 + 24 * HOUR_S).times == 1


def test_nothing_is_shown_of_who_was_never_ended() -> None:
    assert not Overuse().is_shown(0)
