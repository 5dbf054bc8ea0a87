"""Models: what finds things in recordings."""

from typing import TYPE_CHECKING

from acoupi._lazy import attach

if TYPE_CHECKING:
    from acoupi.models.activity import ActivityDetector as ActivityDetector
    from acoupi.models.gate import ActivityGate as ActivityGate
    from acoupi.models.presets import (
        AUDIBLE as AUDIBLE,
        ULTRASONIC as ULTRASONIC,
        Preset as Preset,
    )

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "AUDIBLE": ".presets",
        "ActivityDetector": ".activity",
        "ActivityGate": ".gate",
        "Preset": ".presets",
        "ULTRASONIC": ".presets",
    },
)
