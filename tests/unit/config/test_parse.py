import datetime as dt
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel, ByteSize, Field, SecretStr, field_validator, model_validator

from acoupi.config import NoUserPrompt, parse_config_from_args, parse_section
from acoupi.config.problems import InvalidValuesError
from acoupi.errors import ConfigurationError, DeviceUnavailableError


class Transport(Enum):
    TCP = "tcp"
    WEBSOCKETS = "websockets"


class HTTP(BaseModel):
    base_url: str
    timeout: float = Field(default=5, gt=0)
    api_key: SecretStr | None = None


class Messaging(BaseModel):
    interval: int = 120
    http: HTTP | None = None


class Point(BaseModel):
    x: float
    y: float = 0


class Everything(BaseModel):
    text: str = "x"
    short: str = Field(default="ab", min_length=2, max_length=4)
    number: int = 1
    ratio: float = 0.5
    exact: Decimal = Decimal("1.5")
    flag: bool = False
    maybe_flag: bool | None = None
    path: Path = Path("/x")
    at: dt.time = dt.time(6)
    day: dt.date = dt.date(2026, 5, 1)
    moment: dt.datetime = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
    span: dt.timedelta = dt.timedelta(seconds=30)
    zone: ZoneInfo = ZoneInfo("UTC")
    secret: SecretStr = SecretStr("hush")
    size: ByteSize = ByteSize(1)
    order: Literal["oldest", "newest"] = "oldest"
    level: Literal[1, 2] = 1
    transport: Transport = Transport.TCP
    either: int | str = 0
    maybe: int | None = None
    maybe_text: str | None = None
    names: list[str] = Field(default_factory=list)
    pair: tuple[int, float] = (1, 2.0)
    unique: set[int] = Field(default_factory=set[int])
    table: dict[str, int] = Field(default_factory=dict)
    points: list[Point] = Field(default_factory=list[Point])
    messaging: Messaging = Field(default_factory=Messaging)
    hidden: Annotated[int, NoUserPrompt] = 3


def parsed(*args: str) -> Everything:
    return parse_config_from_args(Everything, list(args), prompt=False)


def refused(schema: type[BaseModel], *args: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        parse_config_from_args(schema, list(args), prompt=False)
    return str(caught.value)


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("text", "123", "123"),
        ("text", "true", "true"),
        ("text", "null", "null"),
        ("text", '"quoted"', '"quoted"'),
        ("text", "[1]", "[1]"),
        ("text", "", ""),
        ("text", "ünïcode", "ünïcode"),
        ("number", "-5", -5),
        ("number", "007", 7),
        ("ratio", "1e3", 1000.0),
        ("ratio", "3", 3.0),
        ("exact", "1.10", Decimal("1.10")),
        (
            "exact",
            "0.1000000000000000055511151231257827",
            Decimal("0.1000000000000000055511151231257827"),
        ),
        ("flag", "yes", True),
        ("flag", "0", False),
        ("maybe_flag", "null", None),
        ("path", "rel/path", Path("rel/path")),
        ("path", "123", Path("123")),
        ("at", "06:30", dt.time(6, 30)),
        ("at", "06:30:15", dt.time(6, 30, 15)),
        ("day", "2026-02-03", dt.date(2026, 2, 3)),
        ("moment", "2026-02-03T04:05:06Z", dt.datetime(2026, 2, 3, 4, 5, 6, tzinfo=dt.UTC)),
        ("span", "30", dt.timedelta(seconds=30)),
        ("span", "00:10:00", dt.timedelta(minutes=10)),
        ("span", "PT2H", dt.timedelta(hours=2)),
        ("zone", "Europe/London", ZoneInfo("Europe/London")),
        ("secret", "123", SecretStr("123")),
        ("secret", "null", SecretStr("null")),
        ("size", "2KiB", ByteSize(2048)),
        ("size", "17", ByteSize(17)),
        ("order", "newest", "newest"),
        ("level", "2", 2),
        ("transport", "websockets", Transport.WEBSOCKETS),
        ("either", "5", 5),
        ("either", "five", "five"),
        ("maybe", "null", None),
        ("maybe", "4", 4),
        ("maybe_text", "4", "4"),
        ("names", '["a", "b"]', ["a", "b"]),
        ("pair", "[3, 4.5]", (3, 4.5)),
        ("unique", "[1, 1, 2]", {1, 2}),
        ("table", '{"a": 1}', {"a": 1}),
        ("points", '[{"x": 1}]', [Point(x=1)]),
        ("hidden", "9", 9),
    ],
)
@pytest.mark.parametrize("joined", [False, True])
def test_a_flag_is_read_as_its_field_s_type(
    field: str, text: str, value: object, joined: bool
) -> None:
    words = [f"--{field}={text}"] if joined else [f"--{field}", text]
    assert getattr(parsed(*words), field) == value


