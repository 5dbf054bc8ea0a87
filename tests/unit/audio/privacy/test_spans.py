"""Which stretches of a recording are private."""

from hypothesis import given, strategies as st

from acoupi.audio.privacy.spans import PrivateSpans, Span

PROBABILITIES = st.lists(st.floats(0, 1), min_size=1, max_size=60)
FRAME, MARGIN, THRESHOLD = 10, 25, 0.4


def heard(
    probabilities: list[float], margin: int = MARGIN, private_until: int = 0
) -> PrivateSpans:
    spans = PrivateSpans(THRESHOLD, margin, private_until)
    for n, probability in enumerate(probabilities):
        spans.hear((n + 1) * FRAME, probability)
    spans.finish()
    return spans


def is_private(spans: PrivateSpans, frame: int) -> bool:
    return any(span.start <= frame < span.end for span in spans.spans)


def test_speech_is_private_with_its_margin():
    assert heard([0, 0, 0, 0, 0.9, 0, 0, 0, 0]).spans == [Span(15, 75)]


def test_a_margin_does_not_begin_before_the_recording():
    assert heard([0.9, 0, 0, 0]).spans == [Span(0, 35)]


def test_what_comes_soon_after_is_one_with_what_was_before():
    assert heard([0, 0, 0.9, 0, 0, 0, 0, 0.9, 0], margin=20).spans == [Span(0, 100)]


def test_half_of_the_threshold_is_enough_after_speech():
    assert heard([0, 0.9, 0.25, 0.25, 0], margin=0).spans == [Span(10, 40)]


def test_half_of_the_threshold_is_enough_before_speech():
    assert heard([0, 0.25, 0.9, 0], margin=0).spans == [Span(10, 30)]


def test_half_of_the_threshold_alone_is_not_enough():
    assert heard([0, 0.25, 0.39, 0.25, 0]).spans == []


def test_a_recording_that_ends_in_doubt_ends_in_speech():
    assert heard([0, 0, 0, 0, 0.25], margin=0).spans == [Span(40, 50)]


def test_what_was_said_before_reaches_into_the_recording():
    assert heard([0, 0, 0], private_until=12).spans == [Span(0, 12)]


def test_it_tells_how_far_speech_reaches_beyond_the_end():
    assert heard([0, 0, 0.9]).private_after(30) == MARGIN
    assert heard([0, 0, 0]).private_after(30) == 0


@given(PROBABILITIES)
def test_every_moment_of_speech_is_private_and_so_is_its_margin(probabilities: list[float]):
    spans = heard(probabilities)
    end = len(probabilities) * FRAME
    for n, probability in enumerate(probabilities):
        if probability >= THRESHOLD:
            first, last = max(0, n * FRAME - MARGIN), min(end, (n + 1) * FRAME + MARGIN)
            assert all(is_private(spans, frame) for frame in range(first, last))


@given(PROBABILITIES)
def test_what_is_far_from_anything_like_speech_is_not_private(probabilities: list[float]):
    spans = heard(probabilities)
    doubtful = [n for n, p in enumerate(probabilities) if p >= THRESHOLD / 2]
    for frame in range(len(probabilities) * FRAME):
        if all(frame < n * FRAME - MARGIN or frame >= (n + 1) * FRAME + MARGIN for n in doubtful):
            assert not is_private(spans, frame)


@given(PROBABILITIES)
def test_what_is_decided_stays_so(probabilities: list[float]):
    spans = PrivateSpans(THRESHOLD, MARGIN)
    known: dict[int, bool] = {}
    for n, probability in enumerate(probabilities):
        spans.hear((n + 1) * FRAME, probability)
        for frame in range(len(known), spans.decided_to):
            known[frame] = is_private(spans, frame)
    spans.finish()
    assert known == {frame: is_private(spans, frame) for frame in known}
