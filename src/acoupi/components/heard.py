"""Remembering what was heard, without a store."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from acoupi.components.types import HeardLog
from acoupi.data import Heard, ModelOutput

__all__ = ["LEEWAY", "HeardInMemory"]

LEEWAY = dt.timedelta(days=1)
"""How much longer than needed cleaners have things remembered: a recording may be tried again."""


@dataclass
class HeardInMemory(HeardLog):
    """Remembers until the process ends."""

    kept: dict[tuple[str, ...], dict[UUID, list[Heard]]] = field(
        default_factory=dict[tuple[str, ...], dict[UUID, list[Heard]]]
    )

    def remember(
        self, topic: str, output: ModelOutput, heard: Sequence[Heard], forget_before: dt.datetime
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
