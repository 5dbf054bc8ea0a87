"""Samples of 24 bit out of words of 32."""

from hypothesis import given, strategies as st

from acoupi.audio.narrow import Narrow

SAMPLES = st.lists(st.binary(min_size=3, max_size=3))


@given(SAMPLES, st.sampled_from([0, 3]), st.lists(st.integers(1, 9)))
def test_samples_come_out_as_they_went_in_wherever_what_comes_is_cut(
    samples: list[bytes], left_out: int, sizes: list[int]
) -> None:
    words = b"".join(b"x" + s if left_out == 0 else s + b"x" for s in samples)
    narrow = Narrow(left_out)
    out = b""
    for size in sizes:
        out += narrow(words[:size])
        words = words[size:]
    assert out + narrow(words) == b"".join(samples)
