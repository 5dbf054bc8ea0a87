"""Options of a model as somebody wrote them."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from acoupi.errors import ConfigurationError

__all__ = ["read_options"]

T = TypeVar("T", bound=BaseModel)


def read_options(kind: type[T], given: Mapping[str, Any], who: str) -> T:
    """Return options as a model takes them.

    Parameters
    ----------
    kind
        What there is to be set.
    given
        What was set, by name.
    who
        The model's name, for the error.

    Raises
    ------
    ConfigurationError
        If they make no sense.
    """
    try:
        return kind.model_validate(dict(given))
    except ValidationError as error:
        raise ConfigurationError(
            f"the model {who} cannot be used with these options: "
            + "; ".join(map(_complaint, error.errors())),
            help=f"it has {', '.join(sorted(kind.model_fields))}",
        ) from error


def _complaint(error: ErrorDetails) -> str:
    name = ".".join(map(str, error["loc"]))
    if error["type"] == "extra_forbidden":
        return f"there is no option {name}"
    return f"{name}: {error['msg']}"
