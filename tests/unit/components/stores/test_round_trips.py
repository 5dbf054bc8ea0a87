import datetime as dt
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, given, settings, strategies as st

from acoupi.components.stores import SqliteStore
from acoupi.data import (
    BoundingBox,
    Deployment,
    Detection,
    ModelOutput,
    PredictedTag,
    PredictionType,
    Recording,
    Tag,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
instants = st.datetimes(
    min_value=dt.datetime(1990, 1, 1),
    max_value=dt.datetime(2200, 1, 1),
    timezones=st.sampled_from([dt.UTC, dt.timezone(dt.timedelta(hours=-3, minutes=-30))]),
)
shares = st.floats(0, 1)
edges = st.floats(allow_nan=False, width=64)
positive = st.floats(min_value=0, exclude_min=True, allow_nan=False)


@st.composite
def boxes(draw: st.DrawFn) -> BoundingBox:
    start_s, end_s = sorted((draw(edges), draw(edges)))
    low_hz, high_hz = sorted((draw(edges), draw(edges)))
    return BoundingBox.from_coordinates(start_s, low_hz, end_s, high_hz)


deployments = st.builds(
    Deployment,
    name=texts,
    latitude=st.none() | st.floats(-90, 90),
    longitude=st.none() | st.floats(-180, 180),
    started_on=instants,
    ended_on=st.none() | instants,
)
recordings = st.builds(
    Recording,
    created_on=instants,
    duration=positive,
    samplerate=st.integers(1, 1_000_000),
    deployment=deployments,
    path=st.none() | st.builds(Path, st.text(st.characters(categories=["L"]), min_size=1)),
    audio_channels=st.none() | st.integers(1, 64),
    time_expansion=positive,
)
tags = st.builds(
    PredictedTag,
    tag=st.builds(Tag, key=texts, value=texts),
    confidence_score=st.floats(allow_nan=False),
)
detections = st.builds(
    Detection,
    prediction_type=st.sampled_from(PredictionType),
    location=st.none() | boxes(),
    detection_score=shares,
    tags=st.lists(tags, max_size=4),
)
outputs = st.builds(
    ModelOutput,
    name_model=texts,
    model_version=texts,
    model_hash=texts,
    recording=recordings,
    detections=st.lists(detections, max_size=4),
    created_on=instants,
)

# The store is shared by all examples on purpose: every object has an id of its own.
with_one_store = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@with_one_store
@given(output=outputs)
def test_an_output_comes_back_as_it_was_stored(store: SqliteStore, output: ModelOutput) -> None:
    store.store_model_output(output)

    assert store.get_model_outputs(ids=[output.id]) == [output]


@with_one_store
@given(recording=recordings)
def test_a_recording_comes_back_as_it_was_stored(store: SqliteStore, recording: Recording) -> None:
    store.store_recording(recording)

    assert store.get_recordings([recording.id]) == [(recording, [])]


def test_the_order_of_detections_and_tags_is_kept(
    store: SqliteStore,
    make_output: Callable[..., ModelOutput],
    make_detection: Callable[..., Detection],
) -> None:
    found = [make_detection(score, f"species {score}") for score in (0.9, 0.1, 0.5)]
    output = make_output(detections=found)

    store.store_model_output(output)

    assert store.get_detections() == [Detection(**dict(each)) for each in found]
    assert store.get_predicted_tags() == [tag for each in found for tag in each.tags]


def test_a_box_with_an_edge_that_is_no_number_is_still_a_box(
    store: SqliteStore, make_output: Callable[..., ModelOutput]
) -> None:
    box = BoundingBox.from_coordinates(0, float("nan"), 1, 2000)
    store.store_model_output(make_output(detections=[Detection(location=box)]))

    (detection,) = store.get_detections()

    assert detection.location is not None
    assert detection.location.coordinates[2:] == (1, 2000)


def test_text_order_in_the_file_is_time_order_whatever_the_zone(
    store: SqliteStore, make_recording: Callable[..., Recording]
) -> None:
    east = dt.timezone(dt.timedelta(hours=9))
    early = make_recording(created_on=dt.datetime(2026, 5, 1, 8, tzinfo=east))
    late = make_recording(created_on=dt.datetime(2026, 5, 1, 1, tzinfo=dt.UTC))
    for recording in (late, early):
        store.store_recording(recording)

    found = store.get_recordings([late.id, early.id])

    assert [recording for recording, _ in found] == [early, late]
