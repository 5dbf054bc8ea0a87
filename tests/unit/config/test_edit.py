import datetime as dt
from pathlib import Path

import pytest
from pydantic import BaseModel, Field, SecretStr

from acoupi.config import get_config_field, set_config_field, set_field_from_text
from acoupi.errors import ConfigurationError, ParameterError


class HTTP(BaseModel):
    base_url: str
    key: SecretStr | None = None


class Schema(BaseModel):
    number: int = Field(default=3, gt=0)
    text: str = "x"
    at: dt.time = dt.time(6)
    path: Path = Path("/x")
    names: list[str] = Field(default_factory=list)
    table: dict[str, int] = Field(default_factory=dict)
    http: HTTP | None = None


SECRET = Schema(http=HTTP(base_url="http://a", key=SecretStr("hush")))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", 3),
        ("http", SECRET.http),
        ("http.base_url", "http://a"),
        ("", SECRET),
    ],
)
def test_a_field_is_found_by_its_dotted_name(field: str, value: object) -> None:
    assert get_config_field(SECRET, field) == value


def test_items_inside_a_value_are_found_too() -> None:
    config = Schema(names=["a", "b"], table={"k": 5})
    assert get_config_field(config, "names.1") == "b"
    assert get_config_field(config, "table.k") == 5


@pytest.mark.parametrize("field", ["numbr", "http.base", "names.7", "names.x", "number.real"])
def test_an_unknown_field_is_not_found(field: str) -> None:
    with pytest.raises(ParameterError) as caught:
        get_config_field(SECRET, field)
    assert repr(field) in str(caught.value)


def test_an_unknown_field_hints_at_the_nearest() -> None:
    for call in (
        lambda: get_config_field(SECRET, "htp.base_url"),
        lambda: set_config_field(SECRET, "base_url", "x"),
    ):
        with pytest.raises(ParameterError) as caught:
            call()
        assert caught.value.help == "did you mean http.base_url?"


def test_setting_leaves_the_original_alone() -> None:
    config = Schema()
    assert set_config_field(config, "number", 5).number == 5
    assert config == Schema()


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("at", dt.time(7), dt.time(7)),
        ("at", "07:00", dt.time(7)),
        ("path", Path("/y"), Path("/y")),
        ("number", "5", 5),
        ("text", "5", "5"),
        ("http", HTTP(base_url="b"), HTTP(base_url="b")),
        ("http", {"base_url": "b"}, HTTP(base_url="b")),
        ("http", None, None),
        ("names", ["a"], ["a"]),
    ],
)
def test_a_value_may_be_of_the_type_or_read_as_it(
    field: str, value: object, expected: object
) -> None:
    assert getattr(set_config_field(SECRET, field, value), field) == expected


def test_a_section_comes_to_life_when_a_field_of_it_is_set() -> None:
    assert set_config_field(Schema(), "http.base_url", "b").http == HTTP(base_url="b")


def test_a_section_that_would_lack_a_field_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"http\.base_url: is missing"):
        set_config_field(Schema(), "http.key", "k")


def test_an_item_of_a_list_and_of_a_table_can_be_set() -> None:
    config = Schema(names=["a", "b"], table={"k": 1})
    assert set_config_field(config, "names.1", "c").names == ["a", "c"]
    assert set_field_from_text(config, "table.new", "5").table == {"k": 1, "new": 5}
    with pytest.raises(ParameterError, match="no item '2'"):
        set_config_field(config, "names.2", "c")


def test_json_is_read_as_json() -> None:
    assert set_config_field(Schema(), "names", '["a"]', is_json=True).names == ["a"]
    assert set_config_field(Schema(), "", '{"number": 9}', is_json=True) == Schema(number=9)
    with pytest.raises(ParameterError, match="is not JSON"):
        set_config_field(Schema(), "text", "q", is_json=True)


def test_strict_takes_the_very_type_only() -> None:
    assert set_config_field(Schema(), "number", 5, strict=True).number == 5
    with pytest.raises(ParameterError, match="whole number"):
        set_config_field(Schema(), "number", "5", strict=True)


def test_a_section_can_be_read_from_an_object_s_attributes() -> None:
    class Receiver:
        base_url = "b"
        key = None

    assert set_config_field(Schema(), "http", Receiver(), from_attributes=True).http == HTTP(
        base_url="b"
    )


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("number", "abc", "number: 'abc' should be a whole number"),
        ("number", 0, "number: 0 should be more than 0"),
        ("http", "abc", "http: should be a JSON object"),
        ("number", object(), "an? object cannot be in a configuration"),
        ("", {"numbr": 1}, "no field 'numbr'"),
        ("http", {"base_url": "b", "extra": 1}, "no field 'http.extra'"),
        ("", 5, "should be a JSON object"),
    ],
)
def test_a_value_that_cannot_be_is_refused(field: str, value: object, message: str) -> None:
    with pytest.raises(ParameterError, match=message) as caught:
        set_config_field(SECRET, field, value)
    assert isinstance(caught.value, ConfigurationError)


def test_a_masked_secret_stands_for_the_one_that_is_there() -> None:
    changed = set_config_field(SECRET, "http", {"base_url": "b", "key": "**********"})
    assert changed.http == HTTP(base_url="b", key=SecretStr("hush"))


@pytest.mark.parametrize(("text", "number"), [("5", 5), ("5.0", 5)])
def test_a_word_of_the_command_line_is_read_as_the_field_s_type(text: str, number: int) -> None:
    assert set_field_from_text(Schema(), "number", text).number == number
    assert set_field_from_text(Schema(), "text", text).text == text


def test_a_section_as_text_is_json() -> None:
    assert set_field_from_text(Schema(), "http", '{"base_url": "b"}').http == HTTP(base_url="b")
    with pytest.raises(ParameterError) as caught:
        set_field_from_text(SECRET, "http", "hush, hush")
    assert "hush" not in str(caught.value)


def test_what_a_section_that_is_set_leaves_out_is_as_the_schema_has_it() -> None:
    class Recording(BaseModel):
        duration: float = 3
        hours: str = "all"

    class Night(BaseModel):
        recording: Recording = Field(default_factory=lambda: Recording(hours="night"))

    changed = set_config_field(Night(), "recording", {"duration": 4})
    assert changed.recording == Recording(duration=4, hours="night")
