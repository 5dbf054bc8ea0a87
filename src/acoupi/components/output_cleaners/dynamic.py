"""A threshold that is lower for species that were heard for sure."""

import datetime as dt
from collections.abc import Callable, Collection, Sequence

from acoupi.components.heard import LEEWAY, HeardInMemory
from acoupi.components.output_cleaners.species import heard_in, sureness_of
from acoupi.components.types import HeardLog, ModelOutputCleaner
from acoupi.data import Detection, Heard, ModelOutput

__all__ = ["DynamicThreshold"]


def _none() -> Collection[str]:
    return ()


class DynamicThreshold(ModelOutputCleaner):
    """Remove detections below a threshold, which is lowered after a sure one of the species.

    Of a sure detection, both the score and the confidence of its species
    reach ``sure_from``. What counts is when things were heard, not when they
    are cleaned: of what was heard before a sure detection, nothing is kept for it.

    Parameters
    ----------
    threshold
        The lowest score of a detection to keep.
    floor
        The lowest score after a sure one.
    sure_from
        What is sure.
    lasts_s
        For how long it lowers the threshold.
    log
        Remembers what was sure; by default, until the process ends.
    settled
        Returns the species of which nothing is removed, since the model has judged them.
    """

    def __init__(
        self,
        threshold: float,
        floor: float,
        sure_from: float,
        lasts_s: float,
        log: HeardLog | None = None,
        settled: Callable[[], Collection[str]] = _none,
    ) -> None:
        self.threshold = threshold
        self.floor = floor
        self.sure_from = sure_from
        self.lasts = dt.timedelta(seconds=lasts_s)
        self.log = HeardInMemory() if log is None else log
        self.settled = settled

    @property
    def topic(self) -> str:
        """What it remembers things for: once something else is sure, it begins anew."""
        return f"sure from {self.sure_from:g}"

    def clean(self, model_output: ModelOutput) -> ModelOutput:
        """Return the output with what reaches the threshold as it was at that time."""
        pairs = [
            (detection, heard_in(model_output.recording, detection))
            for detection in model_output.detections
        ]
        sure = self._sure(model_output, pairs)
        settled = self.settled() if pairs else ()
        kept = [
            detection
            for detection, heard in pairs
            if self._is_strong(detection)
            or heard.species in settled
            or (detection.detection_score >= self.floor and self._follows(heard, sure))
        ]
        return model_output.model_copy(update={"detections": kept})

    def _follows(self, heard: Heard, sure: Sequence[Heard]) -> bool:
        return any(
            one.species == heard.species and one.on <= heard.on <= one.on + self.lasts
            for one in sure
        )

    def _is_strong(self, detection: Detection) -> bool:
        return detection.detection_score >= self.threshold

    def _sure(
        self, output: ModelOutput, pairs: Sequence[tuple[Detection, Heard]]
    ) -> Sequence[Heard]:
        """Return what is sure, here and before; and remember what is sure here."""
        if not pairs:
            return []
        found = [heard for _, heard in pairs]
        first, last = min(found).on, max(found).on
        species = {heard.species for each, heard in pairs if not self._is_strong(each)}
        before = self.log.recall(self.topic, output, species, first - self.lasts, last)
        here = [heard for each, heard in pairs if sureness_of(each) >= self.sure_from]
        latest = {heard.species: heard for heard in sorted(here)}
        forget_before = first - self.lasts - LEEWAY
        self.log.remember(self.topic, output, sorted(latest.values()), forget_before)
        return [*before, *here]
