"""``acoupi config export`` and ``import``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from acoupi.cli.base import Command, HomeCommand
from acoupi.cli.commands.config.common import apply_option, load, read_text, tell
from acoupi.cli.render import note, result

if TYPE_CHECKING:
    from acoupi.system import Settings
    from acoupi.system.config_import import Import

__all__ = ["export", "import_"]


@click.command(
    "export",
    cls=HomeCommand,
    examples=(
        "acoupi config export meadow.json",
        "acoupi config export --format toml",
        "acoupi config export --secrets | ssh sensor7 acoupi config import -",
    ),
)
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "toml"]),
    help="[default: by the name of the file, otherwise json]",
)
@click.option("--secrets", is_flag=True, help="Write secrets too; otherwise they are masked.")
@click.pass_obj
def export(settings: "Settings", file: Path | None, form: str | None, secrets: bool) -> None:
    """Write the configuration for other devices, to FILE or stdout.

    With the name of the program and its version. FILE can be read by its owner
    only.
    """
    from acoupi.cli.home import program_name
    from acoupi.system.config_export import export_config

    as_toml = form == "toml" or (form is None and file is not None and file.suffix == ".toml")
    text = export_config(program_name(settings), load(settings), secrets).text(as_toml)
    if file is None:
        result(text.rstrip("\n"))
    else:
        _write(file, text)
        note(f"written to {file}" + (", with secrets" if secrets else ""))


@click.command(
    "import",
    cls=Command,
    examples=(
        "acoupi config import meadow.json --dry-run",
        "acoupi config import meadow.json --apply",
    ),
)
@click.argument("file")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--program-change", is_flag=True, help="Give a home with another program this one.")
@apply_option
def import_(file: str, dry_run: bool, program_change: bool, is_applied: bool) -> None:
    """Take over what export wrote to FILE, or - for stdin.

    A home without a program is set up with the one in FILE. Where secrets are
    masked in FILE, those of the home stay.
    """
    from acoupi.cli.home import load_settings
    from acoupi.system.config_export import read_export
    from acoupi.system.config_import import import_config
    from acoupi.system.pending import finish_writing

    settings = load_settings()
    finish_writing(settings)
    export = read_export(read_text(file), file)
    done = import_config(settings, export, file, program_change, dry_run)
    if dry_run:
        _foretell(settings, done, export.program)
    elif done.sets_up:
        note(f"{export.program} is set up in {settings.home}")
    else:
        tell(settings, done.change, is_applied)
    for name in done.missing_secrets:
        note(f"a secret is not in {file}: give it with acoupi config set --field {name} VALUE")


def _foretell(settings: "Settings", done: "Import", program: str) -> None:
    from acoupi.config.flat import field_changes

    if done.change.before is None:
        result(f"would set up {program} in {settings.home}")
        return
    changes = field_changes(done.change.before, done.change.after)
    for change in changes:
        result(str(change))
    if not changes:
        note("nothing would be different")


def _write(file: Path, text: str) -> None:
    from acoupi._files import write_atomic
    from acoupi.errors import ConfigurationError

    if not file.parent.is_dir():
        raise ConfigurationError(f"{file} cannot be written: there is no folder {file.parent}")
    try:
        write_atomic(file, text, 0o600)
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be written: {error.strerror}") from error
