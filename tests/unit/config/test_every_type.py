"""A schema with every kind of field, and those of the programs, from flags to file and back."""

import datetime as dt
import json
from collections.abc import Iterator
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings, strategies as st
from pydantic import (
    BaseModel,
    ByteSize,
    Discriminator,
    Field,
    HttpUrl,
    NonNegativeInt,
    SecretBytes,
    SecretStr,
    StringConstraints,
    Tag,
    conint,
)

from acoupi.config import (
    dump_config,
    get_config_field,
    load_config,
    parse_config_from_args,
    parse_section,
    set_config_field,
    set_field_from_text,
    walk,
    write_config,
)
from acoupi.config.annotations import choices
from acoupi.config.documents import dump
from acoupi.config.fields import Leaf, Section
from acoupi.config.json_schema import json_schema
from acoupi.errors import ConfigurationError
from acoupi.system.program_classes import load_program_class

PROGRAMS = ["default", "test", "connected", "activity"]


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Kind(StrEnum):
    BAT = "bat"
    BIRD = "bird"


class Mixed(Enum):
    NUMBER = 7
    WORD = "seven"


class Wav(BaseModel):
    kind: Literal["wav"] = "wav"
    bits: int = 16


class Flac(BaseModel):
    kind: Literal["flac"] = "flac"
    level: Annotated[int, Field(ge=0, le=8)] = 5
    key: SecretStr | None = None


def _named(value: Any) -> str:
    return value.get("kind", "wav") if isinstance(value, dict) else value.kind


class Inner(BaseModel):
    number: int = 1
    deeper: Wav = Field(default_factory=Wav)
    maybe: Flac | None = None


class Hooked(BaseModel):
    gain: float
    name: str = "x"
    calls: ClassVar[list[str]] = []

    @classmethod
    def setup(cls, args: list[str], prompt: bool = True, prefix: str = "") -> "Hooked":
        cls.calls.append(prefix)
        return parse_section(cls, args, prompt=prompt, prefix=prefix)


