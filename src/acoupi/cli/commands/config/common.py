"""What the commands about configuration share."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from acoupi.cli.render import note

if TYPE_CHECKING:
    from pydantic import BaseModel

    from acoupi.system import Settings
    from acoupi.system.config_file import ConfigChange

__all__ = ["apply_option", "field_names", "json_option", "load", "read_text", "schema_of", "tell"]

apply_option: Any = click.option(
    "--apply", "is_applied", is_flag=True, help="Restart what runs, so that it takes the change."
)
json_option: Any = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def field_names(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """Complete the dotted name of a field or section; nothing where no program is set up."""
    from acoupi.cli.home import require_home
    from acoupi.config import walk
    from acoupi.errors import AcoupiError

    try:
        nodes = walk(schema_of(require_home())).nodes()
    except AcoupiError:
        return []
    return [node.name for node in nodes if node.name.startswith(incomplete)]


def schema_of(settings: "Settings") -> "type[BaseModel]":
    """Return the class of the configuration."""
    from acoupi.system import load_config_schema

    return load_config_schema(settings)


def load(settings: "Settings") -> "BaseModel":
    """Return the configuration of a home."""
    from acoupi.system.programs import load_program_config

    return load_program_config(settings)


def read_text(path: str) -> str:
    """Return what is in a file, or on stdin for ``-``.

    Raises
    ------
    ConfigurationError
        If it cannot be read as text.
    """
    from acoupi.errors import ConfigurationError

    try:
        raw = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path} is not text in UTF-8") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigurationError(f"{path} cannot be read: {reason}") from None


def tell(settings: "Settings", change: "ConfigChange", is_applied: bool) -> None:
    """Say what has changed, and what has to be restarted for it, or restart it."""
    from acoupi.config.flat import field_changes

    if not change.is_made:
        note(f"nothing is different in {settings.program_config_file}")
    elif change.before is None:
        note(f"{settings.program_config_file} is whole again")
    else:
        for line in field_changes(change.before, change.after):
            note(str(line))
    _take_effect(settings, is_applied, change.is_made)


def _take_effect(settings: "Settings", is_applied: bool, is_made: bool) -> None:
    running = _what_runs(settings)
    if is_applied and running:
        from acoupi.system import restart_workers

        note(f"restarting the workers and the schedule of {running}")
        restart_workers(settings)
        note("they run with the configuration as it is now")
    elif running and is_made:
        note(
            f"the workers and the schedule of {running} go on with the values before, until they "
            "are restarted: acoupi workers restart, or --apply next time"
        )


def _what_runs(settings: "Settings") -> str | None:
    """Name what runs with the configuration as it was, if anything does."""
    from acoupi.system import get_current_deployment
    from acoupi.system.services import is_running
    from acoupi.system.supervisor.locks import is_held

    if not (is_held(settings.lock_file) or is_running(settings)):
        return None
    deployment = get_current_deployment(settings)
    return f"the deployment {deployment.name!r}" if deployment else "this home"
