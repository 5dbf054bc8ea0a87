"""``acoupi completion``."""

import click

from acoupi.cli.base import Command
from acoupi.cli.render import result

__all__ = ["completion"]

SHELLS = ("bash", "zsh", "fish")


@click.command(
    cls=Command,
    examples=(
        'eval "$(acoupi completion bash)"            # in ~/.bashrc',
        'eval "$(acoupi completion zsh)"             # in ~/.zshrc',
        "acoupi completion fish > ~/.config/fish/completions/acoupi.fish",
    ),
)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print what makes a shell complete acoupi's commands.

    Commands, options, programs, and the options of the program that is named
    are completed.
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"nothing is known of the shell {shell}")
    script = found(ctx.find_root().command, {}, "acoupi", "_ACOUPI_COMPLETE")
    result(script.source_template % script.source_vars())
