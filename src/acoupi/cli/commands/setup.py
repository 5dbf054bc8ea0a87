"""``acoupi setup``."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from acoupi.cli.base import Command
from acoupi.cli.completing import complete_program, program_flags
from acoupi.cli.render import note
from acoupi.cli.wrapping import tell
from acoupi.errors import AcoupiError

if TYPE_CHECKING:
    from acoupi.system.settings import Settings
    from acoupi.system.setup_file import SetupFile
    from acoupi.system.setup_report import SetupReport

__all__ = ["setup"]

DEFAULT = "acoupi.programs.default"


class _SetupCommand(Command):
    """A command whose help also lists the options of the program it is asked about."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta["program"] = _named_program(args)
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return what could come next: also the options of the program that is named."""
        found = super().shell_complete(ctx, incomplete)
        program = ctx.meta.get("program")
        if program and incomplete.startswith("-"):
            found += program_flags(program, incomplete)
        return found

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
        "acoupi setup --config meadow.json --no-prompt",
    ),
    options_metavar="[--SECTION.FIELD VALUE]... [OPTIONS]",
    context_settings={"ignore_unknown_options": True},
)
@click.option(
    "--program",
    metavar="MODULE",
    shell_complete=complete_program,
    help="The Python module of the program.",
)
@click.option(
    "--config",
    "config_file",
    metavar="FILE",
    type=click.Path(),
    help="Take the values of a file: one of acoupi config export, or a program.json.",
)
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
def setup(
    program: str | None, config_file: str | None, prompt: bool, keep: bool, args: tuple[str, ...]
) -> None:
    """Set up a program in the home.

    Every field of the program's configuration is an option too:
    --SECTION.FIELD VALUE, or --SECTION.FIELD=VALUE; yes and no also as
    --SECTION.FIELD and --no-SECTION.FIELD; lists and the like as JSON.
    With --program, --help lists them.

    With --config, flags come before the values of the file, and only what has
    no value there and no default is asked for.

    In a home that is set up already, what is not given stays as it is. A home
    of acoupi 0.6 to 0.8 is taken over, and what will be different is listed.
    """
    from acoupi.cli.home import load_settings

    settings = load_settings()
    with _leaving_as_it_was():
        file = _read_file(config_file) if config_file else None
        name = program or _named_in(file, settings) or _ask_program(settings, prompt)
        report = _set_up(settings, name, file, list(args), prompt, keep)
    tell(f"{name} is set up in {settings.home}")
    _tell_of(report)
    tell("next: acoupi check, then acoupi deployment start")


def _set_up(
    settings: "Settings",
    name: str,
    file: "SetupFile | None",
    args: list[str],
    prompt: bool,
    keep: bool,
) -> "SetupReport":
    if file is None:
        from acoupi.system import setup_program

        return setup_program(settings, name, args=args, prompt=prompt, keep=keep)
    from acoupi.system.setup_file import setup_from_file

    return setup_from_file(settings, name, file, args, prompt, keep)


def _read_file(path: str) -> "SetupFile":
    from acoupi.cli.commands.config.common import read_text
    from acoupi.system.setup_file import read_setup_file

    return read_setup_file(read_text(path), path)


def _named_in(file: "SetupFile | None", settings: "Settings") -> str | None:
    """Return the program that a file is for: the home's, if it does not say."""
    if file is None or file.program:
        return file.program if file else None
    return _named_in_home(settings)


def _named_in_home(settings: "Settings") -> str | None:
    named = settings.program_name_file
    return named.read_text(encoding="utf-8").strip() if named.is_file() else None


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
    """Say what became of an earlier set-up, and what is still to be done."""
    if report.kept:
        tell("values of the earlier set-up are kept where no other was given")
    for name in report.left_out:
        tell(f"left out, because the program does not know it: {name}")
    for name in report.missing_secrets:
        tell(f"the file masks a secret that is still missing: {name}")
    for path in report.backups:
        tell(f"what was there before is in {path}")
    if report.differences:
        tell("an earlier acoupi set up this home; what is different from now on:")
    for line in report.differences:
        tell(f"  - {line}")
    if report.is_first_unnamed:
        tell(
            "the first of the microphones has no name to tell its recordings by; before the "
            "first deployment: acoupi config set --field microphone.name NAME"
        )


def _ask_program(settings: "Settings", prompt: bool) -> str:
    if not (prompt and sys.stdin.isatty()):
        raise click.UsageError(f"Missing option '--program'; for example {DEFAULT}.")
    from acoupi.system.program_names import described_programs

    programs = described_programs()
    note("Which program?")
    for number, (name, text) in enumerate(programs.items(), 1):
        tell(f"  {number}  {name}")
        tell(f"       {text}")
    names = list(programs)
    usual = _usual_answer(names, _named_in_home(settings))
    while not (name := _chosen_program(settings, names, usual)):
        pass
    return name


def _usual_answer(names: list[str], installed: str | None) -> str:
    """Return what Enter takes: the program that the home has, lest it is changed unasked."""
    if installed is None:
        return "1"
    return str(names.index(installed) + 1) if installed in names else installed


def _chosen_program(settings: "Settings", names: list[str], usual: str) -> str | None:
    """Ask once; None if the answer is no program, which is then said."""
    from acoupi.system.programs import find_program_class

    text = click.prompt("Its number, or the module of another", default=usual, err=True).strip()
    if text in map(str, range(1, len(names) + 1)):
        return names[int(text) - 1]
    try:
        find_program_class(settings, text)
    except AcoupiError as error:
        is_name = text.replace(".", "").isidentifier()
        for line in (str(error), error.help) if is_name else (f"{text} is none of these",):
            tell(f"  {line or ''}")
        return None
    return text


def _named_program(args: list[str]) -> str | None:
    """Find the program among words that are not parsed yet."""
    for word, following in zip(args, [*args, None][1:], strict=True):
        if word == "--program":
            return following
        if word.startswith("--program="):
            return word.partition("=")[2]
    return None
