"""What is not as by default, what differs, and the way back to a default."""

from typing import ClassVar

import pytest
from hypothesis import given, strategies as st
from pydantic import BaseModel, Field, SecretStr, model_validator

from acoupi.config import set_field_from_text, unset_config_field
from acoupi.config.defaults import default_values
from acoupi.config.documents import dump
from acoupi.config.fields import walk
from acoupi.config.flat import compare, field_changes, flatten, shown_values
from acoupi.config.rebase import rebased
from acoupi.config.secrets import MASK, without_masks
from acoupi.config.versions import migrated, version_of
from acoupi.errors import ConfigurationError, ParameterError


class Place(BaseModel):
    x: float
    y: float = 2
    key: SecretStr = SecretStr("")


class Station(BaseModel):
    name: str
    place: Place | None = None
    usual: Place = Place(x=7)
    tags: list[str] = Field(default_factory=list)
    alias: int = Field(default=3, alias="A")


def station(**values: object) -> Station:
    return Station.model_validate({"name": "a", **values})


def test_defaults_are_those_of_the_section_before_those_of_its_class() -> None:
    config = station(usual={"x": 1, "y": 1}, place={"x": 1})
    assert default_values(config) == {
        "place": None,
        "usual.x": 7,
        "usual.y": 2,
        "usual.key": "",
        "tags": [],
        "alias": 3,
    }


def test_defaults_that_exclude_the_values_there_are_are_still_told() -> None:
    class Ordered(BaseModel):
        first: int
        last: int = 3

        @model_validator(mode="after")
        def check(self) -> "Ordered":
            if self.first > self.last:
                raise ValueError("first should be before last")
            return self

    assert default_values(Ordered(first=5, last=9)) == {"last": 3}


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("usual.x", "9"),
        ("usual.y", "9"),
        ("usual", '{"x": 1}'),
        ("tags", '["a"]'),
        ("alias", "9"),
        ("place", '{"x": 1}'),
    ],
)
def test_what_is_set_and_unset_is_as_before(field: str, text: str) -> None:
    config = station()
    changed = set_field_from_text(config, field, text)
    assert changed != config
    assert unset_config_field(changed, field) == config


def test_a_field_of_an_optional_section_gets_the_default_of_its_class() -> None:
    assert unset_config_field(station(place={"x": 1, "y": 9}), "place.y").place == Place(x=1)


@pytest.mark.parametrize("field", ["name", "place.x"])
def test_what_is_required_cannot_be_unset(field: str) -> None:
    with pytest.raises(ParameterError, match=f"{field} has no default"):
        unset_config_field(station(place={"x": 1}), field)


@pytest.mark.parametrize("field", ["", "nonsense", "tags.0", "usual.z"])
def test_what_is_no_field_cannot_be_unset(field: str) -> None:
    with pytest.raises(ParameterError):
        unset_config_field(station(), field)


def test_a_section_that_appears_is_told_by_its_fields_and_no_secret_is_shown() -> None:
    changes = field_changes(station(), station(place={"x": 1, "key": "hushhush"}))
    assert [str(change) for change in changes] == [
        "place.x: (not set) -> 1.0",
        "place.y: (not set) -> 2.0",
        f'place.key: (not set) -> "{MASK}"',
    ]
    back = field_changes(station(place={"x": 1, "key": "hushhush"}), station())
    assert "hushhush" not in "".join(map(str, back))


def test_a_secret_that_changes_is_told_but_not_shown() -> None:
    a, b = station(usual={"x": 7, "key": "hush"}), station(usual={"x": 7, "key": "shhh"})
    assert [str(change) for change in field_changes(a, b)] == [f'usual.key: "{MASK}" -> "{MASK}"']


def test_what_differs_from_the_defaults_comes_in_the_order_of_the_schema() -> None:
    config, section = station(tags=["x"], usual={"x": 1}), walk(Station)
    values = flatten(section, dump(config))
    changes = compare(section, default_values(config), values, shown_values(config))
    assert [change.document() for change in changes] == [
        {"field": "name", "after": "a"},
        {"field": "usual.x", "before": 7.0, "after": 1.0},
        {"field": "tags", "before": [], "after": ["x"]},
    ]


def test_a_mask_for_which_there_is_no_secret_is_left_out_and_named() -> None:
    document = {"a": MASK, "b": [{"c": MASK, "d": 1}], "e": "x"}
    assert without_masks(document) == ({"b": [{"d": 1}], "e": "x"}, ["a", "b.0.c"])


DOCUMENTS = st.recursive(
    st.integers(0, 3), lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
).filter(lambda d: isinstance(d, dict))


@given(a=DOCUMENTS, b=DOCUMENTS)
def test_changes_to_what_nobody_else_has_changed_are_taken_as_they_are(
    a: object, b: object
) -> None:
    assert rebased(a, b, a) == b
    assert rebased(a, a, b) == b


def test_what_another_has_changed_stays() -> None:
    opened = {"a": 1, "b": {"c": 1, "d": 1}, "gone": 1, "theirs": 1}
    edited = {"a": 2, "b": {"c": 1, "d": 2}, "theirs": 1, "new": 1}
    now = {"a": 1, "b": {"c": 3, "d": 1}, "gone": 1, "also": 1}
    assert rebased(opened, edited, now) == {
        "a": 2,
        "b": {"c": 3, "d": 2},
        "new": 1,
        "also": 1,
    }


class Third(BaseModel):
    config_version: ClassVar[int] = 3
    minutes: float

    @classmethod
    def migrate(cls, document: dict[str, float], version: int) -> dict[str, float]:
        if version == 1:
            return {"seconds": document["secs"]}
        return {"minutes": document["seconds"] / 60}


def test_a_document_is_migrated_a_version_at_a_time() -> None:
    assert version_of(Third) == 3
    assert migrated(Third, {"secs": 120}, 1) == {"minutes": 2}
    assert migrated(Third, {"seconds": 60}, 2) == {"minutes": 1}
    assert migrated(Third, {"minutes": 1}, 3) == {"minutes": 1}


def test_a_document_of_a_later_version_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="of version 4; this program knows up to 3"):
        migrated(Third, {}, 4)


def test_a_document_that_cannot_be_migrated_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="KeyError: 'secs'"):
        migrated(Third, {}, 1)


def test_a_schema_that_reads_no_earlier_version_says_so() -> None:
    class Second(BaseModel):
        config_version: ClassVar[int] = 2

    with pytest.raises(ConfigurationError, match="reads no version 1"):
        migrated(Second, {}, 1)
