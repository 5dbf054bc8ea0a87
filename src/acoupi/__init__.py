"""acoupi: turn a Linux computer with a microphone into a bioacoustic sensor."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    __version__: str

__all__ = ["__version__"]


def __getattr__(name: str) -> str:
    if name == "__version__":
        from importlib.metadata import version

        return version("acoupi")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
