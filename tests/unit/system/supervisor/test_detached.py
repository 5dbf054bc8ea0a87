"""The supervisor is asked to stop once, even when it takes its note away first."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from acoupi.system import Settings
from acoupi.system.supervisor.detached import stop_detached

LEAVE_SLOWLY = """
import os, signal, sys, time
from pathlib import Path
from acoupi.system.supervisor.locks import acquire

note = Path(sys.argv[2])

def leave(number, _):
    note.unlink()
    signal.signal(number, signal.SIG_DFL)  # as an interpreter does when it ends
    time.sleep(0.5)
    sys.exit(0)

signal.signal(signal.SIGTERM, leave)
acquire(Path(sys.argv[1]))
note.write_text(str(os.getpid()))
print("up", flush=True)
time.sleep(60)
"""


@pytest.fixture
def supervisor(settings: Settings) -> Iterator["subprocess.Popen[str]"]:
    lock, note = settings.lock_file, settings.pid_file("supervisor")
    command = [sys.executable, "-c", LEAVE_SLOWLY, str(lock), str(note)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


def test_a_supervisor_that_is_ending_is_not_signalled_again(
    settings: Settings, supervisor: "subprocess.Popen[str]"
) -> None:
    assert stop_detached(settings)
    assert supervisor.wait(5) == 0
