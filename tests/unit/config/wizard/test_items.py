"""Lists whose items a person is asked for one by one."""

import io
import sys
from collections.abc import Callable, Sequence
from typing import Annotated

import pytest
from pydantic import BaseModel, Field, model_validator

from acoupi.config import parse_config_from_args, parse_section
from acoupi.config.wizard import AskedEach
from acoupi.config.wizard.session import around


class Lock(BaseModel):
    """What closes it."""

    code: int = 0


class Door(BaseModel):
    name: str = Field(min_length=1)
    width: int = 90
    lock: Lock | None = None


class Gate(Door):
    """One that knows what was said before."""

    beside: list[str] = []

    @classmethod
    def setup(cls, args: Sequence[str], prompt: bool = True, prefix: str = "") -> "Gate":
        said = around()
        flags = [
            f"--{prefix}.beside",
            str([door["name"] for door in said["doors"]]).replace("'", '"'),
        ]
        return parse_section(cls, flags, prompt, prefix)


class House(BaseModel):
    floors: int = 1
    doors: Annotated[list[Door], AskedEach("Is there a further door?")] = Field(
        default_factory=list[Door], description="ways in"
    )
    cellar: Lock | None = None

    @model_validator(mode="after")
    def _tell_apart(self) -> "House":
        if len({door.name for door in self.doors}) < len(self.doors):
            raise ValueError("two doors are alike")
        return self


class Estate(BaseModel):
    doors: Annotated[list[Gate], AskedEach("Is there a further gate?")] = []


FRONT, REAR = Door(name="front"), Door(name="rear", width=80)
KEPT = House(doors=[FRONT, REAR]).model_dump()

Answer = Callable[..., BaseModel]


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Answer the questions with lines from a pipe."""

    def answer(schema: type[BaseModel], *lines: str, **options: object) -> BaseModel:
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        return parse_config_from_args(schema, **options)  # type: ignore[arg-type]

    return answer


def test_who_has_none_is_asked_once(answering: Answer) -> None:
    assert answering(House, "2", "", "n") == House(floors=2)


def test_items_are_asked_for_until_there_is_none_more(answering: Answer) -> None:
    front, back = ("y", "front", "", "n"), ("y", "rear", "80", "y", "7")
    config = answering(House, "", *front, *back, "n", "n")
    rear_door = Door(name="rear", width=80, lock=Lock(code=7))
    assert config == House(doors=[FRONT, rear_door])


def test_one_can_go_back_within_items_and_out_of_them(answering: Answer) -> None:
    lines = ("1", "y", "<", "y", "fornt", "<", "front", "", "n", "<", "y", "", "<", "<", "<")
    assert answering(House, *lines, "3", "n", "n") == House(floors=3)


def test_an_item_that_was_gone_back_over_is_proposed_again(answering: Answer) -> None:
    lines = ("", "y", "fornt", "", "n", "<", "", "n", "front", "", "n", "n", "n")
    assert answering(House, *lines) == House(doors=[FRONT])


def test_those_of_an_earlier_set_up_are_proposed_one_by_one(
    answering: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answering(House, "", "", "", "", "", "", "", kept=KEPT) == House(doors=[FRONT, REAR])
    assert "width: 80" in capsys.readouterr().err
    assert answering(House, "", "", "", "n", "", kept=KEPT) == House(doors=[FRONT])
    changed = answering(House, "", "", "n", "", "70", "", "", "", "", "", kept=KEPT)
    assert changed == House(doors=[Door(name="front", width=70), REAR])


@pytest.mark.parametrize("lines", [["!"], ["", "!"], ["", "", "!"], ["", "", "n", "", "!"]])
def test_the_rest_can_be_kept_wherever_that_is_said(answering: Answer, lines: list[str]) -> None:
    assert answering(House, *lines, kept=KEPT) == House(doors=[FRONT, REAR])


def test_what_only_the_whole_refuses_is_asked_again(
    answering: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    twice = ("y", "front", "", "n") * 2
    again = ("", "", "", "", "n", "rear", "80", "", "n")
    assert answering(House, "", *twice, "n", "n", *again) == House(doors=[FRONT, REAR])
    assert "two doors are alike" in capsys.readouterr().err


def test_a_flag_gives_them_all_at_once(answering: Answer) -> None:
    args = ["--doors", '[{"name": "front"}]']
    assert answering(House, "", "", args=args) == House(doors=[FRONT])


def test_the_help_of_a_question_names_the_flag_of_the_list(
    answering: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    answering(House, "?", "", "y", "?", "front", "", "", "", "n")
    said = capsys.readouterr().err
    assert "On a command line: --floors VALUE" in said
    assert "On a command line: --doors JSON" in said
    assert "--doors.name" not in said


def test_an_item_that_asks_by_itself_knows_what_was_said_before(answering: Answer) -> None:
    config = answering(Estate, "y", "east", "", "n", "y", "west", "", "n", "n")
    assert config == Estate(doors=[Gate(name="east"), Gate(name="west", beside=["east"])])
    assert around() is None


def test_each_is_a_part_of_the_summary_of_its_own(
    answering: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    answering(House, kept=KEPT, only_missing=True)
    page = capsys.readouterr().err.partition("What will be written")[2].split()
    assert " ".join(page).startswith(
        "General floors 1 cellar not set up "
        "Doors / 1 * name front width 90 lock not set up "
        "Doors / 2 * name rear * width 80 lock not set up"
    )
