import datetime as dt
from uuid import UUID

import pytest
from hypothesis import given, strategies as st
from pydantic import BaseModel, ValidationError

from acoupi import data

NOW = dt.datetime(2026, 5, 1, 4, 30, tzinfo=dt.UTC)
DEPLOYMENT = data.Deployment(name="wood", latitude=51.5, longitude=-0.1, started_on=NOW)


def recording(**fields: object) -> data.Recording:
    values = {"duration": 3, "samplerate": 48_000, "deployment": DEPLOYMENT, **fields}
    return data.Recording.model_validate(values)


def test_a_detection_without_a_type_claims_presence() -> None:
    assert data.Detection(detection_score=0.5).prediction_type is data.PredictionType.PRESENCE


@pytest.mark.parametrize(
    ("kind", "claim"),
    [
        (data.PresenceDetection, "presence"),
        (data.SequenceDetection, "sequence"),
        (data.EventDetection, "event"),
    ],
)
def test_each_kind_of_detection_makes_its_own_claim(
    kind: type[data.Detection], claim: str
) -> None:
    assert kind().prediction_type == claim


@pytest.mark.parametrize("score", [-0.01, 1.01, float("nan")])
def test_a_score_outside_zero_to_one_is_refused(score: float) -> None:
    with pytest.raises(ValidationError, match="detection_score"):
        data.Detection(detection_score=score)


def test_an_instant_without_a_zone_is_read_as_utc_with_a_warning() -> None:
    with pytest.warns(UserWarning, match="read as UTC"):
        made = recording(created_on=NOW.replace(tzinfo=None))
    assert made.created_on == NOW


@pytest.mark.parametrize(
    ("field", "value"),
    [("duration", 0), ("duration", -1), ("samplerate", 0), ("audio_channels", 0)],
)
def test_a_recording_of_nothing_is_refused(field: str, value: float) -> None:
    with pytest.raises(ValidationError, match=field):
        recording(**{field: value})


@pytest.mark.parametrize(("latitude", "longitude"), [(91, 0), (-91, 0), (0, 181), (0, -181)])
def test_a_place_off_the_globe_is_refused(latitude: float, longitude: float) -> None:
    with pytest.raises(ValidationError):
        data.Deployment(name="nowhere", latitude=latitude, longitude=longitude)


@pytest.mark.parametrize("corners", [(2, 0, 1, 3), (0, 3, 1, 2)])
def test_a_box_inside_out_is_refused(corners: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValidationError):
        data.BoundingBox.from_coordinates(*corners)


def test_a_box_takes_its_edges_in_the_order_time_frequency_time_frequency() -> None:
    box = data.BoundingBox.from_coordinates(0.5, 2000, 1.5, 8000)
    assert box.coordinates == (0.5, 2000, 1.5, 8000)
    assert box.type == "BoundingBox"


def test_tags_are_values_that_can_be_compared_and_counted() -> None:
    tag = data.Tag("species", "Turdus merula")
    assert tag == data.Tag(key="species", value="Turdus merula")
    assert len({data.PredictedTag(tag), data.PredictedTag(tag, 1)}) == 1


def test_response_statuses_keep_their_numbers() -> None:
    assert [status.value for status in data.ResponseStatus] == [0, 1, 2, 3]


def test_an_output_is_json_that_receivers_know() -> None:
    detection = data.EventDetection(
        id=UUID(int=1),
        location=data.BoundingBox.from_coordinates(0, 1, 2, 3),
        detection_score=0.75,
        tags=[data.PredictedTag(data.Tag("species", "Pica pica"), 0.5)],
    )
    output = data.ModelOutput(name_model="m", recording=recording(), detections=[detection])
    sent = output.model_dump(mode="json")
    assert list(sent) == ["id", "name_model", "recording", "detections", "created_on"]
    assert sent["detections"][0] == {
        "id": str(UUID(int=1)),
        "prediction_type": "event",
        "location": {"type": "BoundingBox", "coordinates": [0, 1, 2, 3]},
        "detection_score": 0.75,
        "tags": [{"tag": {"key": "species", "value": "Pica pica"}, "confidence_score": 0.5}],
    }


@given(
    st.builds(
        data.Recording,
        created_on=st.datetimes(timezones=st.just(dt.UTC)),
        duration=st.floats(min_value=1e-6, max_value=1e6),
        samplerate=st.integers(min_value=1, max_value=500_000),
        deployment=st.builds(
            data.Deployment,
            name=st.text(),
            started_on=st.datetimes(timezones=st.just(dt.UTC)),
            ended_on=st.none(),
            latitude=st.floats(min_value=-90, max_value=90),
            longitude=st.none(),
        ),
        path=st.none(),
        audio_channels=st.integers(min_value=1, max_value=8),
        time_expansion=st.floats(min_value=0.1, max_value=32),
        id=st.uuids(),
    )
)
def test_a_recording_comes_back_from_json_as_it_was(made: data.Recording) -> None:
    assert data.Recording.model_validate_json(made.model_dump_json()) == made


def test_every_exported_name_is_there() -> None:
    for name in data.__all__:
        assert getattr(data, name) is not None
    with pytest.raises(AttributeError, match="Nonsense"):
        _ = data.Nonsense  # type: ignore[attr-defined]


def test_a_message_may_hold_text_or_bytes() -> None:
    assert data.Message(content="é").content == "é"
    assert data.Message(content=b"\xff\x00").content == b"\xff\x00"


def test_models_are_models() -> None:
    assert issubclass(data.Metric, BaseModel)
    assert data.Metric(name="temperature", value=21.5, unit="°C").captured_on.tzinfo is not None
