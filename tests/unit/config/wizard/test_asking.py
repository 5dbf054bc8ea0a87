import contextlib
import io
import sys
from collections.abc import Callable
from enum import Enum
from typing import Annotated

import click
import pytest
from hypothesis import given, strategies as st
from pydantic import BaseModel, Field, SecretStr, model_validator

from acoupi.config import NoUserPrompt, parse_config_from_args, parse_section
from acoupi.errors import ConfigurationError


class Mode(Enum):
    DAY = "day"
    NIGHT = "night"


class HTTP(BaseModel):
    """Where messages go."""

    base_url: str
    timeout: float = 5


class Microphone(BaseModel):
    device: str

    @classmethod
    def setup(cls, args: list[str], prompt: bool = True, prefix: str = "") -> "Microphone":
        return parse_section(cls, args, prompt, prefix)


class Schema(BaseModel):
    number: int = Field(default=3, gt=0, description="How many there are.")
    mode: Mode = Mode.DAY
    loud: bool = False
    key: SecretStr = SecretStr("hush")
    hidden: Annotated[int, NoUserPrompt] = 7
    microphone: Microphone
    http: HTTP | None = None


Answer = Callable[..., BaseModel]


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Answer the questions with lines from a pipe."""

    def answer(schema: type[BaseModel], *lines: str, args: list[str] | None = None) -> BaseModel:
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        return parse_config_from_args(schema, args)

    return answer


def test_enter_takes_the_default(answering: Answer) -> None:
    config = answering(Schema, "", "", "", "", "hw:1", "")
    assert config == Schema(microphone=Microphone(device="hw:1"))


def test_answers_are_read_like_flags(answering: Answer) -> None:
    config = answering(Schema, "5", "night", "y", "qwertz", "hw:1", "y", "http://a", "9")
    assert config == Schema(
        number=5,
        mode=Mode.NIGHT,
        loud=True,
        key=SecretStr("qwertz"),
        microphone=Microphone(device="hw:1"),
        http=HTTP(base_url="http://a", timeout=9),
    )


def test_what_a_flag_gives_is_not_asked(answering: Answer) -> None:
    args = ["--number", "5", "--mode=day", "--loud", "--key", "k", "--microphone.device", "a"]
    config = answering(Schema, "n", args=args)
    assert config == Schema(
        number=5, loud=True, key=SecretStr("k"), microphone=Microphone(device="a")
    )


def test_an_optional_section_a_flag_is_for_is_asked_without_asking_whether(
    answering: Answer,
) -> None:
    config = answering(Schema, "", "", "", "", "a", "8", args=["--http.base_url", "b"])
    assert isinstance(config, Schema)
    assert config.http == HTTP(base_url="b", timeout=8)


def test_a_wrong_answer_is_asked_again_with_the_reason(
    answering: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    config = answering(Schema, "many", "-1", "4", "dusk", "night", "", "", "a", "")
    assert config == Schema(number=4, mode=Mode.NIGHT, microphone=Microphone(device="a"))
    said = capsys.readouterr()
    assert "number: 'many' should be a whole number" in said.err
    assert "number: '-1' should be more than 0" in said.err
    assert "mode: 'dusk' should be 'day' or 'night'" in said.err
    assert said.out == ""


def test_everything_a_person_needs_is_shown_on_stderr(
    answering: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    answering(Schema, "", "", "", "", "hw:1", "y", "http://a", "")
    said = capsys.readouterr()
    assert said.out == ""
    for text in (
        "How many there are.",
        "[3]",
        "day|night",
        "Microphone",
        "Configure http?",
        "[y/N]",
    ):
        assert text in said.err
    assert "Where messages go." in said.err
    assert "hidden" not in said.err


def test_a_secret_is_shown_neither_as_default_nor_as_answer(
    answering: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    answering(Schema, "", "", "", "qwertz", "a", "")
    said = capsys.readouterr().err
    assert "qwertz" not in said
    assert "hush" not in said
    assert "[keep]" in said


def test_what_two_fields_together_make_wrong_is_asked_again(
    answering: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    class Range(BaseModel):
        low: int = 0
        high: int = 1

        @model_validator(mode="after")
        def _in_order(self) -> "Range":
            if self.low > self.high:
                raise ValueError("low lies above high")
            return self

    assert answering(Range, "5", "", "5", "6") == Range(low=5, high=6)
    assert "low lies above high" in capsys.readouterr().err


def test_a_wrong_flag_is_refused_before_anything_is_asked(
    answering: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ConfigurationError, match="should be a whole number"):
        answering(Schema, args=["--number", "x"])
    assert capsys.readouterr().err == ""


def test_what_nobody_can_be_asked_for_is_refused(answering: Answer) -> None:
    class Silent(BaseModel):
        number: Annotated[int, NoUserPrompt]

    with pytest.raises(ConfigurationError, match="number: is missing"):
        answering(Silent)


def test_a_default_section_is_offered_and_can_be_declined(answering: Answer) -> None:
    class Offer(BaseModel):
        http: HTTP | None = HTTP(base_url="http://usual", timeout=2)

    assert answering(Offer, "", "", "") == Offer()
    assert answering(Offer, "n") == Offer(http=None)


def test_an_input_that_ends_aborts(answering: Answer) -> None:
    with pytest.raises(click.Abort):
        answering(Schema, "5")


class Gate(BaseModel):
    """A section of somebody else, who asks in their own way."""

    code: int = 1

    @classmethod
    def setup(cls, args: list[str], prompt: bool = True, prefix: str = "") -> "Gate":
        return cls(code=click.prompt("what code", type=int, err=True) if prompt else 1)


class Building(BaseModel):
    floors: int = 1
    gate: Gate
    name: str = "home"


def test_a_section_that_asks_in_its_own_way_is_one_question_among_others(
    answering: Answer,
) -> None:
    config = answering(Building, "2", "villa", "77")
    assert config == Building(floors=2, gate=Gate(code=77), name="villa")


def test_one_can_go_back_past_any_number_of_questions(answering: Answer) -> None:
    config = answering(Schema, "5", "night", "<", "back", "<", "6", "", "y", "", "a", "")
    assert config == Schema(
        number=6, mode=Mode.NIGHT, loud=True, microphone=Microphone(device="a")
    )


def test_the_rest_can_be_kept_as_it_is_but_what_is_required_is_still_asked(
    answering: Answer,
) -> None:
    assert answering(Schema, "5", "!", "hw:1") == Schema(
        number=5, microphone=Microphone(device="hw:1")
    )


def test_an_answer_that_is_a_key_is_written_with_a_mark(answering: Answer) -> None:
    class Named(BaseModel):
        name: str = "x"
        other: str | None = "y"

    assert answering(Named, "\\back", "none") == Named(name="back", other=None)
    assert answering(Named, "\\<", "\\none") == Named(name="<", other="none")


def test_a_yes_that_was_taken_back_takes_what_is_in_the_section_with_it(
    answering: Answer,
) -> None:
    config = answering(Schema, "", "", "", "", "a", "y", "http://a", "<", "<", "n")
    assert config == Schema(microphone=Microphone(device="a"))


@pytest.mark.parametrize(
    "text", ["x" * 5000, "\x00", "\u202e", "½", "[", '{"a":', "-", "--number"]
)
def test_whatever_is_typed_is_an_answer_or_explained(
    answering: Answer, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    config = answering(Schema, text, "4", "", "", "", "a", "")
    assert config == Schema(number=4, microphone=Microphone(device="a"))
    assert "number:" in capsys.readouterr().err


KEYS = st.sampled_from(["", "<", "back", "!", "?", "y", "n", "none", "5", "night", "a"])


@given(lines=st.lists(KEYS | st.text(max_size=20), max_size=40))
def test_whatever_is_typed_the_answers_are_valid_or_the_input_ended(lines: list[str]) -> None:
    text = "".join(f"{line}\n" for line in [*lines, "!", "a", "!", "a"])
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stderr(io.StringIO()),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        patch.setattr(sys, "stdin", io.StringIO(text))
        try:
            config = parse_config_from_args(Schema)
        except click.Abort:
            return
    assert Schema.model_validate(config.model_dump()) == config
