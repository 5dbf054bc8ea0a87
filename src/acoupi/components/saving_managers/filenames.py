"""File names from templates, safe on every file system a sensor may carry."""

import string
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from pydantic import BaseModel

from acoupi.data import Recording
from acoupi.errors import ParameterError

__all__ = ["FilenameFormatter", "render_filename", "sanitize_filename"]

UNSAFE = set('<>:"/\\|?*')
UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
MAX_BYTES = 230
"""File systems take 255; the rest is for the temporary names of a file being written."""


def sanitize_filename(filename: str) -> str:
    """Make any text a name of one plain file.

    What separates paths, what exFAT and Windows refuse and what cannot be seen
    becomes ``_``, as do a leading dot and trailing dots and spaces; too long a
    name loses the end of its stem.

    Examples
    --------
    >>> sanitize_filename("../café 06:30?.wav")
    '_._café 06_30_.wav'
    """
    name = _without_unsafe(filename)
    if name.startswith("."):
        name = "_" + name[1:]
    kept = name.rstrip(". ")
    return _shortened(kept + "_" * (len(name) - len(kept))) or "_"


class FilenameFormatter(string.Formatter):
    """Fill a template with the fields of a recording and its deployment, and nothing else.

    What is filled in is sanitised, so a deployment called ``../..`` stays a
    part of a name. A field that is None is empty.
    """

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Return what a template's first name stands for."""
        if isinstance(key, int) or key not in kwargs:
            raise KeyError(f"{{{key}}} is neither a recording nor a deployment")
        return kwargs[key]

    def get_field(
        self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> tuple[Any, int | str]:
        """Return the field a dotted name stands for; only fields can be reached."""
        first, *names = field_name.split(".")
        value = self.get_value(first, args, kwargs)
        for name in names:
            if not isinstance(value, BaseModel) or name not in type(value).model_fields:
                raise KeyError(f"{{{field_name}}} has no field {name!r}")
            value = getattr(value, name)
        if isinstance(value, BaseModel):
            raise KeyError(f"{{{field_name}}} names no field")
        return value, first

    def format_field(self, value: Any, format_spec: str) -> str:
        """Format one field, and make it safe inside a file name."""
        text = "" if value is None else format(value, format_spec) if format_spec else str(value)
        return _without_unsafe(text)


def render_filename(template: str, recording: Recording) -> str:
    """Fill a template with a recording.

    Raises
    ------
    ParameterError
        If the template cannot be filled.
    """
    try:
        name = FilenameFormatter().format(
            template, recording=recording, deployment=recording.deployment
        )
    except (KeyError, ValueError, TypeError, IndexError, AttributeError) as error:
        raise ParameterError(
            template,
            f"the filename template {template!r} cannot be used: {error.args[0]}",
            help="name fields such as {recording.created_on:%Y%m%d_%H%M%S}, {recording.id} "
            "and {deployment.name}",
        ) from error
    return sanitize_filename(name)


def _without_unsafe(text: str) -> str:
    return "".join("_" if _is_unsafe(char) else char for char in text)


def _is_unsafe(char: str) -> bool:
    return char in UNSAFE or unicodedata.category(char) in UNSEEN


def _shortened(name: str) -> str:
    path = PurePath(name)
    suffix = path.suffix if len(path.suffix.encode()) <= MAX_BYTES // 4 else ""
    stem = name[: len(name) - len(suffix)] if suffix else name
    room = MAX_BYTES - len(suffix.encode())
    return stem.encode()[:room].decode(errors="ignore") + suffix
