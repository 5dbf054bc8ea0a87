from hypothesis import given, strategies as st

from acoupi.broker.queues import has_expired

seconds = st.floats(0, 1e9)


def test_a_message_lives_for_its_lifetime_and_no_longer() -> None:
    assert not has_expired(put_s=10, lifetime_s=5, now_s=14.9)
    assert has_expired(put_s=10, lifetime_s=5, now_s=15)


@given(put_s=seconds, now_s=seconds)
def test_a_message_without_a_lifetime_never_expires(put_s: float, now_s: float) -> None:
    assert not has_expired(put_s, None, now_s)


@given(now_s=seconds, ahead_s=st.floats(1, 1e6), lifetime_s=seconds)
def test_a_message_from_before_a_reboot_has_expired(
    now_s: float, ahead_s: float, lifetime_s: float
) -> None:
    assert has_expired(now_s + ahead_s, lifetime_s, now_s)