def test_what_is_not_given_takes_its_default() -> None:
    assert parsed() == Everything()


def test_no_words_at_all_are_no_flags() -> None:
    assert parse_config_from_args(Everything, prompt=False) == Everything()


def test_a_yes_or_no_field_is_a_switch() -> None:
    assert parsed("--flag").flag is True
    assert parsed("--flag", "--number", "2").number == 2
    assert parsed("--no-flag", "--maybe_flag").maybe_flag is True
    assert parsed("--no-maybe-flag").maybe_flag is False


def test_hyphens_in_a_flag_are_underscores() -> None:
    assert parsed("--maybe-text", "a-b").maybe_text == "a-b"


def test_a_path_below_the_user_s_home_is_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    assert parsed("--path", "~/audio").path == Path("/home/ada/audio")
    assert parsed("--text", "~/audio").text == "~/audio"
    assert parsed("--path", "~nobody-here/audio").path == Path("~nobody-here/audio")


def test_an_optional_section_comes_to_life_with_a_flag_below_it() -> None:
    assert parsed().messaging.http is None
    assert parsed("--messaging.http.base_url", "http://a").messaging.http == HTTP(
        base_url="http://a"
    )


def test_a_section_can_be_given_as_json_with_flags_over_it() -> None:
    whole = '{"interval": 5, "http": {"base_url": "http://a"}}'
    config = parsed("--messaging", whole, "--messaging.http.timeout", "9")
    assert config.messaging == Messaging(interval=5, http=HTTP(base_url="http://a", timeout=9))
    assert parsed("--messaging.http", "null").messaging.http is None


def test_what_a_section_s_default_sets_stays_beside_a_flag() -> None:
    class Schema(BaseModel):
        point: Point = Point(x=3, y=4)

    assert parse_config_from_args(Schema, ["--point.y", "9"], prompt=False).point == Point(
        x=3, y=9
    )


def test_digits_stay_text_even_where_numbers_may_become_text() -> None:
    class Schema(BaseModel, coerce_numbers_to_str=True):
        code: str

    assert parse_config_from_args(Schema, ["--code", "007"], prompt=False).code == "007"


def test_a_strict_model_takes_flags_like_any_other() -> None:
    class Schema(BaseModel, strict=True):
        at: dt.time
        n: int

    config = parse_config_from_args(Schema, ["--at", "06:00", "--n", "3"], prompt=False)
    assert config == Schema(at=dt.time(6), n=3)


