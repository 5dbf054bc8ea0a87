"""The texts that a home's files are made from."""

import re
import shlex
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["render_template"]


def render_template(template_name: str, **kwargs: object) -> str:
    """Fill in one of the templates of ``acoupi/templates``."""
    return _environment().get_template(template_name).render(**kwargs)


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("acoupi"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - shell, units and Python, not HTML
    )
    environment.filters |= {
        "sh": _sh,
        "systemd": _systemd,
        "systemd_folder": _systemd_folder,
        "systemd_glob": _systemd_glob,
    }
    return environment


def _sh(value: object) -> str:
    """Quote a word for a POSIX shell; systemd reads the same in an environment file."""
    return shlex.quote(str(value))


def _systemd(value: object) -> str:
    """Quote an argument of a command in a unit; the command begins with a colon, for the $."""
    text = _without_specifiers(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _systemd_folder(value: object) -> str:
    """Write a value of a unit that is a folder, whose name may end in a blank or backslash."""
    return f"{_without_specifiers(value)}/."


def _systemd_glob(value: object) -> str:
    """Write a value of a unit that would be looked for as a pattern."""
    return re.sub(r"([*?\[\]\\])", r"\\\1", _without_specifiers(value))


def _without_specifiers(value: object) -> str:
    return str(value).replace("%", "%%")
