"""Pydantic's errors in plain words."""

from typing import Any

from acoupi.config.annotations import choices
from acoupi.config.fields import Node, nearest

__all__ = ["reason_for"]

LONGEST = 300
"""A validator may quote the whole of a value in what it says."""

# The first that an error's type starts with; {} are taken from the error's context.
_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not a known field",
    "none_required": "should be null",
    "int_parsing_size": "is too large a number",
    "int_": "should be a whole number",
    "float_": "should be a number",
    "decimal_parsing": "should be a number",
    "decimal_type": "should be a number",
    "finite_number": "should be a finite number",
    "bool_": "should be true or false",
    "string_too_short": "should have at least {min_length} characters",
    "string_too_long": "should have at most {max_length} characters",
    "string_pattern_mismatch": "should match the pattern {pattern}",
    "string_unicode": "should be text in UTF-8",
    "string_": "should be text",
    "bytes_type": "should be text",
    "json_invalid": "holds something that cannot be read: {error}",
    "greater_than_equal": "should be at least {ge}",
    "greater_than": "should be more than {gt}",
    "less_than_equal": "should be at most {le}",
    "less_than": "should be less than {lt}",
    "multiple_of": "should be a multiple of {multiple_of}",
    "too_short": "should have at least {min_length} items",
    "too_long": "should have at most {max_length} items",
    "time_delta": "should be a duration, such as 00:30:00 or PT30M or seconds",
    "timezone_": "should have a time zone, such as +00:00",
    "time_": "should be a time of day, such as 06:30",
    "datetime_": "should be a date and time, such as 2026-05-01T06:30:00Z",
    "date_from": "should be a date, such as 2026-05-01",
    "date_parsing": "should be a date, such as 2026-05-01",
    "date_type": "should be a date, such as 2026-05-01",
    "zoneinfo": "should be a time zone, such as Europe/London",
    "byte_size": "should be a size, such as 500MB or 2GiB",
    "path_type": "should be a path",
    "url_": "should be a URL, such as https://example.org",
    "list_type": 'should be a JSON list, such as ["a", "b"]',
    "tuple_type": 'should be a JSON list, such as ["a", "b"]',
    "set_type": 'should be a JSON list, such as ["a", "b"]',
    "frozen_set_type": 'should be a JSON list, such as ["a", "b"]',
    "dict_type": 'should be a JSON object, such as {{"name": "value"}}',
    "model_type": 'should be a JSON object, such as {{"name": "value"}}',
    "model_attributes_type": 'should be a JSON object, such as {{"name": "value"}}',
    "dataclass_type": 'should be a JSON object, such as {{"name": "value"}}',
    "union_tag_invalid": "should have as {discriminator} one of {expected_tags}",
    "union_tag_not_found": "should say which kind it is with {discriminator}",
    "uuid_": "should be a UUID",
    "value_error": "{error}",
    "assertion_error": "{error}",
}


def reason_for(error: dict[str, Any], node: Node | None) -> str:
    """Return why a value is refused, as the end of a sentence about it.

    Parameters
    ----------
    error
        One of ``ValidationError.errors()``.
    node
        The field, where it is a known one.
    """
    if error["type"] in ("literal_error", "enum"):
        return _not_a_choice(error, node)
    words = next((w for start, w in _WORDS.items() if error["type"].startswith(start)), None)
    if words is None:
        words = (
            error["msg"].replace("Input should", "should").replace("{", "{{").replace("}", "}}")
        )
    return _one_line(words.format_map(error.get("ctx", {})))


def _not_a_choice(error: dict[str, Any], node: Node | None) -> str:
    limited = choices(node.info.annotation) if node and node.info else []
    if len(limited) <= 10:
        return f"should be {error['ctx']['expected']}"
    meant = nearest(str(error["input"]), limited)
    hint = f"; did you mean {meant}?" if meant else f", such as {limited[0]}"
    return f"is none of the {len(limited)} known values{hint}"


def _one_line(text: str) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