class Every(BaseModel):
    text: str = ""
    maybe_text: str | None = "x"
    limited_text: Annotated[str, StringConstraints(min_length=1, max_length=5)] = "abc"
    number: int = 0
    bounded: conint(ge=-5, le=5) = 0  # type: ignore[valid-type] # pyright: ignore
    natural: NonNegativeInt = 0
    ratio: Annotated[float, Field(gt=0, description="A ratio.")] = 0.5
    exact: Decimal = Decimal("0.10")
    flag: bool = False
    maybe_flag: bool | None = None
    path: Path = Path("x")
    maybe_path: Path | None = None
    at: dt.time = dt.time(6)
    day: dt.date = dt.date(2026, 1, 1)
    moment: dt.datetime = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    span: dt.timedelta = dt.timedelta(minutes=30)
    zone: ZoneInfo = ZoneInfo("UTC")
    maybe_zone: ZoneInfo | None = None
    secret: SecretStr = SecretStr("")
    secret_bytes: SecretBytes = SecretBytes(b"")
    size: ByteSize = ByteSize(0)
    url: HttpUrl = HttpUrl("http://x.org/")
    uuid: UUID = UUID(int=0)
    literal: Literal["oldest", 2, None] = "oldest"
    level: Level = Level.LOW
    kind: Kind = Kind.BAT
    mixed: Mixed = Mixed.NUMBER
    either: int | bool | str = 0
    time_or_word: dt.time | Literal["dawn", "dusk"] = "dawn"
    names: list[str] = Field(default_factory=list)
    rows: list[list[int]] = Field(default_factory=list[list[int]])
    maybes: list[int | None] = Field(default_factory=list[int | None])
    pair: tuple[int, str] = (0, "")
    numbers: tuple[float, ...] = ()
    kinds: set[Kind] = Field(default_factory=set[Kind])
    frozen: frozenset[int] = frozenset()
    table: dict[str, float] = Field(default_factory=dict)
    by_number: dict[int, Path] = Field(default_factory=dict[int, Path])
    by_name: dict[str, Inner] = Field(default_factory=dict[str, Inner])
    spans: dict[Kind, dt.timedelta] = Field(default_factory=dict[Kind, dt.timedelta])
    secrets: dict[str, SecretStr] = Field(default_factory=dict[str, SecretStr])
    file: Wav | Flac = Field(default_factory=Wav, discriminator="kind")
    files: list[Annotated[Wav | Flac, Field(discriminator="kind")]] = Field(
        default_factory=list[Any]
    )
    called: Annotated[
        Annotated[Wav, Tag("wav")] | Annotated[Flac, Tag("flac")], Discriminator(_named)
    ] = Field(default_factory=Flac)
    inner: Inner = Inner()
    maybe_inner: Inner | None = None
    usual_inner: Inner | None = Inner(number=9)
    hooked: Hooked = Hooked(gain=1)
    doubled: int = Field(default_factory=lambda data: 2 * data["number"])


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
WORDS = TEXT.filter(lambda t: t.strip() == t and t[:1].isalpha() and t not in LITERALS)
LITERALS = ("null", "true", "false", "NaN", "Infinity", "nan", "inf", "t", "f", "y", "n", "on")
WHOLE = st.integers(-(2**40), 2**40)
REAL = st.floats(allow_nan=False, allow_infinity=False)
SPANS = st.timedeltas(min_value=dt.timedelta(0), max_value=dt.timedelta(days=99))
PATHS = st.builds(Path, TEXT.filter(lambda t: not t.startswith("~") and t not in LITERALS))
ZONES = st.sampled_from(["UTC", "Europe/London", "America/Argentina/Ushuaia"]).map(ZoneInfo)
SECRETS = st.builds(SecretStr, TEXT)
WAVS = st.builds(Wav, bits=WHOLE)
FLACS = st.builds(Flac, level=st.integers(0, 8), key=st.none() | st.builds(SecretStr, WORDS))
INNERS = st.builds(Inner, number=WHOLE, deeper=WAVS, maybe=st.none() | FLACS)
EVERY = st.builds(
    Every,
    text=TEXT,
    maybe_text=st.none() | WORDS,
    limited_text=st.text("abc{}[]\" '=-", min_size=1, max_size=5),
    number=WHOLE,
    bounded=st.integers(-5, 5),
    natural=st.integers(0, 99),
    ratio=REAL.filter(lambda x: x > 0),
    exact=st.decimals(allow_nan=False, allow_infinity=False, places=4),
    flag=st.booleans(),
    maybe_flag=st.none() | st.booleans(),
    path=PATHS,
    maybe_path=st.none() | st.builds(Path, WORDS),
    at=st.times(),
    day=st.dates(),
    moment=st.datetimes(timezones=st.none() | st.just(dt.UTC)),
    span=SPANS,
    zone=ZONES,
    maybe_zone=st.none() | ZONES,
    secret=SECRETS,
    secret_bytes=st.builds(lambda text: SecretBytes(text.encode()), TEXT),
    size=st.integers(0, 2**50),
    uuid=st.uuids(),
    literal=st.sampled_from(["oldest", 2, None]),
    level=st.sampled_from(Level),
    kind=st.sampled_from(Kind),
    mixed=st.sampled_from(Mixed),
    either=WHOLE | st.booleans() | WORDS,
    time_or_word=st.times() | st.sampled_from(["dawn", "dusk"]),
    names=st.lists(TEXT, max_size=3),
    rows=st.lists(st.lists(WHOLE, max_size=2), max_size=2),
    maybes=st.lists(st.none() | WHOLE, max_size=3),
    pair=st.tuples(WHOLE, TEXT),
    numbers=st.lists(REAL, max_size=3).map(tuple),
    kinds=st.sets(st.sampled_from(Kind)),
    frozen=st.frozensets(WHOLE, max_size=3),
    table=st.dictionaries(TEXT, REAL, max_size=3),
    by_number=st.dictionaries(WHOLE, PATHS, max_size=2),
    by_name=st.dictionaries(TEXT, INNERS, max_size=2),
    spans=st.dictionaries(st.sampled_from(Kind), SPANS, max_size=2),
    secrets=st.dictionaries(TEXT, SECRETS, max_size=2),
    file=WAVS | FLACS,
    files=st.lists(WAVS | FLACS, max_size=2),
    called=WAVS | FLACS,
    inner=INNERS,
    maybe_inner=st.none() | INNERS,
    usual_inner=st.none() | INNERS,
    hooked=st.builds(Hooked, gain=REAL, name=TEXT),
    doubled=WHOLE,
)


def as_flags(config: BaseModel) -> list[str]:
    """Write a configuration as a person would on the command line."""
    return list(_flags(walk(type(config)), dump(config)))


