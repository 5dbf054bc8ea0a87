from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field, SecretStr

from acoupi.config import NoUserPrompt, walk
from acoupi.config.annotations import choices, holds_secret, type_name
from acoupi.config.fields import Leaf, Section, nearest


class Inner(BaseModel):
    """What is inside.

    And more about it.
    """

    key: SecretStr | None = None


class Schema(BaseModel):
    number: int = 1
    quiet: Annotated[int, NoUserPrompt] = 1
    quiet_too: Annotated[int, NoUserPrompt()] = 1
    inner: Inner = Field(default_factory=Inner)
    maybe: Annotated[Inner, "said"] | None = Field(default=None, title="Perhaps")
    several: list[Inner] = Field(default_factory=list[Inner])


TREE = walk(Schema)
NODES = {node.name: node for node in TREE.nodes()}


def test_a_schema_is_walked_depth_first_in_the_order_of_its_fields() -> None:
    assert list(NODES) == [
        "number", "quiet", "quiet_too", "inner", "inner.key", "maybe", "maybe.key", "several",
    ]  # fmt: skip


def test_a_section_is_a_model_that_stands_alone_or_may_be_none() -> None:
    sections = {n: s.is_optional for n, s in NODES.items() if isinstance(s, Section)}
    assert sections == {"inner": False, "maybe": True}


def test_the_names_begin_where_the_walk_is_told_to() -> None:
    assert [leaf.name for leaf in walk(Inner, ("a", "b")).leaves()] == ["a.b.key"]


def test_a_marked_field_is_not_asked_for_marked_by_class_or_instance() -> None:
    unasked = [leaf.name for leaf in TREE.leaves() if not leaf.is_asked]
    assert unasked == ["quiet", "quiet_too"]


def test_a_section_is_described_by_its_field_or_else_its_class() -> None:
    inner, maybe = NODES["inner"], NODES["maybe"]
    assert isinstance(inner, Section)
    assert isinstance(maybe, Section)
    assert (inner.title, inner.description) == ("Inner", "What is inside.")
    assert maybe.title == "Perhaps"


def test_a_value_with_a_secret_anywhere_inside_is_secret() -> None:
    secret = [n for n, leaf in NODES.items() if isinstance(leaf, Leaf) and leaf.is_secret]
    assert secret == ["inner.key", "maybe.key", "several"]


def test_a_model_that_holds_itself_is_looked_through_once() -> None:
    class Tree(BaseModel):
        child: "Tree | None" = None

    assert not holds_secret(Tree)
    assert [leaf.name for leaf in walk(Tree).leaves()] == ["child"]


@pytest.mark.parametrize(
    ("annotation", "name"),
    [
        (int, "whole number"),
        (float | None, "number"),
        (int | str, "whole number or text"),
        (list[int], "JSON list"),
        (Inner, "JSON object"),
        (Literal["a", "b"] | None, "a|b"),
        (Literal["a", "b", "c", "d", "e", "f", "g"], "choice"),
        (object, "value"),
    ],
)
def test_a_type_is_named_in_plain_words(annotation: object, name: str) -> None:
    assert type_name(annotation) == name


def test_what_takes_other_values_too_is_no_choice() -> None:
    assert choices(Literal["auto"] | int) == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("recording.durration", "recording.duration"),
        ("duration", "recording.duration"),
        ("base", "http.base_url"),
        ("qqq", None),
    ],
)
def test_the_nearest_name_is_found_by_likeness_or_by_its_end(
    typed: str, meant: str | None
) -> None:
    assert nearest(typed, ["recording.duration", "recording.interval", "http.base_url"]) == meant
