import datetime as dt
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from acoupi.components.stores import SqliteStore
from acoupi.data import EventDetection, ModelOutput, ModelOutputInfo, Recording

SCORES = (0.25, 0.5, 0.75)


@pytest.fixture
def outputs(
    store: SqliteStore,
    make_recording: Callable[..., Recording],
    make_output: Callable[..., ModelOutput],
    make_detection: Callable[..., EventDetection],
) -> list[ModelOutput]:
    """Three recordings, a minute apart, each with one detection; the last by another model."""
    outputs = [
        make_output(
            make_recording(minute),
            detections=[make_detection(score, f"species {minute}")],
            name_model="other" if minute == 2 else "activity",
        )
        for minute, score in enumerate(SCORES)
    ]
    store.store_model_outputs(outputs[::-1])
    return outputs


def _ids(outputs: list[ModelOutput]) -> list[object]:
    return [output.id for output in outputs]


def _scores(detections: list[object]) -> list[float]:
    return [detection.detection_score for detection in detections]


def test_all_outputs_come_oldest_first(store: SqliteStore, outputs: list[ModelOutput]) -> None:
    assert _ids(store.get_model_outputs()) == _ids(outputs)


def test_outputs_are_found_by_each_condition(
    store: SqliteStore, outputs: list[ModelOutput]
) -> None:
    first, second, third = outputs
    conditions: list[tuple[dict[str, object], list[ModelOutput]]] = [
        ({"ids": [first.id, third.id]}, [first, third]),
        ({"recording_ids": [second.recording.id]}, [second]),
        ({"model_names": ["activity"]}, [first, second]),
        ({"detection_ids": [third.detections[0].id, first.detections[0].id]}, [first, third]),
        ({"limit": 2}, [first, second]),
        ({"limit": 0}, []),
        ({"model_names": ["activity"], "recording_ids": [third.recording.id]}, []),
    ]
    for condition, expected in conditions:
        assert _ids(store.get_model_outputs(**condition)) == _ids(expected), condition


def test_of_an_empty_list_nothing_is_found(store: SqliteStore, outputs: list[ModelOutput]) -> None:
    assert store.get_model_outputs(ids=[]) == []
    assert store.get_model_outputs(detection_ids=[]) == []
    assert store.get_detections(model_names=[]) == []
    assert store.get_predicted_tags(keys=[]) == []


def test_stretches_that_meet_hold_each_output_once(
    store: SqliteStore, outputs: list[ModelOutput]
) -> None:
    border = outputs[1].created_on

    assert _ids(store.get_model_outputs(before=border)) == _ids(outputs[:1])
    assert _ids(store.get_model_outputs(after=border)) == _ids(outputs[1:])
    assert _scores(store.get_detections(before=border)) == [0.25]
    assert _scores(store.get_detections(after=border)) == [0.5, 0.75]
    assert len(store.get_predicted_tags(before=border)) == 2
    assert len(store.get_predicted_tags(after=border)) == 4


def test_a_stretch_may_be_given_in_another_zone(
    store: SqliteStore, outputs: list[ModelOutput]
) -> None:
    border = outputs[1].created_on.astimezone(dt.timezone(dt.timedelta(hours=-5)))

    assert _ids(store.get_model_outputs(after=border)) == _ids(outputs[1:])


def test_detections_are_found_by_each_condition(
    store: SqliteStore, outputs: list[ModelOutput]
) -> None:
    conditions: list[tuple[dict[str, object], list[float]]] = [
        ({}, [0.25, 0.5, 0.75]),
        ({"ids": [outputs[1].detections[0].id]}, [0.5]),
        ({"model_output_ids": [outputs[2].id]}, [0.75]),
        ({"score_gt": 0.5}, [0.75]),
        ({"score_lt": 0.5}, [0.25]),
        ({"score_gt": 0.0, "score_lt": 1.0}, [0.25, 0.5, 0.75]),
        ({"model_names": ["other"]}, [0.75]),
    ]
    for condition, expected in conditions:
        assert _scores(store.get_detections(**condition)) == expected, condition


def test_tags_are_found_by_each_condition(store: SqliteStore, outputs: list[ModelOutput]) -> None:
    conditions: list[tuple[dict[str, object], list[str]]] = [
        ({"detection_ids": [outputs[1].detections[0].id]}, ["species 1", "song"]),
        ({"keys": ["species"]}, ["species 0", "species 1", "species 2"]),
        ({"keys": ["species"], "score_gt": 0.5}, ["species 2"]),
        ({"score_lt": 0.5}, ["species 0"]),
        ({"values": ["species 2", "nothing"]}, ["species 2"]),
    ]
    for condition, expected in conditions:
        found = store.get_predicted_tags(**condition)
        assert [predicted.tag.value for predicted in found] == expected, condition


def test_recordings_come_with_their_outputs_and_unknown_ids_are_left_out(
    store: SqliteStore, outputs: list[ModelOutput]
) -> None:
    found = store.get_recordings([outputs[1].recording.id, uuid4(), outputs[0].recording.id])

    assert [(recording, _ids(theirs)) for recording, theirs in found] == [
        (output.recording, [output.id]) for output in outputs[:2]
    ]


def test_recordings_are_found_by_path_and_none_is_no_path(
    store: SqliteStore, outputs: list[ModelOutput], make_recording: Callable[..., Recording]
) -> None:
    store.store_recording(make_recording(9, path=None))

    found = store.get_recordings_by_path([outputs[0].recording.path, None, Path("/no/such")])

    assert [recording for recording, _ in found] == [outputs[0].recording]
    assert store.get_recordings_by_path([None]) == []


def test_more_paths_may_be_asked_for_than_a_query_can_bind(
    store: SqliteStore, outputs: list[ModelOutput]
) -> None:
    paths: list[Path | None] = [Path(f"/audio/{n}.wav") for n in reversed(range(40_000))]

    found = store.get_recordings_by_path(paths)

    assert [recording for recording, _ in found] == [output.recording for output in outputs]


def test_more_ids_may_be_asked_for_than_a_query_can_bind_and_the_limit_holds(
    store: SqliteStore, outputs: list[ModelOutput]
) -> None:
    strangers = [uuid4() for _ in range(1000)]
    ids = [outputs[2].id, *strangers, outputs[1].id, outputs[0].id]

    assert _ids(store.get_model_outputs(ids=ids, limit=2)) == _ids(outputs[:2])


def test_who_has_answered_is_told_without_what_was_said(
    store: SqliteStore, outputs: list[ModelOutput], make_recording: Callable[..., Recording]
) -> None:
    silent = make_recording(9)
    store.store_recording(silent)

    found = store.get_recordings_info_by_path([outputs[2].recording.path, silent.path])

    info = ModelOutputInfo(id=outputs[2].id, name_model="other", created_on=outputs[2].created_on)
    assert found == [(outputs[2].recording, [info]), (silent, [])]


def test_every_recording_asked_for_has_a_list_of_outputs(
    store: SqliteStore, outputs: list[ModelOutput], make_recording: Callable[..., Recording]
) -> None:
    unknown = make_recording(9)

    found = store.get_recordings_model_outputs([outputs[0].recording, unknown])

    assert {id_: _ids(theirs) for id_, theirs in found.items()} == {
        outputs[0].recording.id: [outputs[0].id],
        unknown.id: [],
    }
    assert store.get_recording_model_outputs(unknown) == []
