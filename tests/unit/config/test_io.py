import json
import logging
import stat
from pathlib import Path

import pytest
from pydantic import BaseModel, Field, Secret, SecretBytes, SecretStr

from acoupi.config import dump_config, load_config, write_config
from acoupi.errors import ConfigurationError


class Inner(BaseModel):
    key: SecretStr = SecretStr("hush")


class Schema(BaseModel):
    number: int = 3
    inner: Inner = Field(default_factory=Inner)
    ratio: float = 0.5


class Strict(Schema, extra="forbid"):
    pass


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "program.json"


def test_a_file_loads_as_it_was_written(path: Path) -> None:
    config = Schema(number=5, inner=Inner(key=SecretStr("real")), ratio=float("inf"))
    write_config(config, path)
    assert load_config(path, Schema) == config


def test_what_a_section_of_a_file_leaves_out_is_as_the_schema_has_it(path: Path) -> None:
    class Recording(BaseModel):
        duration: float = 3
        hours: str = "all"

    class Night(BaseModel):
        recording: Recording = Field(default_factory=lambda: Recording(duration=5, hours="night"))

    path.parent.mkdir()
    path.write_text('{"recording": {"duration": 4}}')
    assert load_config(path, Night).recording == Recording(duration=4, hours="night")


def test_a_file_is_for_its_owner_only(path: Path) -> None:
    write_config(Schema(), path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "hush" in path.read_text()


def test_the_same_configuration_leaves_the_file_untouched(path: Path) -> None:
    write_config(Schema(), path)
    before = path.stat().st_ino
    write_config(Schema(), path)
    assert path.stat().st_ino == before


def test_no_configuration_writes_no_file(path: Path) -> None:
    write_config(None, path)
    assert not path.exists()


def test_what_is_shown_has_masks_and_the_indent_asked_for() -> None:
    assert dump_config(Inner(), indent=None) == '{"key": "**********"}'
    assert dump_config(Schema()).splitlines()[1] == '    "number": 3,'


@pytest.mark.parametrize(
    ("value", "shown", "revealed"),
    [
        (SecretStr("a"), '"**********"', '"a"'),
        ([SecretStr("a")], '["**********"]', '["a"]'),
        ({"k": Inner()}, '{"k": {"key": "**********"}}', '{"k": {"key": "hush"}}'),
        (Path("/x"), '"/x"', '"/x"'),
        (None, "null", "null"),
        ("ü", '"ü"', '"ü"'),
    ],
)
def test_a_value_is_shown_like_a_configuration(value: object, shown: str, revealed: str) -> None:
    assert dump_config(value, indent=None) == shown
    assert dump_config(value, indent=None, show_secrets=True) == revealed


def test_secrets_of_every_kind_and_place_are_kept(path: Path) -> None:
    class Wallet(BaseModel):
        blob: SecretBytes = SecretBytes(b"b")
        pin: Secret[int] = Secret(7)
        bag: set[SecretStr] = Field(default_factory=lambda: {SecretStr("s")})
        pair: tuple[SecretStr, int] = (SecretStr("p"), 1)
        by_name: dict[str, SecretStr] = Field(default_factory=lambda: {"n": SecretStr("d")})
        renamed: SecretStr = Field(default=SecretStr("r"), alias="other-name")

    write_config(Wallet(), path)
    assert load_config(path, Wallet) == Wallet()
    assert "**" not in path.read_text()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "there is no configuration at"),
        (b'{"number": 1,\n  oops}', "is not JSON: line 2, column 3"),
        (b"", "is not JSON: line 1, column 1"),
        (b"\xff\xfe", "is not text in UTF-8"),
        (b"[" * 100_000, "is not JSON"),
        (b'{"number": "x"}', "number: 'x' should be a whole number"),
        (b"[]", "the configuration: should be a JSON object"),
        (b'{"inner": null}', "inner: should be a JSON object"),
        (b'{"number": "x", "ratio": "y"}', "2 problems with"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_reason(
    path: Path, content: bytes | None, message: str
) -> None:
    path.parent.mkdir()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=message) as caught:
        load_config(path, Schema)
    assert str(path) in str(caught.value)
    assert caught.value.help


def test_a_folder_in_the_file_s_place_cannot_be_read(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_config(path, Schema)


def test_a_bad_secret_in_a_file_is_not_shown(path: Path) -> None:
    class Short(BaseModel):
        key: SecretStr = Field(max_length=3)

    path.parent.mkdir()
    path.write_text(json.dumps({"key": "hushhush"}))
    with pytest.raises(ConfigurationError) as caught:
        load_config(path, Short)
    assert "hush" not in str(caught.value)


def test_an_unknown_field_of_an_old_file_is_logged_and_left_out(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"number": 1, "gone": 5, "inner": {"lost": "secret"}}))
    with caplog.at_level(logging.WARNING):
        assert load_config(path, Schema) == Schema(number=1)
    assert [record.args for record in caplog.records] == [("gone", path), ("inner.lost", path)]
    assert "secret" not in caplog.text


def test_an_unknown_field_is_an_error_where_the_schema_forbids_it(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"gone": 5}))
    with pytest.raises(ConfigurationError, match="gone: is not a known field"):
        load_config(path, Strict)
