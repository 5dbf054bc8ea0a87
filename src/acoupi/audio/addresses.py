"""Addresses of microphones on a network, as they may be shown."""

import re

__all__ = ["without_password"]

PASSWORD = re.compile(r"(?<=//)([^/@\s:]*):[^/\s]*@")


def without_password(text: str) -> str:
    """Return a text without the passwords of the addresses in it."""
    return PASSWORD.sub(r"\1:***@", text)
