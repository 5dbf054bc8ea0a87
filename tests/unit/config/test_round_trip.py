"""Whatever can be given, kept and shown comes back the same."""

import datetime as dt
import json
from collections.abc import Iterator
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from pydantic import BaseModel, ByteSize, Field, SecretStr

from acoupi.config import (
    dump_config,
    load_config,
    parse_config_from_args,
    set_config_field,
    set_field_from_text,
    walk,
    write_config,
)
from acoupi.config.documents import dump
from acoupi.config.fields import Leaf, Section
from acoupi.errors import ConfigurationError, ParameterError


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Point(BaseModel):
    x: float
    y: float = 0


class Station(BaseModel):
    name: str
    key: SecretStr = SecretStr("")
    place: Point | None = None


class Schema(BaseModel):
    text: str = ""
    maybe_text: str | None = None
    number: int = 0
    ratio: float = 0
    exact: Decimal = Decimal(0)
    flag: bool = False
    path: Path = Path()
    at: dt.time = dt.time(0)
    day: dt.date = dt.date(2026, 1, 1)
    moment: dt.datetime = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    span: dt.timedelta = dt.timedelta(0)
    secret: SecretStr = SecretStr("")
    size: ByteSize = ByteSize(0)
    order: Literal["oldest", "newest"] = "oldest"
    colour: Colour = Colour.RED
    either: int | str = 0
    maybe: int | None = None
    names: list[str] = Field(default_factory=list)
    pair: tuple[int, str] = (0, "")
    unique: set[int] = Field(default_factory=set[int])
    table: dict[str, int] = Field(default_factory=dict)
    points: list[Point] = Field(default_factory=list[Point])
    stations: list[Station] = Field(default_factory=list[Station])
    station: Station | None = None


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
# A word that a shell hands over never looks like a flag unless it is joined by "=".
WHOLE = st.integers(-(2**62), 2**62)
REAL = st.floats(allow_nan=False)
POINTS = st.builds(Point, x=REAL, y=REAL)
STATIONS = st.builds(Station, name=TEXT, key=st.builds(SecretStr, TEXT), place=st.none() | POINTS)
PATHS = st.builds(Path, TEXT.filter(lambda t: not t.startswith("~")))
# Text that is itself JSON null means None, and digits a number, where a field takes both.
WORDS = TEXT.filter(lambda t: not t.strip() or not _is_json(t))


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


CONFIGS = st.builds(
    Schema,
    text=TEXT,
    maybe_text=st.none() | WORDS,
    number=WHOLE,
    ratio=REAL,
    exact=st.decimals(allow_nan=False, allow_infinity=False, places=6),
    flag=st.booleans(),
    path=PATHS,
    at=st.times(),
    day=st.dates(),
    moment=st.datetimes(timezones=st.just(dt.UTC)),
    span=st.timedeltas(min_value=dt.timedelta(0), max_value=dt.timedelta(days=999)),
    secret=st.builds(SecretStr, TEXT),
    size=st.integers(0, 2**50),
    order=st.sampled_from(["oldest", "newest"]),
    colour=st.sampled_from(Colour),
    either=WHOLE | WORDS,
    maybe=st.none() | WHOLE,
    names=st.lists(TEXT, max_size=3),
    pair=st.tuples(WHOLE, TEXT),
    unique=st.sets(WHOLE, max_size=3),
    table=st.dictionaries(TEXT, WHOLE, max_size=3),
    points=st.lists(POINTS, max_size=2),
    stations=st.lists(STATIONS, max_size=2),
    station=st.none() | STATIONS,
)

SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def as_flags(config: BaseModel) -> list[str]:
    """Write a configuration as a person would on the command line."""
    return list(_flags(walk(type(config)), dump(config)))


def _flags(section: Section, document: Any) -> Iterator[str]:
    for child in section.children:
        value = document[child.key]
        if isinstance(child, Leaf):
            text = value if isinstance(value, str) else json.dumps(value)
            yield f"--{child.name}={text}"
        elif value is not None:
            yield from _flags(child, value)


