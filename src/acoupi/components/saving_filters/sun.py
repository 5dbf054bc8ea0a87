"""Keep recordings made around dawn and dusk, where the deployment is."""

import datetime as dt
from abc import abstractmethod

from acoupi.components import solar
from acoupi.components.types import RecordingSavingFilter
from acoupi.data import ModelOutput, Recording

__all__ = [
    "AfterDawnDusk",
    "After_DawnDuskTimeInterval",
    "BeforeDawnDusk",
    "Before_DawnDuskTimeInterval",
]


class _NearDawnDusk(RecordingSavingFilter):
    """Keep recordings near a dawn or dusk at their deployment's place."""

    needs_coordinates = True

    def __init__(self, duration: float, timezone: dt.tzinfo = dt.UTC) -> None:
        self.duration = duration
        self.timezone = timezone

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.duration:g} min"

    def should_save_recording(
        self, recording: Recording, model_outputs: list[ModelOutput] | None = None
    ) -> bool:
        """Tell whether the recording began near dawn or dusk.

        It did not where the deployment has no coordinates, or the day has no
        such event.
        """
        place = solar.Place.of_deployment(recording.deployment)
        if place is None:
            solar.warn_no_place(type(self).__name__)
            return False
        dawns, dusks = solar.sun_events(recording.created_on, place)
        return any(self._is_near(recording.created_on, event) for event in dawns + dusks)

    @abstractmethod
    def _is_near(self, instant: dt.datetime, event: dt.datetime) -> bool: ...


class BeforeDawnDusk(_NearDawnDusk):
    """Keep recordings made in the minutes before a dawn or dusk.

    Parameters
    ----------
    duration
        How many minutes.
    timezone
        Not used: dawn and dusk are instants. Programs written for acoupi 0.8 pass it.
    """

    def _is_near(self, instant: dt.datetime, event: dt.datetime) -> bool:
        return dt.timedelta() < event - instant <= dt.timedelta(minutes=self.duration)


class AfterDawnDusk(_NearDawnDusk):
    """Keep recordings made in the minutes after a dawn or dusk.

    Parameters
    ----------
    duration
        How many minutes.
    timezone
        Not used: dawn and dusk are instants. Programs written for acoupi 0.8 pass it.
    """

    def _is_near(self, instant: dt.datetime, event: dt.datetime) -> bool:
        return dt.timedelta() <= instant - event < dt.timedelta(minutes=self.duration)


Before_DawnDuskTimeInterval = BeforeDawnDusk
After_DawnDuskTimeInterval = AfterDawnDusk
