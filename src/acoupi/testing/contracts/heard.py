"""What everything must keep that remembers what was heard."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from acoupi.components.types import HeardLog
from acoupi.data import Heard, ModelOutput
from acoupi.testing import samples
from acoupi.testing.contracts.stores import close_if_possible

__all__ = ["HeardLogContract"]

WREN, OWL = "Troglodytes troglodytes", "Strix aluco"
WOOD = samples.deployment()
LONG_AGO = samples.STARTED_ON - dt.timedelta(days=9)
LATER = samples.STARTED_ON + dt.timedelta(days=9)


class HeardLogContract:
    """Tests that every log of what was heard passes."""

    def make_log(self, tmp_path: Path) -> HeardLog:
        """Return a log; if it keeps anything beyond the process, then below ``tmp_path``."""
        raise NotImplementedError

    @pytest.fixture
    def log(self, tmp_path: Path) -> Iterator[HeardLog]:
        """Return a log."""
        log = self.make_log(tmp_path)
        yield log
        close_if_possible(log)

    def test_it_is_recalled_by_species_and_in_the_order_of_time(self, log: HeardLog) -> None:
        log.remember("t", said(), [at(12), at(13, OWL), at(13, OWL)], LONG_AGO)
        log.remember("t", said(), [at(0.5)], LONG_AGO)
        assert recalled(log, WREN) == [at(0.5), at(12)]
        assert recalled(log, WREN, OWL) == [at(0.5), at(12), at(13, OWL), at(13, OWL)]
        assert recalled(log) == []

    def test_both_ends_of_a_stretch_belong_to_it(self, log: HeardLog) -> None:
        log.remember("t", said(), [at(second) for second in range(5)], LONG_AGO)
        found = log.recall("t", said(), {WREN}, at(1).on, at(3).on)
        assert found == [at(1), at(2), at(3)]

    def test_a_recording_does_not_recall_itself(self, log: HeardLog) -> None:
        output = said()
        log.remember("t", output, [at(1)], LONG_AGO)
        assert log.recall("t", output, {WREN}, LONG_AGO, LATER) == []

    def test_what_is_kept_of_a_recording_is_what_was_said_last(self, log: HeardLog) -> None:
        output = said()
        log.remember("t", output, [at(1), at(2)], LONG_AGO)
        log.remember("t", output, [at(3)], LONG_AGO)
        assert recalled(log, WREN) == [at(3)]
        log.remember("t", output, [], LONG_AGO)
        assert recalled(log, WREN) == []

    def test_topics_models_microphones_and_deployments_stay_apart(self, log: HeardLog) -> None:
        heard = samples.recording(WOOD)
        north = heard.model_copy(update={"microphone": "north"})
        log.remember("other", said(), [at(1)], LONG_AGO)
        log.remember("t", samples.output(heard, model="other"), [at(2)], LONG_AGO)
        log.remember("t", samples.output(north), [at(3)], LONG_AGO)
        meadow = samples.recording(samples.deployment("meadow"))
        log.remember("t", samples.output(meadow), [at(4)], LONG_AGO)
        assert recalled(log, WREN) == []

    def test_what_need_not_be_forgotten_is_there(self, log: HeardLog) -> None:
        for second in range(5):
            log.remember("t", said(), [at(second)], at(second - 2).on)
        found = log.recall("t", said(), {WREN}, at(2).on, LATER)
        assert found == [at(2), at(3), at(4)]

    def test_any_number_of_species_may_be_asked_for(self, log: HeardLog) -> None:
        many = [at(n / 1000, f"species {n}") for n in range(2000)]
        log.remember("t", said(), many, LONG_AGO)
        assert recalled(log, *(each.species for each in many)) == many


def at(second: float, species: str = WREN) -> Heard:
    """Say that a species was heard at a second, counted from a fixed one."""
    return Heard(samples.STARTED_ON + dt.timedelta(seconds=second), species)


def said() -> ModelOutput:
    """Make what a model says of another recording in the same wood."""
    return samples.output(samples.recording(WOOD))


def recalled(log: HeardLog, *species: str) -> list[Heard]:
    """Return all that a log has of some species."""
    return log.recall("t", said(), species, LONG_AGO, LATER)
