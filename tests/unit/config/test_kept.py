"""Values of an earlier set-up, which come before defaults."""

import io
import sys
from typing import Any

import pytest
from pydantic import BaseModel, Field, SecretStr

from acoupi.config import parse_config_from_args, parse_section
from acoupi.config.flags import flags_for
from acoupi.errors import ConfigurationError


class Server(BaseModel):
    host: str
    port: int = 80
    key: SecretStr = SecretStr("")


class Microphone(BaseModel):
    device: str
    rate: int = 48_000

    @classmethod
    def setup(cls, args: list[str], prompt: bool = True, prefix: str = "") -> "Microphone":
        return parse_section(cls, args, prompt, prefix)


class Schema(BaseModel):
    number: int = Field(default=3, gt=0, alias="count")
    loud: bool = False
    microphone: Microphone
    server: Server | None = None


KEPT: dict[str, Any] = {
    "count": 5,
    "loud": True,
    "microphone": {"device": "hw:1", "rate": 96_000},
    "server": {"host": "lake", "key": "hushhush"},
}


def parse(*args: str, kept: Any = KEPT) -> Schema:
    return parse_config_from_args(Schema, list(args), prompt=False, kept=kept)


def test_what_is_not_given_stays_as_it_was() -> None:
    assert parse() == Schema.model_validate(KEPT)


def test_what_is_given_is_all_that_changes() -> None:
    changed = parse("--number", "7", "--no-loud", "--server.port", "81")

    assert changed == Schema.model_validate(
        KEPT | {"count": 7, "loud": False, "server": KEPT["server"] | {"port": 81}}
    )


def test_a_section_that_sets_itself_up_is_told_what_it_held() -> None:
    changed = parse("--microphone.rate", "250000")

    assert changed.microphone == Microphone(device="hw:1", rate=250_000)


def test_a_section_can_be_given_up_or_replaced_whole() -> None:
    assert parse("--server", "null").server is None
    assert parse("--microphone", '{"device": "hw:2"}').microphone == Microphone(device="hw:2")


def test_what_the_program_no_longer_knows_is_left_out() -> None:
    kept = KEPT | {"colour": "red", "server": {"host": "lake", "colour": "red"}}

    assert parse(kept=kept).server == Server(host="lake")


def test_a_kept_value_that_is_not_valid_is_named_and_can_be_corrected() -> None:
    kept = KEPT | {"count": -1}

    with pytest.raises(ConfigurationError, match="number"):
        parse(kept=kept)
    assert parse("--number", "1", kept=kept).number == 1


@pytest.mark.parametrize("kept", [None, {}, [], "text", 3])
def test_without_anything_to_keep_defaults_stand(kept: Any) -> None:
    assert parse("--microphone.device", "hw:1", kept=kept) == Schema.model_validate(
        {"microphone": {"device": "hw:1"}}
    )


def test_flags_say_what_is_held_but_for_what_is_given() -> None:
    from acoupi.config import walk

    flags = flags_for(walk(Schema), KEPT, ["--microphone.rate", "1", "--server", "null"])

    assert flags == ["--number=5", "--loud=true", "--microphone.device=hw:1"]


def ask(monkeypatch: pytest.MonkeyPatch, *lines: str) -> Schema:
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
    return parse_config_from_args(Schema, kept=KEPT)


def test_enter_keeps_what_is_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(monkeypatch, "", "", "", "", "", "", "") == Schema.model_validate(KEPT)

    asked = capsys.readouterr().err
    assert "device: hw:1" in asked
    assert "hushhush" not in asked


def test_a_section_that_asks_by_itself_asks_when_it_is_not_to_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    changed = ask(monkeypatch, "8", "", "n", "hw:7", "", "n")

    assert changed.number == 8
    assert changed.microphone == Microphone(device="hw:7", rate=96_000)
    assert changed.server is None
