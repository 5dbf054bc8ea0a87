from typing import Any

from acoupi.components.processing_filters import TrivialProcessingFilter


def test_the_trivial_filter_lets_everything_through(make_recording: Any) -> None:
    assert TrivialProcessingFilter().should_process_recording(make_recording())
