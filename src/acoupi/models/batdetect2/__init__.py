"""BatDetect2, without the package it was published in."""

from typing import TYPE_CHECKING

from acoupi._lazy import attach

if TYPE_CHECKING:
    from acoupi.models.batdetect2.detector import BatDetect2 as BatDetect2
    from acoupi.models.batdetect2.options import BatDetect2Options as BatDetect2Options
    from acoupi.models.batdetect2.source import SOURCE as SOURCE

__getattr__, __dir__, __all__ = attach(
    __name__,
    {"BatDetect2": ".detector", "BatDetect2Options": ".options", "SOURCE": ".source"},
)
