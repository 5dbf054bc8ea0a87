"""How a command ends: its exit code, and what is said about an error."""

import errno
import traceback
from collections.abc import Callable

import click

from acoupi._faults import describe_fault
from acoupi.cli.output import OutputError
from acoupi.errors import AcoupiError

__all__ = ["CLOSED", "INTERRUPTED", "UNEXPECTED", "guarded", "tell"]

CLOSED = 1
"""Who reads the results has left, as ``head`` does; the code is Click's."""

UNEXPECTED = 70
INTERRUPTED = 130


def guarded(function: Callable[[], object], ctx: click.Context) -> int:
    """Call a command and return its exit code, telling about an error in a line or two."""
    try:
        result = function()
    except OutputError:
        raise  # help is written outside of any command; it is told in one place
    except AcoupiError as error:
        _trace(ctx)
        return tell(error)
    except (click.ClickException, click.exceptions.Exit):
        raise
    except (click.Abort, EOFError, KeyboardInterrupt) as error:
        return _interrupted(error)
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.EPIPE:
            raise  # Click ends quietly
        _trace(ctx)
        _say("error: ", describe_fault(error), "red")
        _say("hint: ", "this should not happen; acoupi --debug COMMAND shows where it came from")
        return UNEXPECTED
    return result if isinstance(result, int) else 0


def tell(error: AcoupiError) -> int:
    """Say what went wrong and what to do about it, and return the exit code."""
    _say("error: ", error.message or type(error).__name__, "red")
    if error.help:
        _say("hint: ", error.help)
    return error.exit_code


def _interrupted(error: BaseException) -> int:
    """Tell Ctrl-C from an input that ended, both of which Click turns into Abort."""
    if isinstance(error, EOFError) or isinstance(error.__context__, EOFError):
        click.echo(err=True)
        _say("error: ", "the input ended before everything was answered", "red")
        return 1
    click.echo(err=True)
    return INTERRUPTED


def _trace(ctx: click.Context) -> None:
    if ctx.find_root().params.get("debug"):
        click.echo(traceback.format_exc(), err=True, nl=False)


def _say(label: str, message: str, colour: str | None = None) -> None:
    text = "".join(map(_harmless, message.encode("utf-8", "backslashreplace").decode()))
    click.secho(f"{label}{text}", fg=colour, err=True)


def _harmless(character: str) -> str:
    """Write out what would do something to the terminal."""
    return character if character.isprintable() or character == "\n" else repr(character)[1:-1]
