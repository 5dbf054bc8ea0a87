"""Each contract finds what a broken component does wrong."""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

BROKEN = Path(__file__).with_name("broken_components.py")

FOUND: dict[str, set[str]] = {
    "TestStore": {
        "test_an_ended_deployment_is_not_the_current_one",
        "test_a_recording_comes_back_with_all_its_fields",
        "test_a_second_answer_of_one_model_is_not_stored",
        "test_an_output_seen_twice_is_stored_once",
        "test_attempts_are_counted_for_each_recording",
    },
    "TestEffort": {
        "test_a_span_comes_back_with_all_its_fields",
        "test_a_span_that_goes_on_where_an_equal_one_ends_is_a_part_of_it",
        "test_what_differs_or_does_not_touch_stays_apart",
        "test_each_deployment_has_spans_of_its_own",
        "test_those_that_reach_into_a_time_are_found_oldest_first",
    },
    "TestHeard": {
        "test_what_is_kept_of_a_recording_is_what_was_said_last",
        "test_topics_models_microphones_and_deployments_stay_apart",
    },
    "TestOutbox": {
        "test_a_message_comes_back_as_it_was_stored",
        "test_each_messenger_keeps_its_own_books",
        "test_what_was_refused_for_good_is_not_tried_again",
    },
    "TestRecorder": {
        "test_the_recording_is_what_the_file_holds",
        "test_a_second_recording_leaves_the_first_as_it_was",
        "test_two_at_once_are_two_files_or_an_error",
        "test_a_recording_that_fails_leaves_nothing_half_written",
    },
    "TestModel": {"test_the_file_is_left_as_it_was", "test_boxes_lie_inside_the_recording"},
    "TestMessenger": {
        "test_the_response_is_about_the_message",
        "test_a_far_side_that_is_away_is_told_and_worth_another_try",
    },
    "TestCondition": {"test_it_says_yes_or_no_wherever_the_deployment_is"},
    "TestProcessingFilter": {
        "test_it_says_yes_or_no_and_leaves_the_file_as_it_was",
        "test_it_has_a_reason_where_it_says_no_and_only_there",
    },
    "TestSavingFilter": {
        "test_it_says_yes_or_no_the_same_each_time",
        "test_the_outputs_need_not_be_given",
    },
    "TestScheduler": {"test_the_wait_is_never_negative"},
    "TestSavingManager": {
        "test_recordings_of_one_second_are_all_kept",
        "test_a_file_that_is_there_already_is_not_overwritten",
    },
    "TestCleaner": {"test_it_is_the_same_output_with_no_more_detections"},
    "TestMessageBuilder": {"test_one_output_gives_one_content"},
    "TestSummariser": {"test_nothing_can_be_summarised"},
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bool]]:
    """Return whether each test of each broken component passed."""
    report = tmp_path_factory.mktemp("broken") / "report.xml"
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", f"--junit-xml={report}"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(BROKEN)],
        env=environment,
        capture_output=True,
        timeout=120,
        check=False,
    )
    results: dict[str, dict[str, bool]] = {}
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - pytest wrote it
        component = results.setdefault(case.attrib["classname"].rpartition(".")[2], {})
        test = case.attrib["name"].partition("[")[0]
        component[test] = component.get(test, True) and case.find("failure") is None
        assert case.find("error") is None, case.attrib["name"]
    return results


@pytest.mark.parametrize("component", FOUND)
def test_a_broken_component_is_found_out(
    results: dict[str, dict[str, bool]], component: str
) -> None:
    failed = {test for test, passed in results[component].items() if not passed}
    assert FOUND[component] <= failed


def test_every_contract_was_broken_once(results: dict[str, dict[str, bool]]) -> None:
    assert set(results) == set(FOUND)


def test_what_a_broken_component_does_right_passes(results: dict[str, dict[str, bool]]) -> None:
    assert results["TestStore"]["test_two_recordings_of_one_path_are_both_kept"]
    assert results["TestMessenger"]["test_the_name_is_text_and_stays"]
