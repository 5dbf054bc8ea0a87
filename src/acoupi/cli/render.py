"""Results on stdout; everything else on stderr."""

import json
import os
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from acoupi.system import AcoupiStatus

__all__ = ["note", "result", "result_json", "result_status"]

WIDTH = 80
UNINSTALLED = "uninstalled"


def result(text: str) -> None:
    """Write a line of the result."""
    click.echo(text)


def note(text: str) -> None:
    """Say something to the person at the terminal."""
    click.echo(text, err=True)


def result_json(document: object, indent: int | None = 2, color: bool | None = False) -> None:
    """Write a JSON document.

    Parameters
    ----------
    document
        JSON values, or a JSON text to be written as it is.
    color
        Whether to colour it; None for on a terminal. NO_COLOR wins.
    """
    text = document if isinstance(document, str) else json.dumps(document, indent=indent)
    if not _in_colour(color):
        click.echo(text)
        return
    from rich.console import Console
    from rich.highlighter import JSONHighlighter

    console = Console(force_terminal=True)
    console.print(JSONHighlighter()(text), soft_wrap=True)


def result_status(status: "AcoupiStatus") -> None:
    """Draw a table of how everything is."""
    from rich.console import Console
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    for what, how in _status_rows(status):
        table.add_row(what, how, style=_style(how))
    console = Console(
        highlight=False, markup=False, emoji=False, width=None if _on_terminal() else WIDTH
    )
    console.print(table)


def _status_rows(status: "AcoupiStatus") -> list[tuple[str, str]]:
    services = {
        "service acoupi": status.services.acoupi,
        "service acoupi-beat": status.services.beat,
    }
    rows = [("program", _word(status.program))]
    rows += [(name, _word(state)) for name, state in services.items() if state != UNINSTALLED]
    rows.append(("celery", _word(status.celery.state)))
    rows += [(f"worker {w.worker_name}", _word(w.state)) for w in status.celery.workers]
    if status.supervisor.pid is not None:
        rows.append(("supervisor", status.supervisor.text or f"process {status.supervisor.pid}"))
    deployment = status.deployment
    if deployment is None:
        return [*rows, ("deployment", "none")]
    since = deployment.started_on.isoformat(sep=" ", timespec="seconds")
    rows.append(("deployment", f"{deployment.name}, since {since}"))
    if deployment.latitude is not None and deployment.longitude is not None:
        rows.append(("place", f"{deployment.latitude:.5f}, {deployment.longitude:.5f}"))
    return rows


def _word(state: object) -> str:
    return str(getattr(state, "value", state))


def _style(word: str) -> str:
    if word in ("ok", "active", "available"):
        return "green"
    return "red" if word in ("error", "failed", "unhealthy", "notok") else ""


def _on_terminal() -> bool:
    return sys.stdout.isatty()


def _in_colour(color: bool | None) -> bool:
    return not os.environ.get("NO_COLOR") and (_on_terminal() if color is None else color)
