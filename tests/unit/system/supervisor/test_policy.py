from itertools import pairwise

from hypothesis import given, strategies as st

from acoupi.system.supervisor.policy import History, Restart, RestartPolicy

POLICY = RestartPolicy(first_delay_s=0.2, max_delay_s=30, healthy_after_s=10, budget=10)
HOUR_S = 3600.0


def restarts(policy: RestartPolicy, lives_s: list[float]) -> list[Restart]:
    now_s = 1000.0
    history = History()
    result: list[Restart] = []
    for life_s in lives_s:
        now_s += life_s
        restart = policy.after_death(history, life_s, now_s)
        result.append(restart)
        history = restart.history
        now_s += restart.delay_s
    return result


def delays(policy: RestartPolicy, lives_s: list[float]) -> list[float]:
    return [restart.delay_s for restart in restarts(policy, lives_s)]


def test_a_child_that_dies_early_is_started_ever_later() -> None:
    assert delays(POLICY, [0.1] * 9) == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30]


def test_a_child_that_keeps_dying_early_is_given_up_for_half_an_hour() -> None:
    *before, last = restarts(POLICY, [0.1] * 11)

    assert not any(restart.given_up for restart in before)
    assert last == Restart(History(rests=1), HOUR_S / 2, given_up=True)


def test_each_chance_in_vain_is_followed_by_a_longer_rest_up_to_four_hours() -> None:
    rests = [restart for restart in restarts(POLICY, [0.1] * 100) if restart.given_up]

    assert [rest.delay_s / HOUR_S for rest in rests[:5]] == [0.5, 1, 2, 4, 4]
    assert {rest.delay_s / HOUR_S for rest in rests[5:]} == {4}


def test_after_a_rest_fewer_deaths_are_forgiven() -> None:
    after = restarts(POLICY, [0.1] * 14)[11:]

    assert [restart.given_up for restart in after] == [False, False, True]


def test_a_minute_of_life_makes_up_for_rests_and_less_does_not() -> None:
    rested = History(rests=2)

    assert POLICY.after_death(rested, 59, 0.0).history.rests == 2
    assert POLICY.after_death(rested, 60, 0.0) == Restart(History(), 0.2)


def test_a_healthy_life_makes_up_for_early_deaths() -> None:
    assert delays(POLICY, [0.1, 0.1, 0.1, 10, 0.1])[-2:] == [0.2, 0.2]


def test_a_child_that_is_killed_now_and_then_is_started_at_once_for_ever() -> None:
    assert set(delays(POLICY, [10.0] * 1000)) == {0.2}


def test_early_deaths_of_long_ago_are_forgotten() -> None:
    restart = POLICY.after_death(History((0.0, 1.0)), 0.0, 10_000.0)

    assert restart == Restart(History((10_000.0,)), 0.2)


@given(st.lists(st.floats(0, 4.9), min_size=1, max_size=30))
def test_delays_never_fall_nor_pass_the_bound_while_a_child_dies_early(
    lives_s: list[float],
) -> None:
    all_of_them = restarts(RestartPolicy(window_s=1e9), lives_s)
    before_a_rest = [restart.delay_s for restart in all_of_them[:10]]

    assert all(a <= b for a, b in pairwise(before_a_rest))
    assert all(0.2 <= delay_s <= 30 for delay_s in before_a_rest)
    assert [i for i, restart in enumerate(all_of_them) if restart.given_up][:1] in ([], [10])
