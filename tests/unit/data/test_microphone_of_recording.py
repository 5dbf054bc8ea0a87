"""What is said of the microphone where recordings become JSON."""

from acoupi.data import ModelOutput, Recording
from acoupi.testing.samples import deployment, recording


def test_where_there_is_one_microphone_json_says_nothing_of_it() -> None:
    made = recording(deployment())
    assert "microphone" not in made.model_dump()
    assert "microphone" not in ModelOutput(name_model="m", recording=made).model_dump_json()
    assert Recording.model_validate_json(made.model_dump_json()) == made


def test_which_of_several_it_was_travels_along() -> None:
    made = recording(deployment()).model_copy(update={"microphone": "bats"})
    assert made.model_dump()["microphone"] == "bats"
    output = ModelOutput(name_model="m", recording=made)
    assert ModelOutput.model_validate_json(output.model_dump_json()).recording == made
