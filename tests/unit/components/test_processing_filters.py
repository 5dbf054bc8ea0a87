from typing import Any

from acoupi.components.processing_filters import TrivialProcessingFilter
from acoupi.components.types import ProcessingFilter
from acoupi.data import Recording


def test_the_trivial_filter_lets_everything_through(make_recording: Any) -> None:
    assert TrivialProcessingFilter().should_process_recording(make_recording())


def test_a_reason_is_given_only_where_a_filter_says_no(make_recording: Any) -> None:
    class Long(ProcessingFilter):
        def should_process_recording(self, recording: Recording) -> bool:
            return recording.duration >= 3

        def reason(self, recording: Recording) -> str:
            return f"{recording.duration:g} s are too short"

    recording = make_recording()
    assert Long().why_not(recording.model_copy(update={"duration": 3})) is None
    short = recording.model_copy(update={"duration": 0.5})
    assert Long().why_not(short) == "0.5 s are too short"
