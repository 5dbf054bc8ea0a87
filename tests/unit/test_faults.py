"""What an author is told of a fault in a program of their own."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from acoupi._faults import describe_fault


def fault_of(call: Callable[[], object]) -> str:
    with pytest.raises(Exception) as caught:
        call()
    return describe_fault(caught.value)


def test_the_line_that_failed_is_named() -> None:
    birds: dict[str, int] = {}
    said = fault_of(lambda: birds["wren"])
    assert said.startswith("KeyError: 'wren' (")
    assert str(Path(__file__)) in said


def test_of_a_fault_in_a_library_the_line_that_called_it_is_named() -> None:
    assert Path(__file__).name in fault_of(lambda: json.loads("{"))


def test_of_a_syntax_error_the_place_in_the_text_is_named() -> None:
    said = fault_of(lambda: compile("x = 1\ny = ", "wren.py", "exec"))
    assert said == "SyntaxError: invalid syntax (wren.py, line 2)"


def test_an_error_without_a_text_or_a_place_is_named() -> None:
    assert describe_fault(KeyError()) == "KeyError"
