"""Installed models: where they come from, where they are kept, what is known of them."""

from typing import TYPE_CHECKING

from acoupi._lazy import attach

if TYPE_CHECKING:
    from acoupi.models.shelf.source import Source as Source

__getattr__, __dir__, __all__ = attach(__name__, {"Source": ".source"})
