"""What everything that decides must keep: conditions, filters, schedulers."""

import copy
import datetime as dt
from pathlib import Path

import pytest

from acoupi.components.types import (
    ProcessingFilter,
    RecordingCondition,
    RecordingSavingFilter,
    RecordingScheduler,
)
from acoupi.data import Deployment, ModelOutput, Recording
from acoupi.testing import samples

__all__ = [
    "ConditionContract",
    "ProcessingFilterContract",
    "SavingFilterContract",
    "SchedulerContract",
]


class ConditionContract:
    """Tests that every recording condition passes."""

    def make_condition(self) -> RecordingCondition:
        """Return the condition."""
        raise NotImplementedError

    @pytest.fixture
    def condition(self) -> RecordingCondition:
        """Return the condition."""
        return self.make_condition()

    @pytest.mark.parametrize("deployment", [samples.deployment(), Deployment(name="nowhere")])
    def test_it_says_yes_or_no_wherever_the_deployment_is(
        self, condition: RecordingCondition, deployment: Deployment
    ) -> None:
        condition.locate(deployment)
        assert [type(condition.should_record()) for _ in range(2)] == [bool, bool]

    def test_it_says_whether_it_needs_coordinates(self, condition: RecordingCondition) -> None:
        assert type(condition.needs_coordinates) is bool


class ProcessingFilterContract:
    """Tests that every processing filter passes."""

    def make_filter(self) -> ProcessingFilter:
        """Return the filter."""
        raise NotImplementedError

    def test_it_says_yes_or_no_and_leaves_the_file_as_it_was(self, tmp_path: Path) -> None:
        recording = samples.recording_with_file(tmp_path)
        assert recording.path is not None
        before = recording.path.read_bytes()
        assert type(self.make_filter().should_process_recording(recording)) is bool
        assert recording.path.read_bytes() == before

    def test_it_says_the_same_each_time(self, tmp_path: Path) -> None:
        recording, processing_filter = samples.recording_with_file(tmp_path), self.make_filter()
        answers = {processing_filter.should_process_recording(recording) for _ in range(3)}
        assert len(answers) == 1

    def test_it_has_a_reason_where_it_says_no_and_only_there(self, tmp_path: Path) -> None:
        recording, processing_filter = samples.recording_with_file(tmp_path), self.make_filter()
        says_yes = processing_filter.should_process_recording(recording)
        assert (processing_filter.why_not(recording) is None) is says_yes


class SavingFilterContract:
    """Tests that every saving filter passes."""

    def make_filter(self) -> RecordingSavingFilter:
        """Return the filter."""
        raise NotImplementedError

    @pytest.fixture
    def recording(self, tmp_path: Path) -> Recording:
        """Return a recording with a file."""
        return samples.recording_with_file(tmp_path)

    @pytest.fixture(params=["no model", "no output", "nothing found", "two models"])
    def model_outputs(
        self, request: pytest.FixtureRequest, recording: Recording
    ) -> list[ModelOutput] | None:
        """Return what models may have said."""
        bare, sure = samples.detection().model_copy(update={"tags": []}), samples.detection(1)
        possible: dict[str, list[ModelOutput] | None] = {
            "no model": None,
            "no output": [],
            "nothing found": [samples.output(recording)],
            "two models": [
                samples.output(recording, bare, sure, model="birds"),
                samples.output(recording, model="bats"),
            ],
        }
        return possible[request.param]

    def test_it_says_yes_or_no_the_same_each_time(
        self, recording: Recording, model_outputs: list[ModelOutput] | None
    ) -> None:
        saving_filter = self.make_filter()
        answers = [saving_filter.should_save_recording(recording, model_outputs) for _ in "ab"]
        assert [type(answer) for answer in answers] == [bool, bool]
        assert answers[0] == answers[1]

    def test_it_changes_nothing(
        self, recording: Recording, model_outputs: list[ModelOutput] | None
    ) -> None:
        before = copy.deepcopy((recording, model_outputs))
        self.make_filter().should_save_recording(recording, model_outputs)
        assert (recording, model_outputs) == before
        assert recording.path is not None
        assert recording.path.is_file()

    def test_the_outputs_need_not_be_given(self, recording: Recording) -> None:
        assert type(self.make_filter().should_save_recording(recording)) is bool

    def test_it_can_be_shown_in_a_line(self) -> None:
        text = str(self.make_filter())
        assert text.strip() == text != ""
        assert "\n" not in text


class SchedulerContract:
    """Tests that every recording scheduler passes."""

    def make_scheduler(self) -> RecordingScheduler:
        """Return the scheduler."""
        raise NotImplementedError

    def test_the_wait_is_never_negative(self) -> None:
        scheduler = self.make_scheduler()
        instants = [samples.STARTED_ON + dt.timedelta(minutes=7 * n) for n in range(300)]
        waits_s = [scheduler.time_until_next_recording(instant) for instant in instants]
        assert min(waits_s) >= 0
        assert scheduler.time_until_next_recording() >= 0