def test_a_validator_that_is_not_idempotent_sees_the_text_once() -> None:
    class Schema(BaseModel):
        name: str

        @field_validator("name")
        @classmethod
        def _twice(cls, value: str) -> str:
            return value * 2

    assert parse_config_from_args(Schema, ["--name", "ab"], prompt=False).name == "abab"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--number", "abc"], "number: 'abc' should be a whole number"),
        (["--number", "1.5"], "number: '1.5' should be a whole number"),
        (["--number", "true"], "number: 'true' should be a whole number"),
        (["--ratio", "much"], "ratio: 'much' should be a number"),
        (["--flag", "perhaps"], "flag: 'perhaps' should be true or false"),
        (["--at", "lunch"], "at: 'lunch' should be a time of day, such as 06:30"),
        (["--at", "22"], "at: '22' should be a time of day, such as 06:30"),
        (["--at", "21.30"], "at: '21.30' should be a time of day, such as 06:30"),
        (["--order", "best"], "order: 'best' should be 'oldest' or 'newest'"),
        (["--transport", "udp"], "transport: 'udp' should be 'tcp' or 'websockets'"),
        (["--short", "a"], "short: 'a' should have at least 2 characters"),
        (["--names", "a"], "names: 'a' should be a JSON list"),
        (["--names", '["a", 1]'], "names.1: 1 should be text"),
        (["--points", '[{"y": 1}]'], "points.0.x: is missing"),
        (["--maybe", "x"], "maybe: 'x' should be a whole number"),
        (["--size", "big"], "size: 'big' should be a size, such as 500MB or 2GiB"),
        (["--zone", "Mars/Here"], "zone: 'Mars/Here' should be a time zone"),
        (["--messaging.http.timeout", "0"], "messaging.http.timeout: '0' should be more than 0"),
        (["--messaging", "5"], "messaging: should be a JSON object"),
        (["--messaging.intervall", "5"], "no such option; did you mean --messaging.interval?"),
        (["--interval", "5"], "no such option; did you mean --messaging.interval?"),
        (["--number"], "--number: needs a value"),
        (["--number", "--flag"], "--number: needs a value"),
        (["--no-flag=yes"], "--no_flag: takes no value"),
        (["--number", "1", "--number", "2"], "--number: is given twice"),
        (["stray"], "'stray' follows no flag"),
    ],
)
def test_a_wrong_word_is_refused_by_name_and_reason(args: list[str], message: str) -> None:
    text = refused(Everything, *args)
    assert message in text
    assert "pydantic" not in text
    assert "http" not in text or "messaging.http" in text


def test_a_missing_field_is_named_with_its_flag() -> None:
    text = refused(Everything, "--messaging.http.timeout", "3")
    assert text == (
        "messaging.http.base_url: is missing; give it with --messaging.http.base_url VALUE"
    )


def test_everything_that_is_wrong_is_said_at_once() -> None:
    text = refused(Everything, "--number", "x", "--nmae", "y", "--messaging.http.timeout", "-1")
    assert text.splitlines()[0] == "4 problems with the configuration:"
    assert len(text.splitlines()) == 5


def test_both_arms_of_a_union_say_what_they_want() -> None:
    class Schema(BaseModel):
        rate: int | Literal["auto"]

    assert refused(Schema, "--rate", "fast") == ("rate: 'fast' should be a whole number or 'auto'")


def test_the_kind_of_a_tagged_union_is_asked_for_by_its_tag() -> None:
    class Sun(BaseModel):
        kind: Literal["sun"]

    class Clock(BaseModel):
        kind: Literal["clock"]
        at: dt.time

    class Schema(BaseModel):
        rule: Sun | Clock = Field(discriminator="kind")

    words = ["--rule", '{"kind": "clock", "at": "06:00"}']
    config = parse_config_from_args(Schema, words, prompt=False)
    assert config.rule == Clock(kind="clock", at=dt.time(6))
    assert "should have as 'kind' one of 'sun', 'clock'" in refused(
        Schema, "--rule", '{"kind": "moon"}'
    )
    assert "which kind it is with 'kind'" in refused(Schema, "--rule", "{}")
    assert refused(Schema, "--rule", '{"kind": "clock"}') == "rule.at: is missing"


def test_a_long_list_of_choices_is_not_read_out() -> None:
    class Schema(BaseModel):
        zone: Literal["a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9", "b1", "London"]

    assert "did you mean London?" in refused(Schema, "--zone", "Londn")


