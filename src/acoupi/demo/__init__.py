"""A sensor to watch: the whole of acoupi, with sound that it makes itself."""

from typing import TYPE_CHECKING

from acoupi._lazy import attach

if TYPE_CHECKING:
    from acoupi.demo.story import run_demo as run_demo

__getattr__, __dir__, __all__ = attach(__name__, {"run_demo": ".story"})
