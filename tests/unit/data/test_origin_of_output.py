"""What is said of the model's build where outputs become JSON."""

from acoupi.data import ModelOutput
from acoupi.testing.samples import deployment, recording

PLAIN = ModelOutput(name_model="m", recording=recording(deployment()))


def test_where_nobody_knows_json_says_nothing_of_it() -> None:
    assert not {"model_version", "model_hash"} & PLAIN.model_dump().keys()
    assert "model_" not in PLAIN.model_dump_json()
    assert ModelOutput.model_validate_json(PLAIN.model_dump_json()) == PLAIN


def test_what_is_known_travels_along() -> None:
    known = PLAIN.model_copy(update={"model_version": "2.4", "model_hash": "ab"})
    assert known.model_dump()["model_version"] == "2.4"
    assert ModelOutput.model_validate_json(known.model_dump_json()) == known
