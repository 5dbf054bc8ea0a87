"""``acoupi setup``."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from acoupi.cli.base import Command
from acoupi.cli.render import note
from acoupi.cli.wrapping import tell

if TYPE_CHECKING:
    from acoupi.system.setup_report import SetupReport

__all__ = ["setup"]

DEFAULT = "acoupi.programs.default"


class _SetupCommand(Command):
    """A command whose help also lists the options of the program it is asked about."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta["program"] = _named_program(args)
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        if program := ctx.meta.get("program"):
            from acoupi.cli.home import load_settings
            from acoupi.cli.options import write_program_options
            from acoupi.system.programs import find_program_class

            program_class = find_program_class(load_settings(), program)
            write_program_options(program_class.get_config_schema(), formatter)


@click.command(
    cls=_SetupCommand,
    examples=(
        "acoupi setup --program acoupi.programs.default",
        "acoupi setup --program acoupi.programs.default --help",
        "acoupi setup --program acoupi.programs.default --no-prompt \\",
        "    --microphone.device_name hw:1,0 --recording.duration 5",
    ),
    options_metavar="[--SECTION.FIELD VALUE]... [OPTIONS]",
    context_settings={"ignore_unknown_options": True},
)
@click.option("--program", metavar="MODULE", help="The Python module of the program.")
@click.option(
    "--prompt/--no-prompt",
    default=True,
    show_default=True,
    help="Ask for what is not given; otherwise its default is taken.",
)
@click.option(
    "--keep/--no-keep",
    default=True,
    show_default=True,
    help="Keep values of an earlier set-up of the same program where no other is given.",
)
@click.argument("args", nargs=-1, type=click.UNPROCESSED, metavar="")
def setup(program: str | None, prompt: bool, keep: bool, args: tuple[str, ...]) -> None:
    """Set up a program in the home.

    Every field of the program's configuration is an option too:
    --SECTION.FIELD VALUE, or --SECTION.FIELD=VALUE; yes and no also as
    --SECTION.FIELD and --no-SECTION.FIELD; lists and the like as JSON.
    With --program, --help lists them.

    In a home that is set up already, what is not given stays as it is. A home
    of acoupi 0.6 to 0.8 is taken over, and what will be different is listed.
    """
    from acoupi.cli.home import load_settings
    from acoupi.system import setup_program

    settings = load_settings()
    name = program or _ask_program(prompt)
    with _leaving_as_it_was():
        report = setup_program(settings, name, args=list(args), prompt=prompt, keep=keep)
    tell(f"{name} is set up in {settings.home}")
    _tell_of(report)
    tell("next: acoupi check, then acoupi deployment start")


@contextmanager
def _leaving_as_it_was() -> Generator[None]:
    """Say that nothing was written when the questions are broken off."""
    try:
        yield
    except click.Abort:
        click.echo(err=True)
        note("nothing was written")
        raise


def _tell_of(report: "SetupReport") -> None:
    """Say what became of an earlier set-up."""
    if report.kept:
        tell("values of the earlier set-up are kept where no other was given")
    for name in report.left_out:
        tell(f"left out, because the program does not know it: {name}")
    for path in report.backups:
        tell(f"what was there before is in {path}")
    if report.differences:
        tell("an earlier acoupi set up this home; what is different from now on:")
    for line in report.differences:
        tell(f"  - {line}")


def _ask_program(prompt: bool) -> str:
    if not (prompt and sys.stdin.isatty()):
        raise click.UsageError(f"Missing option '--program'; for example {DEFAULT}.")
    from acoupi.system.program_names import described_programs

    programs = described_programs()
    note("Which program?")
    for number, (name, text) in enumerate(programs.items(), 1):
        tell(f"  {number}  {name}")
        tell(f"       {text}")
    text = click.prompt("Its number, or the module of another", default="1", err=True).strip()
    names = list(programs)
    return names[int(text) - 1] if text in map(str, range(1, len(names) + 1)) else text


def _named_program(args: list[str]) -> str | None:
    """Find the program among words that are not parsed yet."""
    for word, following in zip(args, [*args[1:], None], strict=True):
        if word == "--program":
            return following
        if word.startswith("--program="):
            return word.partition("=")[2]
    return None
