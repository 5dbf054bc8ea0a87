import datetime as dt
from enum import Enum
from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, Field, SecretStr

from acoupi.config import walk
from acoupi.config.fields import Leaf, Section
from acoupi.config.wizard.words import about, heading, text_of


class Mode(Enum):
    DAY = "day"
    NIGHT = "night"


class Inner(BaseModel):
    gain: float = Field(default=1, ge=0, lt=10, json_schema_extra={"unit": "dB"})


class Schema(BaseModel):
    duration: float = Field(default=3, gt=0, le=60, description="length of a recording (s)")
    start: dt.time = Field(default=dt.time(6), description="When it starts!")
    mode: Mode = Mode.DAY
    only: Literal["one"] = "one"
    many: Literal["a", "b", "c", "d", "e", "f", "g"] = "a"
    loud: bool = Field(default=False, description="whether it is loud")
    step: int = Field(default=5, multiple_of=5)
    name: str = Field(default="", max_length=8, pattern="^[a-z]+$")
    plain: str = ""
    folder: Path = Path()
    key: SecretStr = SecretStr("hush")
    inner: Inner = Inner()


def leaf(name: str) -> Leaf:
    return next(leaf for leaf in walk(Schema).leaves() if leaf.name == name)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("duration", "Length of a recording (s). Number, more than 0, at most 60."),
        ("start", "When it starts! Time of day, such as 06:30."),
        ("mode", "One of day|night."),
        ("only", "One."),
        ("many", "One of 7 (? lists them), such as a."),
        ("loud", "Whether it is loud."),
        ("step", "Whole number, a multiple of 5."),
        ("name", "At most 8 long, matching ^[a-z]+$."),
        ("plain", ""),
        ("folder", "Path."),
        ("key", "Secret, not shown as you type."),
        ("inner.gain", "Number (dB), at least 0, less than 10."),
    ],
)
def test_a_field_is_described_with_its_kind_unit_and_bounds(name: str, words: str) -> None:
    assert about(leaf(name)) == words


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("duration", 3, "3"),
        ("duration", None, "none"),
        ("plain", "", '""'),
        ("plain", "a\x1b[2J", r'"a\u001b[2J"'),
        ("plain", "Größe", "Größe"),
        ("key", "hush", "keep"),
        ("key", None, "none"),
    ],
)
def test_a_value_is_shown_without_secrets_or_control_characters(
    name: str, value: object, text: str
) -> None:
    assert text_of(leaf(name), value) == text


def test_a_section_is_headed_by_those_it_is_in() -> None:
    root = walk(Schema)
    inner = next(child for child in root.children if isinstance(child, Section))
    assert heading((root,)) == "General"
    assert heading((inner, inner, root)) == "Inner / Inner"
