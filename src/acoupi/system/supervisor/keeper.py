"""Who starts a supervisor again that was killed, where there is no systemd to do it.

A shell of a megabyte: it waits, and has nothing to do that could go wrong.
"""

from collections.abc import Sequence
from pathlib import Path

__all__ = ["kept"]

# The note of its process id goes with a supervisor that was stopped, and stays of one
# that was killed. Exit code 8: another one runs.
SCRIPT = """
note=$1; shift
"$@"; code=$?
while [ $code -ne 0 ] && [ $code -ne 8 ] && [ -e "$note" ] && sleep 0.5 && [ -e "$note" ]; do
    "$@" --again; code=$?
done
exit $code
"""


def kept(command: Sequence[str], pid_file: Path) -> list[str]:
    """Return a command that runs another one, and again whenever that was killed."""
    return ["/bin/sh", "-c", SCRIPT, "acoupi-keeper", str(pid_file), *command]
