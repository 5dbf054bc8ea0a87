"""Sound that is held back."""

from hypothesis import given, strategies as st

from acoupi.audio.privacy.held import Held, overlaps, silenced
from acoupi.audio.privacy.spans import Span
from acoupi.audio.wav import WavFormat

STEREO_24 = WavFormat(48_000, 2, 3)
FRAME = b"abcdef"


def test_frames_come_out_as_they_went_in():
    held = Held(6)
    held.hold(b"abcdefghijkl")
    assert held.release(1) == b"abcdef"
    held.hold(b"mnopqr")
    assert (held.first, held.end) == (1, 3)
    assert held.release(99) == b"ghijklmnopqr"
    assert held.release(99) == b""


def test_what_was_released_is_not_released_again():
    held = Held(2)
    held.hold(b"abcd")
    held.release(2)
    assert held.release(1) == b""
    assert held.first == 2


def test_only_the_frames_of_a_span_are_silenced():
    block = FRAME * 4
    assert silenced(block, 100, [Span(101, 103)], STEREO_24) == FRAME + b"\0" * 12 + FRAME


def test_a_span_elsewhere_changes_nothing():
    block = FRAME * 2
    assert silenced(block, 100, [Span(0, 100), Span(102, 110)], STEREO_24) is block


def test_silence_of_8_bit_samples_is_their_middle():
    assert silenced(b"aaaa", 0, [Span(1, 3)], WavFormat(8000, 1, 1)) == b"a\x80\x80a"


SPANS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)).map(lambda p: Span(*sorted(p))))


@given(SPANS, st.lists(st.integers(1, 20), min_size=1, max_size=6))
def test_in_whatever_pieces_it_comes_the_same_is_silenced(spans: list[Span], sizes: list[int]):
    format, whole = WavFormat(8000, 1, 2), b"xy" * sum(sizes)
    first, pieces = 0, b""
    for size in sizes:
        pieces += silenced(b"xy" * size, first, spans, format)
        first += size
    assert pieces == silenced(whole, 0, spans, format)
    for frame in range(sum(sizes)):
        is_silent = pieces[2 * frame : 2 * frame + 2] == b"\0\0"
        assert is_silent == any(span.start <= frame < span.end for span in spans)


def test_parts_of_spans_outside_of_a_stretch_are_left_out():
    assert list(overlaps([Span(0, 10), Span(20, 40)], 5, 30)) == [Span(5, 10), Span(20, 30)]
