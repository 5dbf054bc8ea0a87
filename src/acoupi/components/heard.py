"""Which species were heard when, for cleaners that compare recordings."""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from acoupi.data import ModelOutput

__all__ = ["Heard", "HeardInMemory", "HeardLog"]


@dataclass(frozen=True, order=True)
class Heard:
    """That a species was heard at an instant."""

    on: dt.datetime
    species: str


class HeardLog(ABC):
    """Remembers what was heard lately; a store that does so remembers it after a restart.

    What is heard in a deployment, by a microphone, and by a model stays apart
    from what is heard in, or by, others; and so does each topic.
    """

    @abstractmethod
    def remember(
        self,
        topic: str,
        output: ModelOutput,
        heard: Sequence[Heard],
        forget_before: dt.datetime,
    ) -> None:
        """Keep what was heard in an output's recording, instead of what was kept of it before.

        Parameters
        ----------
        topic
            What it is kept for.
        output
            Where it was heard.
        heard
            In the order of time.
        forget_before
            Of these species, what is older need not be kept.
        """

    @abstractmethod
    def recall(
        self,
        topic: str,
        output: ModelOutput,
        species: Collection[str],
        since: dt.datetime,
        until: dt.datetime,
    ) -> list[Heard]:
        """Return what was heard of some species in other recordings, from since to until.

        Of what is as old as some ``forget_before``, anything may be missing.
        """


@dataclass
class HeardInMemory(HeardLog):
    """Remembers until the process ends."""

    kept: dict[tuple[str, ...], dict[UUID, list[Heard]]] = field(
        default_factory=dict[tuple[str, ...], dict[UUID, list[Heard]]]
    )

    def remember(
        self,
        topic: str,
        output: ModelOutput,
        heard: Sequence[Heard],
        forget_before: dt.datetime,
    ) -> None:
        """Keep it, and forget all recordings in which nothing was heard since then."""
        recordings = self._recordings(topic, output)
        recordings[output.recording.id] = list(heard)
        for id_, found in list(recordings.items()):
            if all(one.on < forget_before for one in found):
                del recordings[id_]

    def recall(
        self,
        topic: str,
        output: ModelOutput,
        species: Collection[str],
        since: dt.datetime,
        until: dt.datetime,
    ) -> list[Heard]:
        """Return it, oldest first."""
        others = self._recordings(topic, output).items()
        return sorted(
            one
            for id_, found in others
            for one in found
            if id_ != output.recording.id and one.species in species and since <= one.on <= until
        )

    def _recordings(self, topic: str, output: ModelOutput) -> dict[UUID, list[Heard]]:
        recording = output.recording
        where = str(recording.deployment.id), recording.microphone, output.name_model
        return self.kept.setdefault((topic, *where), {})
