from typing import Annotated

import pytest
from pydantic import BaseModel, Field, SecretStr

from acoupi.config import NoUserPrompt, walk
from acoupi.config.wizard.summary import Row, row_lines, summary_rows


class Server(BaseModel):
    host: str
    port: int = 80
    keys: dict[str, SecretStr] = Field(default_factory=dict[str, SecretStr])


class Schema(BaseModel):
    number: float = 3
    loud: bool = False
    key: SecretStr = SecretStr("usual")
    hidden: Annotated[int, NoUserPrompt] = 7
    server: Server | None = None
    usual: Server = Server(host="lake", port=81)


def page(config: Schema) -> dict[str, Row]:
    return {row.name: row for row in summary_rows(walk(Schema), config) if row.text}


def test_what_is_as_usual_is_not_marked_and_what_nobody_is_asked_for_not_shown() -> None:
    found = page(Schema())
    assert not any(row.differs for row in found.values())
    assert "hidden" not in found
    assert found["server"].text == "not set up"
    assert found["number"].text == "3"
    assert found["loud"].text == "no"


def test_what_differs_is_marked_wherever_it_is() -> None:
    config = Schema(number=4.5, hidden=8, server=Server(host="sea"), usual=Server(host="lake"))
    found = summary_rows(walk(Schema), config)
    marked = [row.name for row in found if row.differs]
    assert marked == ["number", "hidden", "host", "port"]
    assert Row("Server") in found


def test_a_secret_that_differs_is_marked_but_not_shown() -> None:
    config = Schema(key=SecretStr("hush"), server=Server(host="a", keys={"b": SecretStr("psst")}))
    found = page(config)
    assert found["key"] == Row("key", "**********", differs=True)
    assert "psst" not in str(found)


@pytest.mark.parametrize("columns", [39, 79])
def test_a_value_stands_beside_its_name_or_below_where_it_does_not_fit(columns: int) -> None:
    assert row_lines(Row("name", "value", differs=True), 12, columns) == ["  * name    value"]
    below = row_lines(Row("name", "/a" * 60), 12, columns)
    assert below[0] == "    name"
    assert "".join(line.strip() for line in below[1:]) == "/a" * 60
    assert max(map(len, below)) <= columns
