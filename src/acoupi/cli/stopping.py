"""What people see while a deployment ends, and of what was left."""

import sys
import threading
from typing import TYPE_CHECKING, Any, Self

import click

from acoupi.cli.failures import INTERRUPTED
from acoupi.cli.render import note, result, result_json

if TYPE_CHECKING:
    from acoupi.system import Settings
    from acoupi.system.leftovers import Leftovers
    from acoupi.system.lifecycle import StoppedProgram

__all__ = ["StopProgress", "leftover_lines", "report_stopped"]

QUIET_S = 1.0
"""What takes no longer needs no explanation."""

EVERY_S = 1.0
EVERY_LOGGED_S = 30.0
"""Where nobody watches, and each line stays."""


class StopProgress:
    """Says on stderr how far the end of a deployment is, if it takes a while."""

    def __init__(self, settings: "Settings") -> None:
        self._settings = settings
        self._on_terminal = sys.stderr.isatty()
        self._next_s = QUIET_S
        self._stopping = threading.Timer(QUIET_S, note, ["waiting for running tasks to end"])

    def __enter__(self) -> Self:
        self._stopping.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._has_stopped()
        self._clear()

    def tell(self, elapsed_s: float) -> None:
        """Say what is left, unless that was said just now."""
        self._has_stopped()
        if elapsed_s < self._next_s:
            return
        self._next_s = elapsed_s + (EVERY_S if self._on_terminal else EVERY_LOGGED_S)
        line = f"finishing what was recorded: {self._left()} left ({elapsed_s:.0f} s)"
        self._clear()
        click.echo(line, nl=not self._on_terminal, err=True)

    def _has_stopped(self) -> None:
        """Say no more of the workers; the thread must be gone before a child is forked."""
        self._stopping.cancel()
        self._stopping.join()

    def _left(self) -> str:
        from acoupi.system.leftovers import count_left

        n_recordings, n_messages = count_left(self._settings)
        return f"{_many(n_recordings, 'recording')}, {_many(n_messages, 'message')}"

    def _clear(self) -> None:
        if self._on_terminal:
            click.echo("\r\033[K", nl=False, err=True)


def report_stopped(stopped: "StoppedProgram", as_json: bool) -> int:
    """Say that a deployment has ended, and what was left; return the exit code."""
    from acoupi.errors import DeploymentError

    if as_json:
        result_json(_document(stopped))
    else:
        for line in leftover_lines(stopped.leftovers):
            result(line)
    note("the deployment has ended")
    if stopped.interrupted:
        return INTERRUPTED
    if stopped.error is not None:
        note(f"error: not well: {stopped.error}")
        return DeploymentError.exit_code
    return 0


def leftover_lines(left: "Leftovers") -> list[str]:
    """List what could not be finished."""
    lines = [f"{each.path or each.id}: {each.why}" for each in left.recordings]
    if lines:
        lines.insert(0, f"not finished: {_many(len(lines), 'recording')}")
    if left.messages:
        lines.append(f"not delivered: {_many(left.messages, 'message')}")
    if lines:
        lines.append("all of it stays in the stores, for the next deployment")
    return lines


def _document(stopped: "StoppedProgram") -> dict[str, Any]:
    deployment = stopped.deployment.model_dump(mode="json")
    return {"deployment": deployment, "left": stopped.leftovers.model_dump(mode="json")}


def _many(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count} {what}s"
