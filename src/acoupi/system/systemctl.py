"""The user's systemd, through its own command."""

import os
import subprocess
from collections.abc import Callable
from typing import Any, cast

from acoupi.errors import ServiceError
from acoupi.system.linger import runtime_dir

__all__ = ["run_systemctl", "systemd_is_reachable"]

TIMEOUT_S = 10.0


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


def _environment() -> dict[str, str]:
    """Name the runtime directory, which is not set under sudo, cron and ssh commands."""
    environment = dict(os.environ)
    directory = runtime_dir()
    if "XDG_RUNTIME_DIR" not in environment and directory is not None:
        environment["XDG_RUNTIME_DIR"] = str(directory)
    return environment


def _failed(command: list[str], reason: str) -> ServiceError:
    return ServiceError(
        f"{' '.join(command)} failed: {reason}",
        help="see: journalctl --user -u acoupi.service",
    )
