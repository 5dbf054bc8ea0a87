"""What the broker can be told, from its address and its transport options."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acoupi.errors import ConfigurationError, ParameterError

__all__ = ["BrokerOptions"]

SYNCHRONOUS_LEVELS = ("OFF", "NORMAL", "FULL", "EXTRA")


@dataclass(frozen=True)
class BrokerOptions:
    """How one broker file is used.

    Parameters
    ----------
    path
        The file.
    synchronous
        SQLite's level; with ``NORMAL`` a power cut may take the last messages.
    max_bytes
        Above this, nothing more can be published.
    sweep_interval_s
        How often the dead are looked for, and the queues without having been rung.
    """

    path: Path
    synchronous: str = "NORMAL"
    max_bytes: int = 256 * 1024 * 1024
    sweep_interval_s: float = 2.0

    def __post_init__(self) -> None:
        if self.synchronous not in SYNCHRONOUS_LEVELS:
            raise ParameterError(
                self.synchronous,
                f"the broker cannot be written with synchronous={self.synchronous!r}",
                help=f"use one of {', '.join(SYNCHRONOUS_LEVELS)}",
            )

    @classmethod
    def parse(cls, virtual_host: str | None, options: Mapping[str, Any]) -> "BrokerOptions":
        """Read the path from an address, or else from the options; the rest from the options."""
        return cls(
            path=_path(virtual_host, options),
            synchronous=str(options.get("synchronous", cls.synchronous)).upper(),
            max_bytes=int(options.get("max_bytes", cls.max_bytes)),
            sweep_interval_s=float(options.get("sweep_interval", cls.sweep_interval_s)),
        )


def _path(virtual_host: str | None, options: Mapping[str, Any]) -> Path:
    in_address = (virtual_host or "").strip("/")
    path = f"/{in_address}" if in_address else options.get("path")
    if not path:
        raise ConfigurationError(
            "the embedded broker was not told where its file is",
            help="set broker_url to embedded:////absolute/path/broker.db, "
            "or 'path' in broker_transport_options",
        )
    return Path(os.path.realpath(path))
