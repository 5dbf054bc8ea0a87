"""The latest stretch of a stream."""

import pytest
from hypothesis import given, strategies as st

from acoupi.audio.ring import Ring


@given(st.integers(1, 20), st.lists(st.binary(max_size=30)), st.data())
def test_any_stretch_that_is_still_there_is_the_streams(
    capacity: int, writes: list[bytes], data: st.DataObject
) -> None:
    ring = Ring(capacity)
    for block in writes:
        ring.write(block)
    stream = b"".join(writes)
    assert ring.end == len(stream)
    assert ring.end - ring.start == min(capacity, len(stream))
    start = data.draw(st.integers(ring.start, ring.end))
    size = data.draw(st.integers(0, ring.end - start))
    assert ring.read(start, size) == stream[start : start + size]


@pytest.mark.parametrize(("start", "size"), [(1, 2), (4, 3)])
def test_what_is_gone_or_not_there_yet_is_an_error(start: int, size: int) -> None:
    ring = Ring(4)
    ring.write(b"123456")
    with pytest.raises(IndexError):
        ring.read(start, size)
