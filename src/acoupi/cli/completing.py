"""What a shell is told that could be typed next."""

from collections.abc import Iterator

import click
from click.shell_completion import CompletionItem

__all__ = ["complete_program", "program_flags"]


def complete_program(
    _: click.Context, __: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the programs that begin like this."""
    from acoupi.system.program_names import described_programs

    return [
        CompletionItem(name, help=text)
        for name, text in described_programs().items()
        if name.startswith(incomplete)
    ]


def program_flags(program: str, incomplete: str) -> list[CompletionItem]:
    """Return the options of a program that begin like this; none if it cannot be loaded."""
    from acoupi.cli.home import load_settings
    from acoupi.config.fields import Leaf, walk
    from acoupi.errors import AcoupiError
    from acoupi.system.programs import find_program_class

    try:
        schema = find_program_class(load_settings(), program).get_config_schema()
    except AcoupiError:
        return []
    leaves = (leaf for leaf in walk(schema).nodes() if isinstance(leaf, Leaf))
    return [
        CompletionItem(flag, help=leaf.info.description)
        for leaf in leaves
        for flag in _flags(leaf.name, leaf.is_flag)
        if flag.startswith(incomplete)
    ]


def _flags(name: str, is_switch: bool) -> Iterator[str]:
    yield f"--{name}"
    if is_switch:
        yield f"--no-{name}"
