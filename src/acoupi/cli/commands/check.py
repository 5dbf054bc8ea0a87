"""``acoupi check``."""

from typing import TYPE_CHECKING

import click

from acoupi.cli.base import HomeCommand
from acoupi.cli.render import result, result_json, room
from acoupi.cli.wrapping import tell

if TYPE_CHECKING:
    from acoupi.system import Settings
    from acoupi.system.checks import Examination

__all__ = ["check"]


@click.command(
    cls=HomeCommand,
    examples=(
        "acoupi check && acoupi deployment start --name meadow",
        "acoupi check --json",
        "acoupi check --send",
    ),
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--send", "sends", is_flag=True, help="Send each receiver a message, to be sure.")
@click.pass_obj
def check(settings: "Settings", as_json: bool, sends: bool) -> int:
    """Check that the program can do its work here.

    Looks at the configuration, the clock, the microphone, the disk, the model,
    the receivers of its messages, and whatever else a season depends on; all
    of it, whatever is found. While a deployment records, its microphone is
    left alone. What to know before a start is said on stderr.

    Ends with 0 if nothing failed, otherwise with the code of the first check
    that did: 3 for the configuration, 4 for the microphone, 8 for the broker,
    5 for nearly all else.
    """
    from acoupi.cli.home import program_name
    from acoupi.system.checks import Examination

    name, examination = program_name(settings), Examination(settings, sends)
    if as_json:
        from acoupi.cli.render_check import check_document

        for _ in examination.run():
            pass
        result_json(check_document(name, examination))
    else:
        _show(name, examination)
    return examination.exit_code


def _show(name: str, examination: "Examination") -> None:
    """Write each finding when it is there: some take a while."""
    from acoupi.cli.render_check import finding_lines

    for finding in examination.run():
        for line in finding_lines(finding, room()):
            result(line)
    for sentence in examination.notes:
        tell(sentence)
    result(f"{name}: {examination.verdict}")
