"""How acoupi's processes log: one line an event, the instant in UTC, the process's name."""

import logging
import time

__all__ = ["FORMAT", "configure_logging"]

FORMAT = "%(asctime)s.%(msecs)03dZ %(levelname)-7s %(processName)s %(name)s: %(message)s"
DATE_FORMAT = "%Y-%m-%dT%H:%M:%S"


class _Formatter(logging.Formatter):
    converter = time.gmtime


def configure_logging(level: str, handler: logging.Handler | None = None) -> None:
    """Send everything of this process at ``level`` and above to one handler."""
    handler = handler or logging.StreamHandler()
    handler.setFormatter(_Formatter(FORMAT, DATE_FORMAT))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
