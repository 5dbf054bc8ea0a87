"""A child that is ours alone: it dies with us, and so does what it starts."""

import contextlib
import ctypes
import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable

from acoupi._logging import BoundedFileHandler, configure_logging
from acoupi.system.settings import Settings

__all__ = ["fork_child", "kill_group", "log_to_file"]

logger = logging.getLogger(__name__)

PR_SET_PDEATHSIG = 1
ORPHAN_POLL_S = 0.25
ORPHAN_GRACE_S = 1.0
"""How long a task may still take when the supervisor was killed."""
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)
FAILED = 1

_libc = ctypes.CDLL(None, use_errno=True)


def fork_child(main: Callable[[], int]) -> int:
    """Run ``main`` in a new process and return the process's id.

    The child leads a process group and exits with what ``main`` returns. When
    we die it gets SIGTERM, and soon after its whole group is ended.
    """
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        with contextlib.suppress(OSError):  # it may have been faster, and gone
            os.setpgid(pid, pid)  # or else it cannot be ended yet
        return pid
    code = FAILED
    try:
        _become_child(parent)
        code = main()
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else FAILED
    except BaseException:
        logger.exception("process failed")
    finally:
        logging.shutdown()
        # Not sys.exit: what the parent wanted done at its exit is not ours to do.
        os._exit(code)


def kill_group(pid: int, number: signal.Signals = signal.SIGKILL) -> None:
    """Send a signal to a child and all it has started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def log_to_file(settings: Settings, name: str) -> None:
    """Let a child log under its name, into one file that never grows beyond a bound."""
    multiprocessing.current_process().name = name
    handler = BoundedFileHandler(settings.log_file(name))
    configure_logging(settings.log_level, handler)


def _become_child(parent: int) -> None:
    signal.set_wakeup_fd(-1)
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    # Of its own, so that Ctrl-C reaches the supervisor only, which stops in order.
    os.setpgid(0, 0)
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    for variable in ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"):
        os.environ.pop(variable, None)
    if os.getppid() != parent:
        os._exit(FAILED)
    threading.Thread(target=_end_with, args=[parent], name="orphan", daemon=True).start()


def _end_with(parent: int) -> None:
    """End ourselves and all we have started when nobody watches us any more."""
    while os.getppid() == parent:
        time.sleep(ORPHAN_POLL_S)
    time.sleep(ORPHAN_GRACE_S)
    kill_group(os.getpgrp())
