"""Whether a user's processes and runtime directory outlive their last login."""

import os
import pwd
import subprocess
from pathlib import Path

__all__ = [
    "enable_linger",
    "enable_linger_command",
    "lingers",
    "runtime_dir",
    "systemd_runs_the_computer",
    "user_name",
]

LINGER_DIR = Path("/var/lib/systemd/linger")
RUNTIME_ROOT = Path("/run/user")
BOOTED = Path("/run/systemd/system")
TIMEOUT_S = 5.0


def user_name() -> str:
    """Return the name of the user we run as."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # as in a container
        return str(os.getuid())


def lingers(linger_dir: Path | None = None) -> bool:
    """Tell whether our services start at boot and go on after we log out."""
    return ((linger_dir or LINGER_DIR) / user_name()).exists()


def systemd_runs_the_computer() -> bool:
    """Tell whether there could be a systemd of ours."""
    return BOOTED.is_dir()


def enable_linger() -> bool:
    """Let our services start at boot and go on after we log out, if we may; tell whether they do.

    Nobody is asked for a password.
    """
    if lingers() or not systemd_runs_the_computer():
        return lingers()
    # Without a name it fails outside of a login session.
    command = ["loginctl", "--no-ask-password", "enable-linger", user_name()]
    try:
        subprocess.run(command, capture_output=True, timeout=TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return lingers()


def enable_linger_command() -> str:
    """Return the command that is missing when we do not linger."""
    return f"sudo loginctl enable-linger {user_name()}"


def runtime_dir(root: Path = RUNTIME_ROOT) -> Path | None:
    """Return our folder in memory that systemd made, if it is really ours."""
    directory = root / str(os.getuid())
    ours = directory.is_dir() and directory.stat().st_uid == os.getuid()
    return directory if ours and os.access(directory, os.W_OK) else None
