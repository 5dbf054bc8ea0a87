"""When a symptom is believed, and when it is believed to be over."""

import datetime as dt

from pydantic import BaseModel

from acoupi.audio.microphone_health.symptoms import Symptom
from acoupi.data.times import Instant

__all__ = ["Suspicion"]

GONE = 0.5
"""How weak a symptom must be to be over; what wavers around 1 is told once."""

NEEDED = {
    Symptom.DEAD: 3,
    Symptom.OFF_ZERO: 3,
    Symptom.CLIPPING: 1,
    Symptom.QUIETER: 2,
    Symptom.MUFFLED: 2,
    Symptom.NOISIER: 1,
}
"""How many recordings, or hours, in a row must say the same."""


class Suspicion(BaseModel):
    """What is believed of one symptom."""

    severity: float = 0
    since: Instant | None = None
    """Since when it is believed; None if it is not."""

    against: int = 0
    """How many times in a row the contrary was found."""

    def weighed(self, symptom: Symptom, severity: float, instant: dt.datetime) -> "Suspicion":
        """Return what is believed once one more recording, or hour, is known."""
        speaks_against = severity < GONE if self.since else severity >= 1
        against = self.against + 1 if speaks_against else 0
        if against < NEEDED[symptom]:
            return Suspicion(severity=severity, since=self.since, against=against)
        return Suspicion(severity=severity, since=None if self.since else instant)
