"""Asking a person for a configuration, one question at a time, back and forth."""

from typing import TYPE_CHECKING

from acoupi._lazy import attach

if TYPE_CHECKING:
    from acoupi.config.wizard.asking import ask as ask
    from acoupi.config.wizard.lists import AskedEach as AskedEach
    from acoupi.config.wizard.offers import (
        Choice as Choice,
        Offer as Offer,
        Offers as Offers,
        Proposed as Proposed,
    )

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "AskedEach": ".lists",
        "Choice": ".offers",
        "Offer": ".offers",
        "Offers": ".offers",
        "Proposed": ".offers",
        "ask": ".asking",
    },
)
