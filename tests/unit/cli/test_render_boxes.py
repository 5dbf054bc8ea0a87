import pytest

from acoupi.cli.render_boxes import pitch_text, when_text


@pytest.mark.parametrize(
    ("start_s", "end_s", "text"),
    [
        (0, 3, "0.0-3.0 s"),
        (119.9, 122.9, "119.9-122.9 s"),
        (0.9215, 0.9268, "0.92-0.93 s"),
        (2.5, 3.5, "2.5-3.5 s"),
        (None, None, ""),
    ],
)
def test_a_call_is_told_to_the_hundredth_and_a_window_to_the_tenth_of_a_second(
    start_s: float | None, end_s: float | None, text: str
) -> None:
    assert when_text(start_s, end_s) == text


@pytest.mark.parametrize(
    ("low_hz", "high_hz", "text"),
    [
        (44_430, 49_120, "44.4-49.1 kHz"),
        (0, 15_000, "0-15 kHz"),
        (102_540, 119_900, "103-120 kHz"),
        (800, 2_450, "0.8-2.45 kHz"),
        (None, None, ""),
    ],
)
def test_frequencies_have_three_digits(
    low_hz: float | None, high_hz: float | None, text: str
) -> None:
    assert pitch_text(low_hz, high_hz) == text
