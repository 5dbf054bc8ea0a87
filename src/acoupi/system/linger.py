"""Whether a user's processes and runtime directory outlive their last login."""

import os
import pwd
from pathlib import Path

__all__ = ["enable_linger_command", "lingers", "runtime_dir", "user_name"]

LINGER_DIR = Path("/var/lib/systemd/linger")
RUNTIME_ROOT = Path("/run/user")


def user_name() -> str:
    """Return the name of the user we run as."""
    return pwd.getpwuid(os.getuid()).pw_name


def lingers(linger_dir: Path = LINGER_DIR) -> bool:
    """Tell whether our services start at boot and go on after we log out."""
    return (linger_dir / user_name()).exists()


def enable_linger_command() -> str:
    """Return the command that is missing when we do not linger."""
    # Without a name it fails outside of a login session.
    return f"sudo loginctl enable-linger {user_name()}"


def runtime_dir(root: Path = RUNTIME_ROOT) -> Path | None:
    """Return our folder in memory that systemd made, if it is really ours."""
    directory = root / str(os.getuid())
    ours = directory.is_dir() and directory.stat().st_uid == os.getuid()
    return directory if ours and os.access(directory, os.W_OK) else None
