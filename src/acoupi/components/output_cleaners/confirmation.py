"""Species count that are found more than once."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

from acoupi.components.heard import LEEWAY, HeardInMemory
from acoupi.components.output_cleaners.species import heard_in
from acoupi.components.types import HeardLog, ModelOutputCleaner
from acoupi.data import Heard, ModelOutput

__all__ = ["RepeatConfirmation", "confirmed"]


class RepeatConfirmation(ModelOutputCleaner):
    """Remove detections of species that are not found often enough within some seconds.

    What confirms a detection is in the same recording, or in those before it.
    A later one does not: by then, an output is stored and sent.

    Parameters
    ----------
    times
        How often a species must be found, the detection itself included.
    within_s
        In which time, from the beginning of the first to the beginning of the last.
    log
        Remembers what was found; by default, until the process ends.
    """

    def __init__(self, times: int, within_s: float, log: HeardLog | None = None) -> None:
        self.times = times
        self.within = dt.timedelta(seconds=within_s)
        self.log = HeardInMemory() if log is None else log

    def clean(self, model_output: ModelOutput) -> ModelOutput:
        """Return the output with what is confirmed."""
        found = [heard_in(model_output.recording, each) for each in model_output.detections]
        believed = self._believed(model_output, found)
        kept = [
            detection
            for detection, heard in zip(model_output.detections, found, strict=True)
            if heard in believed
        ]
        return model_output.model_copy(update={"detections": kept})

    def _believed(self, output: ModelOutput, found: Sequence[Heard]) -> set[Heard]:
        """Return what is confirmed, and remember what was found."""
        if not found:
            return set()
        first, last = min(found).on, max(found).on
        species = {each.species for each in found}
        before = self.log.recall("found", output, species, first - self.within, last)
        forget_before = first - self.within - LEEWAY
        self.log.remember("found", output, self._last_of_each(found), forget_before)
        return confirmed([*before, *found], self.times, self.within)

    def _last_of_each(self, found: Iterable[Heard]) -> list[Heard]:
        """Return what may confirm something later: of each species, one less than is asked for."""
        return sorted(
            each for one in _by_species(found).values() for each in one[-(self.times - 1) :]
        )


def confirmed(found: Iterable[Heard], times: int, within: dt.timedelta) -> set[Heard]:
    """Return what lies within some time of enough others of its species."""
    believed: set[Heard] = set()
    for one in _by_species(found).values():
        for first in range(len(one) - times + 1):
            together = one[first : first + times]
            if together[-1].on - together[0].on <= within:
                believed.update(together)
    return believed


def _by_species(found: Iterable[Heard]) -> dict[str, list[Heard]]:
    grouped: defaultdict[str, list[Heard]] = defaultdict(list)
    for each in sorted(found):
        grouped[each.species].append(each)
    return grouped