def _flags(section: Section, document: Any) -> Iterator[str]:
    for child in section.children:
        value = document[child.key]
        if isinstance(child, Leaf) or value is None:
            yield f"--{child.name}={value if isinstance(value, str) else json.dumps(value)}"
        else:
            yield from _flags(child, value)


def comes_back(config: BaseModel, path: Path) -> None:
    schema = type(config)
    read = parse_config_from_args(schema, as_flags(config), prompt=False)
    assert read == config
    write_config(read, path)
    loaded = load_config(path, schema)
    assert loaded == config
    assert as_flags(loaded) == as_flags(config)
    shown = dump_config(get_config_field(loaded, ""))
    assert set_config_field(loaded, "", shown, is_json=True) == config
    fields = walk(schema).leaves()
    for name in [leaf.name for leaf in fields if "." not in leaf.name and not leaf.is_secret]:
        one = dump_config(get_config_field(loaded, name))
        assert (
            set_field_from_text(config, name, one if one[0] != '"' else json.loads(one)) == config
        )


@settings(max_examples=120)
@given(config=EVERY)
def test_every_type_comes_back_from_flags_and_files(
    config: Every, tmp_path_factory: pytest.TempPathFactory
) -> None:
    comes_back(config, tmp_path_factory.mktemp("home") / "program.json")


def test_a_section_with_a_setup_of_its_own_is_asked_to_build_itself() -> None:
    Hooked.calls.clear()
    config = parse_config_from_args(Every, ["--hooked.gain", "2.5"], prompt=False)
    assert config.hooked == Hooked(gain=2.5)
    assert Hooked.calls == ["hooked"]


def test_a_default_may_follow_from_another_field() -> None:
    assert parse_config_from_args(Every, ["--number", "4"], prompt=False).doubled == 8


def test_every_type_has_a_json_schema() -> None:
    schema = json_schema(Every)
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert schema["properties"].keys() == Every.model_fields.keys()


CANDIDATES = [
    *("0", "1", "2", "5", "0.5", "3600", "48000", "250000", "true", "false", "null", "06:00"),
    *("22:30:15", "Europe/London", "UTC", "any", "all", "hw:1,0", "replay:/x", "/tmp/a b", "a"),
    *("oldest_first", "tcp", "websockets", "https://x.org/y?z=1", "[]", '["a", "b"]', "{}"),
    *('{"a": "b"}', "text/plain", "ünï", "9999999", "bat", "1883", "-12.5"),
]


def choosable(program: str) -> dict[str, list[str]]:
    """Return, for each field of a program, the texts that it takes by itself."""
    found: dict[str, list[str]] = {}
    for leaf in walk(
        load_program_class(f"acoupi.programs.{program}").get_config_schema()
    ).leaves():
        taken = [t for t in (*CANDIDATES, *choices(leaf.info.annotation)) if _takes(leaf, t)]
        found[leaf.name] = taken
    return found


def _takes(leaf: Leaf, text: str) -> bool:
    from pydantic import ValidationError

    from acoupi.config.values import json_from_text

    try:
        json_from_text(leaf.adapter, text)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("program", PROGRAMS)
def test_each_program_s_configuration_comes_back_from_flags_and_files(
    program: str, tmp_path: Path
) -> None:
    schema = load_program_class(f"acoupi.programs.{program}").get_config_schema()
    texts = choosable(program)
    assert all(texts.values())
    pairs = st.fixed_dictionaries(
        {}, optional={name: st.sampled_from(taken) for name, taken in texts.items()}
    )

    @settings(max_examples=80)
    @given(chosen=pairs)
    def comes_back_from_flags(chosen: dict[str, str]) -> None:
        words = [f"--{name}={text}" for name, text in chosen.items()]
        if "microphone.device_name" in texts:
            words += ["--microphone.device_name=hw:1"] * ("microphone.device_name" not in chosen)
        for section, needed in (("http", "base_url=http://x.org"), ("mqtt", "host=h")):
            given = [name for name in chosen if name.startswith(f"messaging.{section}.")]
            name = f"messaging.{section}.{needed.partition('=')[0]}"
            words += [f"--messaging.{section}.{needed}"] * (bool(given) and name not in given)
        try:
            config = parse_config_from_args(schema, words, prompt=False)
        except ConfigurationError:  # values that do not go together
            assume(False)
            raise
        comes_back(config, tmp_path / "program.json")

    comes_back_from_flags()
