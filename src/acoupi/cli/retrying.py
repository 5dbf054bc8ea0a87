"""What commands that try something again have in common: which of them."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

import click

__all__ = ["retry_options"]

F = TypeVar("F", bound=Callable[..., Any])


def retry_options(kind: type[UUID] | type[str]) -> Callable[[F], F]:
    """Add ids and ``--all``, one of which must be given; without ids, ``ids`` is None."""

    def add(function: F) -> F:
        @wraps(function)
        def run(*args: Any, ids: tuple[Any, ...], everything: bool, **kwargs: Any) -> Any:
            if everything == bool(ids):
                raise click.UsageError("Give some ids, or --all.")
            return function(*args, ids=ids or None, **kwargs)

        with_ids = click.argument("ids", nargs=-1, type=kind, metavar="[ID]...")(run)
        return click.option("--all", "everything", is_flag=True, help="All of them.")(with_ids)  # pyright: ignore[reportReturnType]

    return add