def test_a_model_s_own_rule_is_told_in_its_words() -> None:
    class Schema(BaseModel):
        low: int = 0
        high: int = 1

        @model_validator(mode="after")
        def _in_order(self) -> "Schema":
            if self.low > self.high:
                raise ValueError("low lies above high")
            return self

    assert refused(Schema, "--low", "5") == "the configuration: low lies above high"


def test_a_refused_secret_is_not_shown_whoever_words_the_reason() -> None:
    class Schema(BaseModel):
        key: SecretStr
        pin: SecretStr = Field(default=SecretStr("0000"), max_length=4)
        keys: list[SecretStr] = Field(default_factory=list[SecretStr])

        @field_validator("key")
        @classmethod
        def _never(cls, value: SecretStr) -> SecretStr:
            raise ValueError(f"{value.get_secret_value()} is no good")

    text = refused(
        Schema, "--key", "opensesame", "--pin", "hunter22", "--keys", '["qwertz", "a\\u0000", 5]'
    )
    assert not any(word in text for word in ("opensesame", "hunter22", "qwertz"))
    assert text.count("**********") >= 3


def test_a_value_with_unprintable_characters_stays_on_its_line() -> None:
    text = refused(Everything, "--number", "1\n2\x1b[31m\udcff")
    assert len(text.splitlines()) == 1
    assert "\x1b" not in text
    text.encode()


def test_a_huge_value_is_cut_short() -> None:
    assert len(refused(Everything, "--number", "9" * 10_000)) < 200
    assert len(refused(Everything, "--names", "[" * 100_000)) < 200


class Microphone(BaseModel):
    device: str
    rate: int = 48_000

    @classmethod
    def setup(cls, args: list[str], prompt: bool = True, prefix: str = "") -> "Microphone":
        return parse_section(cls, args, prompt=prompt, prefix=prefix)


class WithOwnSetup(BaseModel):
    microphone: Microphone
    spare: Microphone | None = None
    number: int = 1


def test_our_own_kind_of_hook_behaves_like_a_plain_section() -> None:
    words = ["--microphone.device", "hw:1", "--number", "3", "--microphone.rate=96000"]
    config = parse_config_from_args(WithOwnSetup, words, prompt=False)
    assert config == WithOwnSetup(microphone=Microphone(device="hw:1", rate=96_000), number=3)


def test_an_optional_section_with_a_hook_stays_unset_unless_a_flag_is_for_it() -> None:
    words = ["--microphone.device", "a", "--spare.device", "b"]
    assert parse_config_from_args(WithOwnSetup, words[:2], prompt=False).spare is None
    assert parse_config_from_args(WithOwnSetup, words, prompt=False).spare == Microphone(
        device="b"
    )


def test_a_hooked_section_can_be_given_as_json_with_flags_over_it() -> None:
    words = ["--microphone", '{"device": "a"}', "--microphone.rate", "8000"]
    config = parse_config_from_args(WithOwnSetup, words, prompt=False)
    assert config.microphone == Microphone(device="a", rate=8000)


def test_the_problems_of_a_hook_are_listed_with_the_others() -> None:
    text = refused(
        WithOwnSetup, "--microphone.rate", "x", "--microphone.dvice", "a", "--number", "n"
    )
    assert text.splitlines()[0] == "4 problems with the configuration:"
    assert "microphone.device: is missing; give it with --microphone.device VALUE" in text
    assert "did you mean --microphone.device?" in text


@pytest.mark.parametrize("prefix", ["microphone", "microphone."])
def test_a_prefix_may_end_with_a_dot(prefix: str) -> None:
    words = ["--microphone.device", "hw:1", "--other.thing", "5"]
    assert parse_section(Microphone, words, False, prefix) == Microphone(device="hw:1")


