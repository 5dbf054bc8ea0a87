"""``acoupi config edit``."""

import json
import os
import shlex
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from acoupi.cli.base import HomeCommand
from acoupi.cli.commands.config.common import apply_option, load, schema_of, tell
from acoupi.cli.render import note
from acoupi.errors import AcoupiError, ConfigurationError

if TYPE_CHECKING:
    from pydantic import BaseModel

    from acoupi.system import Settings

__all__ = ["edit"]

HEAD = (
    "The configuration of {program}.",
    "Save and leave to use it; leave it unchanged, or empty it, to change nothing.",
    "A masked secret stays as it is. Lines that begin with # are left out.",
)


@click.command(
    "edit",
    cls=HomeCommand,
    examples=("acoupi config edit", "EDITOR=nano acoupi config edit --apply"),
)
@apply_option
@click.pass_obj
def edit(settings: "Settings", is_applied: bool) -> None:
    """Change the configuration in $VISUAL or $EDITOR.

    What is not valid is opened again, with what is wrong at the top.
    """
    from acoupi.cli.home import program_name
    from acoupi.config import dump_config, set_config_field
    from acoupi.config.rebase import rebased
    from acoupi.system.config_file import change_config

    config = load(settings)
    opened = dump_config(config)

    def changed(now: "BaseModel", text: str) -> "BaseModel":
        masked = json.loads(dump_config(now))
        document = rebased(json.loads(opened), json.loads(text), masked)
        return set_config_field(now, "", json.dumps(document), is_json=True)

    head = [line.format(program=program_name(settings)) for line in HEAD]
    text = _edited(opened, head, lambda text: _refused(lambda: changed(config, text)))
    if text is None:
        note("nothing is changed")
        return
    change = change_config(
        settings, schema_of(settings), lambda now: changed(now, text), "acoupi config edit"
    )
    tell(settings, change, is_applied)


def _edited(text: str, head: list[str], refused: Callable[[str], str | None]) -> str | None:
    """Let a person edit a text until it is accepted; None if they change nothing.

    Raises
    ------
    ConfigurationError
        If they leave a refused text as it is.
    """
    with tempfile.TemporaryDirectory(prefix="acoupi-") as folder:
        path = Path(folder) / "program.json"
        path.touch(0o600)
        shown, reason = text, None
        while True:
            remarks = [*head, *(["", *reason.splitlines()] if reason else [])]
            path.write_text("".join(f"# {r}".rstrip() + "\n" for r in remarks) + shown + "\n")
            _run_editor(path)
            written = _without_remarks(path)
            if not written or written == text.strip():
                return None
            if reason and written == shown:
                raise ConfigurationError(reason, help="nothing is changed")
            shown, reason = written, refused(written)
            if reason is None:
                return written


def _refused(change: "Callable[[], BaseModel]") -> str | None:
    """Return why a change is refused, if it is."""
    try:
        change()
    except AcoupiError as error:
        return error.message
    except json.JSONDecodeError as error:
        return f"this is not JSON: line {error.lineno} below, column {error.colno}: {error.msg}"
    except (ValueError, RecursionError) as error:
        return f"this is not JSON: {error}"
    return None


def _without_remarks(path: Path) -> str:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError:
        raise ConfigurationError("what was written is not text in UTF-8") from None
    return "\n".join(line for line in lines if not line.startswith("#")).strip()


def _run_editor(path: Path) -> None:
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        code = subprocess.run([*shlex.split(editor), str(path)], check=False).returncode
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"the editor {editor!r} cannot be started: {error}",
            help="name another: EDITOR=nano acoupi config edit",
        ) from None
    if code:
        raise ConfigurationError(f"the editor {editor!r} failed; nothing is changed")
