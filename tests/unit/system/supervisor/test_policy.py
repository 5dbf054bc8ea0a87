from itertools import pairwise

from hypothesis import given, strategies as st

from acoupi.system.supervisor.policy import RestartPolicy

POLICY = RestartPolicy(first_delay_s=0.2, max_delay_s=30, healthy_after_s=10, budget=10)


def delays(policy: RestartPolicy, lives_s: list[float]) -> list[float | None]:
    now_s = 1000.0
    deaths: tuple[float, ...] = ()
    result: list[float | None] = []
    for life_s in lives_s:
        now_s += life_s
        deaths, delay_s = policy.after_death(deaths, life_s, now_s)
        result.append(delay_s)
        now_s += delay_s or 0
    return result


def test_a_child_that_dies_early_is_started_ever_later() -> None:
    assert delays(POLICY, [0.1] * 9) == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30]


def test_a_child_that_keeps_dying_early_is_given_up() -> None:
    assert delays(POLICY, [0.1] * 11)[-2:] == [30, None]


def test_a_healthy_life_makes_up_for_early_deaths() -> None:
    assert delays(POLICY, [0.1, 0.1, 0.1, 10, 0.1])[-2:] == [0.2, 0.2]


def test_a_child_that_is_killed_now_and_then_is_started_at_once_for_ever() -> None:
    assert set(delays(POLICY, [10.0] * 1000)) == {0.2}


def test_early_deaths_of_long_ago_are_forgotten() -> None:
    recent, delay_s = POLICY.after_death((0.0, 1.0), 0.0, 10_000.0)

    assert (recent, delay_s) == ((10_000.0,), 0.2)


@given(st.lists(st.floats(0, 9.9), min_size=1, max_size=30))
def test_delays_never_fall_nor_pass_the_bound_while_a_child_dies_early(
    lives_s: list[float],
) -> None:
    given = [d for d in delays(RestartPolicy(window_s=1e9), lives_s) if d is not None]

    assert all(a <= b for a, b in pairwise(given))
    assert all(0.2 <= d <= 30 for d in given)
    assert len(given) <= 10