def test_a_foreign_hook_is_given_every_word_and_its_section_s_name() -> None:
    calls: list[tuple[list[str], bool, str]] = []

    class Sonde(BaseModel):
        depth: int = 0

        @classmethod
        def setup(cls, args: list[str], prompt: bool = True, prefix: str = "") -> "Sonde":
            calls.append((args, prompt, prefix))
            return cls(depth=len(args))

    class Deep(BaseModel):
        sonde: Sonde = Field(default_factory=Sonde)

    class Schema(BaseModel):
        deep: Deep = Field(default_factory=Deep)
        n: int = 0

    words = ["--deep.sonde.special", "1", "--n", "2"]
    config = parse_config_from_args(Schema, words, prompt=False)
    assert calls == [(words, False, "deep.sonde")]
    assert config.deep.sonde.depth == 4


@pytest.mark.parametrize("error", [ValueError("not deep enough"), SystemExit(2), None])
def test_a_hook_that_refuses_is_a_configuration_error(error: BaseException | None) -> None:
    class Sonde(BaseModel):
        @classmethod
        def setup(cls, args: list[str], prompt: bool = True, prefix: str = "") -> object:
            if error is None:
                return "no sonde"
            raise error

    class Schema(BaseModel):
        sonde: Sonde

    assert "sonde" in refused(Schema)


def test_a_device_a_hook_does_not_find_is_its_own_error() -> None:
    class Sonde(BaseModel):
        @classmethod
        def setup(cls, args: list[str], prompt: bool = True, prefix: str = "") -> "Sonde":
            raise DeviceUnavailableError("no sonde is connected")

    class Schema(BaseModel):
        sonde: Sonde

    with pytest.raises(DeviceUnavailableError):
        parse_config_from_args(Schema, [], prompt=False)


def test_the_problems_can_be_read_one_by_one() -> None:
    with pytest.raises(InvalidValuesError) as caught:
        parsed("--number", "x", "--ratio", "y")
    assert [problem.field for problem in caught.value.problems] == ["number", "ratio"]


def test_a_model_that_holds_itself_is_a_value_there() -> None:
    class Tree(BaseModel):
        name: str = ""
        child: "Tree | None" = None

    config = parse_config_from_args(Tree, ["--child", '{"name": "leaf"}'], prompt=False)
    assert config == Tree(child=Tree(name="leaf"))


def test_an_aliased_field_keeps_its_name_as_a_flag() -> None:
    class Schema(BaseModel):
        rate: int = Field(alias="sample-rate")

    config = parse_config_from_args(Schema, ["--rate", "8000"], prompt=False)
    assert config.rate == 8000
    assert refused(Schema, "--rate", "x") == "rate: 'x' should be a whole number"


def test_defaults_of_a_section_are_those_of_its_default_also_of_a_derived_class() -> None:
    class Recording(BaseModel):
        duration: float = 3
        begins: dt.time = dt.time(6)

    class AllDay(Recording):
        begins: dt.time = dt.time(0)
        note: str = "not of the section"

    class Schema(BaseModel):
        recording: Recording = Field(default_factory=AllDay)

    expected = Recording(duration=1, begins=dt.time(0))
    for flags in (["--recording.duration", "1"], ["--recording", '{"duration": 1}']):
        assert parse_config_from_args(Schema, flags, prompt=False).recording == expected
    kept = {"recording": {"duration": 1}}
    assert parse_config_from_args(Schema, [], prompt=False, kept=kept).recording == expected


def test_a_value_that_its_validator_names_too_is_named_once() -> None:
    class Link(BaseModel):
        url: str

        @field_validator("url")
        @classmethod
        def _checked(cls, url: str) -> str:
            raise ValueError(f"{url!r} is no URL")

    with pytest.raises(InvalidValuesError) as caught:
        parse_config_from_args(Link, ["--url", "meadow"], prompt=False)
    assert str(caught.value) == "url: 'meadow' is no URL"
