"""The promise to programs that other people wrote: these names, called like this, work.

``public_api.json`` names, module by module, what they import. A parameter is
written ``name`` where callers must give it, and ``name=`` where they may. More
names, parameters and fields than these are no breach; fewer are.
"""

import importlib
import inspect
import json
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

Promise = dict[str, Any]

MODULES: dict[str, dict[str, Promise]] = json.loads(
    (Path(__file__).parent / "public_api.json").read_text()
)
NAMES = [
    (module, name, promise) for module in MODULES for name, promise in MODULES[module].items()
]


def thing(module: str, name: str) -> Any:
    return getattr(importlib.import_module(module), name)


def signatures(promise: Promise) -> Iterator[tuple[str, list[str]]]:
    """Yield what is called, below the name, and with which parameters."""
    if promise["kind"] == "function":
        yield "", promise["params"]
    if "init" in promise:
        yield "__init__", promise["init"]
    yield from promise.get("methods", {}).items()


CALLS = [
    pytest.param(module, name, below, wanted, id=".".join(filter(None, [module, name, below])))
    for module, name, promise in NAMES
    for below, wanted in signatures(promise)
]
FIELDS = [
    pytest.param(module, name, promise["fields"], id=f"{module}.{name}")
    for module, name, promise in NAMES
    if "fields" in promise
]
MEMBERS = [
    pytest.param(module, name, promise["members"], id=f"{module}.{name}")
    for module, name, promise in NAMES
    if "members" in promise
]


@pytest.mark.parametrize("module", MODULES)
def test_every_name_can_be_imported(module: str) -> None:
    have = importlib.import_module(module)
    assert [name for name in MODULES[module] if not hasattr(have, name)] == []


@pytest.mark.parametrize(("module", "name", "below", "wanted"), CALLS)
def test_a_call_that_worked_still_fits(
    module: str, name: str, below: str, wanted: list[str]
) -> None:
    found = thing(module, name)
    signature = inspect.signature(getattr(found, below) if below else found)
    object_itself = [None] if "self" in wanted else []
    given = [word for word in wanted if word not in ("self", "cls") and not word.startswith("*")]
    every = [word.rstrip("=") for word in given]
    required = [word for word in given if not word.endswith("=")]
    signature.bind(*object_itself, **dict.fromkeys(required))
    signature.bind(*object_itself, **dict.fromkeys(every))
    by_place = signature.bind(*object_itself, *every).arguments
    assert {word: by_place.get(word, word) for word in every} == {word: word for word in every}


@pytest.mark.parametrize(("module", "name", "fields"), FIELDS)
def test_an_object_has_the_fields_that_are_read(module: str, name: str, fields: list[str]) -> None:
    found = thing(module, name)
    assert issubclass(found, BaseModel)
    assert set(fields) - set(found.model_fields) == set()


@pytest.mark.parametrize(("module", "name", "members"), MEMBERS)
def test_an_enumeration_has_the_members_that_were_stored(
    module: str, name: str, members: dict[str, str]
) -> None:
    found = thing(module, name)
    assert issubclass(found, Enum)
    have = {name: member.value for name, member in found.__members__.items()}
    assert members.items() <= have.items()


def test_the_promise_is_the_whole_one() -> None:
    assert len(NAMES) == 303
    assert len(CALLS) + len(FIELDS) + len(MEMBERS) > 400
