"""A cheap look at a recording, before a network takes a long one."""

from acoupi.components.types import ProcessingFilter
from acoupi.data import Recording
from acoupi.models.activity import THRESHOLD_DB, ActivityDetector
from acoupi.models.presets import Preset

__all__ = ["ActivityGate"]


class ActivityGate(ProcessingFilter):
    """Lets recordings pass in which some sound stands out of the noise.

    Measured on recordings of 3 s: none of 329 calls that BatDetect2 finds in bat
    recordings is lost by it, for a twentieth of what the network costs, and it
    spares 38 of 40 recordings of a morning without bats. BirdNET is so fast that
    the look costs a seventh of it, and where birds sing it spares next to nothing;
    it loses none of them.

    Parameters
    ----------
    preset
        Of the activity detector.
    threshold_db
        How far above the noise a sound must be.
    """

    def __init__(self, preset: str | Preset = "auto", threshold_db: float = THRESHOLD_DB) -> None:
        self._detector = ActivityDetector(preset, threshold_db)

    def should_process_recording(self, recording: Recording) -> bool:
        """Tell whether something stands out."""
        return bool(self._detector.run(recording).detections)