@SLOW
@given(config=CONFIGS)
def test_flags_to_file_to_flags_come_back_the_same(
    config: Schema, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("home") / "program.json"
    read = parse_config_from_args(Schema, as_flags(config), prompt=False)
    assert read == config
    write_config(read, path)
    loaded = load_config(path, Schema)
    assert loaded == config
    assert as_flags(loaded) == as_flags(config)


@SLOW
@given(config=CONFIGS)
def test_setting_what_is_shown_changes_nothing(config: Schema) -> None:
    assert set_config_field(config, "", dump_config(config), is_json=True) == config


@SLOW
@given(config=CONFIGS, other=CONFIGS, name=st.sampled_from(sorted(Schema.model_fields)))
def test_a_field_is_set_alone(config: Schema, other: Schema, name: str) -> None:
    before = dump_config(config, show_secrets=True)
    changed = set_config_field(config, name, getattr(other, name))
    assert getattr(changed, name) == getattr(other, name)
    assert changed.model_copy(update={name: getattr(config, name)}) == config
    assert dump_config(config, show_secrets=True) == before


SECRETS = st.text("QWXZ", min_size=8, max_size=12)


@SLOW
@given(secret=SECRETS, name=st.sampled_from(["--secret", "--station.key", "--stations"]))
def test_a_secret_is_never_shown(secret: str, name: str) -> None:
    value = json.dumps([{"name": "a", "key": secret}]) if name == "--stations" else secret
    config = parse_config_from_args(Schema, [name, value, "--station.name", "a"], prompt=False)
    assert secret not in dump_config(config)
    assert secret not in repr(config)
    assert secret in dump_config(config, show_secrets=True)
    wrong = [name, value, "--number", "x", "--station.place.x", "y"]
    with pytest.raises(ConfigurationError) as caught:
        parse_config_from_args(Schema, wrong, prompt=False)
    assert secret not in str(caught.value)
    with pytest.raises(ParameterError) as refused:
        set_field_from_text(config, "number", "x")
    assert secret not in str(refused.value)


NAMES = st.sampled_from([leaf.name for leaf in walk(Schema).leaves()]) | TEXT
WILD = (
    st.text(max_size=30)
    | st.sampled_from(
        ["", "null", "NaN", "1e999", "-1", "[" * 5000, "9" * 9999, '{"x":', "\udcff"]
    )
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
        max_leaves=5,
    ).map(json.dumps)
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    pairs=st.lists(st.tuples(NAMES, WILD), max_size=4),
    strays=st.lists(st.text(max_size=9), max_size=2),
)
def test_whatever_is_typed_is_a_configuration_or_one_line_a_problem(
    pairs: list[tuple[str, str]], strays: list[str]
) -> None:
    words = [*strays, *(word for name, text in pairs for word in (f"--{name}", text))]
    try:
        config = parse_config_from_args(Schema, words, prompt=False)
    except ConfigurationError as error:
        lines = str(error).splitlines()
        assert lines
        assert all(len(line) < 400 and line.isprintable() for line in lines)
        if len(lines) > 1:
            assert lines[0] == f"{len(lines) - 1} problems with the configuration:"
        str(error).encode()
    else:
        assert Schema.model_validate_json(dump_config(config, show_secrets=True)) == config or (
            "NaN" in dump_config(config)
        )


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=NAMES | NAMES.map(lambda n: f"{n}.0"), text=WILD)
def test_whatever_is_set_is_a_configuration_or_a_parameter_error(name: str, text: str) -> None:
    config = Schema(names=["a"], station=Station(name="b"))
    before = dump_config(config, show_secrets=True)
    said = ""
    try:
        set_field_from_text(config, name, text)
    except ParameterError as error:
        said = str(error)
    assert all(line.isprintable() for line in said.splitlines())
    assert dump_config(config, show_secrets=True) == before
