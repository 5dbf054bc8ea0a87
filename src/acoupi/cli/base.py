"""What all commands share: loading late, ending well, and needing a home."""

import os
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

import click

from acoupi.cli.failures import guarded

if TYPE_CHECKING:
    from acoupi.system import Settings

__all__ = ["Command", "Group", "HomeCommand", "HomeGroup", "by_itself"]

F = TypeVar("F", bound=Callable[..., Any])


class Command(click.Command):
    """A command whose help ends with examples."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, unwrapped."""
        super().format_epilog(ctx, formatter)
        if self.examples:
            with formatter.section("Examples"):
                indent = " " * formatter.current_indent
                formatter.write("".join(f"{indent}{line}\n" for line in self.examples))


class Group(Command, click.Group):
    """A group that imports a command when it is called, and ends with its exit code.

    Parameters
    ----------
    lazy
        Name of a command to where it is (``"module:attribute"``) and what it
        does, so that help needs none of them.
    """

    def __init__(
        self, *args: Any, lazy: Mapping[str, tuple[str, str]] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lazy = dict(lazy or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands in the order they were declared."""
        return [*self.lazy, *(name for name in self.commands if name not in self.lazy)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, importing it if need be."""
        if cmd_name in self.lazy:
            module, _, attribute = self.lazy[cmd_name][0].partition(":")
            return getattr(import_module(module), attribute)
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the names with what they do, without importing them."""
        if not self.lazy:
            return super().format_commands(ctx, formatter)
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in self.lazy.items()])
        return None

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what it returns, or fails with, becomes the exit code."""
        if os.environ.get("NO_COLOR"):
            ctx.color = False
        code = guarded(lambda: super(Group, self).invoke(ctx), ctx)
        if code:
            ctx.exit(code)


class HomeCommand(Command):
    """A command that does nothing unless a program is set up; it is given the settings."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse; of two complaints, the one about the home comes first."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError:
            _require_home()
            raise

    def invoke(self, ctx: click.Context) -> Any:
        """Run with the settings as the context's object."""
        ctx.obj = _require_home()
        return super().invoke(ctx)


class HomeGroup(Group):
    """A group that also does something by itself, if a program is set up."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, invoke_without_command=True, **kwargs)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse; of two complaints, the one about the home comes first."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError:
            _require_home()
            raise


def by_itself(function: F) -> F:
    """Run a group's function with the settings, and only if no command follows."""

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        if click.get_current_context().invoked_subcommand is None:
            return function(_require_home(), *args, **kwargs)
        return None

    return run  # pyright: ignore[reportReturnType] - click passes the rest


def _require_home() -> "Settings":
    from acoupi.cli.home import require_home

    return require_home()
