"""The user's systemd, through its own command."""

import os
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from acoupi._clock import monotonic_s
from acoupi.errors import ServiceError
from acoupi.system.linger import enable_linger, runtime_dir

__all__ = ["bring_up_systemd", "run_systemctl", "systemd_is_reachable"]

TIMEOUT_S = 10.0
COMING_UP_S = 5.0
POLL_S = 0.1


def run_systemctl(
    args: list[str], timeout_s: float = TIMEOUT_S, check: bool = True, **kwargs: Any
) -> str:
    """Run ``systemctl --user`` and return what it printed.

    Parameters
    ----------
    args
        The command and its arguments.
    timeout_s
        How long it may take.
    check
        Whether a failure is an error; otherwise its output is all there is.
    **kwargs
        For ``subprocess.run``.

    Raises
    ------
    ServiceError
        If it failed; the message has its reason.
    """
    options = {"capture_output": True, "text": True, "env": _environment(), **kwargs}
    command = ["systemctl", "--user", *args]
    run = cast("Callable[..., subprocess.CompletedProcess[str]]", subprocess.run)
    try:
        done = run(command, timeout=timeout_s, check=False, **options)
    except (OSError, subprocess.TimeoutExpired) as error:
        if not check:
            return ""
        raise _failed(command, str(error)) from error
    if check and done.returncode:
        raise _failed(command, str(done.stderr or "").strip() or f"exit code {done.returncode}")
    return str(done.stdout or "")


def systemd_is_reachable() -> bool:
    """Tell whether a systemd of this user runs, and answers us."""
    try:
        run_systemctl(["show", "--property=Version"])
    except ServiceError:
        return False
    return True


def bring_up_systemd() -> bool:
    """Tell whether a systemd of this user runs, after starting one if we may.

    A user who was never logged in, as under ``sudo -u`` or cron, has none. If
    they linger, they have.
    """
    deadline_s = monotonic_s() + COMING_UP_S
    if systemd_is_reachable():
        return True
    while enable_linger() and monotonic_s() < deadline_s:
        if systemd_is_reachable():
            return True
        time.sleep(POLL_S)
    return False


def _environment() -> dict[str, str]:
    return environment_for(os.environ, runtime_dir())


def environment_for(environ: Mapping[str, str], directory: Path | None) -> dict[str, str]:
    """Name the runtime directory where nobody has: under sudo, in cron, by an ssh command.

    Under ``su`` the one of somebody else is named, whose systemd would not talk to us.

    Parameters
    ----------
    environ
        The environment we were started in.
    directory
        Our runtime directory, if there is one.
    """
    named = environ.get("XDG_RUNTIME_DIR")
    if directory is None or (named and _is_ours(Path(named))):
        return dict(environ)
    bus = {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={directory}/bus"}
    return {**environ, "XDG_RUNTIME_DIR": str(directory), **bus}


def _is_ours(directory: Path) -> bool:
    try:
        return directory.stat().st_uid == os.getuid()
    except OSError:
        return False


def _failed(command: list[str], reason: str) -> ServiceError:
    return ServiceError(
        f"{' '.join(command)} failed: {reason}",
        help="see: journalctl --user -u acoupi.service",
    )
