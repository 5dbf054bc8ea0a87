from chaos.plan import AIMS, QUIET_S, ROLES, interruptions_of_the_end, make_plan
from hypothesis import given, strategies as st

SEEDS = st.integers(0, 1_000_000)


@given(seed=SEEDS, kills=st.integers(0, 50), cuts=st.integers(0, 20))
def test_a_seed_alone_decides_what_happens_and_when(seed: int, kills: int, cuts: int) -> None:
    plan = make_plan(seed, kills, 60, cuts)

    assert plan == make_plan(seed, kills, 60, cuts)
    assert interruptions_of_the_end(seed) == interruptions_of_the_end(seed)
    assert [fault.at_s for fault in plan] == sorted(fault.at_s for fault in plan)
    assert all(QUIET_S <= fault.at_s <= 60 for fault in plan)
    assert sum(fault.role is None for fault in plan) == cuts
    assert sum(fault.role is not None for fault in plan) == kills


@given(seed=SEEDS)
def test_a_moment_is_one_of_the_process_that_is_killed(seed: int) -> None:
    for fault in make_plan(seed, 50, 60, 5):
        if fault.role and fault.moment != "any":
            assert AIMS[fault.moment] == fault.role


def test_every_process_gets_its_share() -> None:
    roles = [fault.role for fault in make_plan(1, 200, 600, 0)]
    assert all(roles.count(role) >= 12 for role in ROLES)
