"""How a program says of itself that it does its work."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from acoupi._clock import utc_now
from acoupi.components.stores import SqliteStore
from acoupi.data import Metric
from acoupi.errors import DeviceUnavailableError
from acoupi.programs.templates.health import Health, describe_health, judge_health, rhythm_of
from acoupi.programs.templates.microphone_states import (
    MicrophoneState,
    describe_states,
    see_microphones,
)

if TYPE_CHECKING:
    from acoupi.components.stores.sqlite.glance import StoreGlance
    from acoupi.components.types import Store
    from acoupi.programs.templates.configuration import BasicProgramConfiguration

__all__ = ["Pulse"]


class Pulse:
    """Judges a program by how long ago its store last heard of sound, kept or not.

    Parameters
    ----------
    config
        Says when the program records.
    store
        Where its recordings are noted. Of one that is not acoupi's own, nothing
        is known of the last recording.
    find_problems
        Finds what else is not well.
    """

    def __init__(
        self,
        config: "BasicProgramConfiguration",
        store: "Store",
        find_problems: Callable[[], Sequence[str]] = list,
    ) -> None:
        self._config = config
        self._store = store
        self._find_problems = find_problems

    def status(self) -> str:
        """Say in one line how the sensor is: ``OK`` only if it records as it should.

        With several microphones, those that do not record are named.
        """
        now = utc_now()
        if states := self._states(now):
            return describe_states(states, self._find_problems())
        ended_on = self._glance(now).last_heard_on
        age_s = None if ended_on is None else (now - ended_on).total_seconds()
        return describe_health(self._judge(now, ended_on), age_s, self._find_problems())

    def last_recording_ages(self) -> list[Metric]:
        """Measure how long ago the last recording of each of several microphones ended (s)."""
        return [
            Metric(name=f"last_recording_age_{state.label}", value=max(0.0, state.age_s), unit="s")
            for state in self._states(utc_now())
            if state.age_s is not None and state.name
        ]

    def last_recording_age(self) -> Metric:
        """Measure how long ago the last recording ended (s).

        Raises
        ------
        DeviceUnavailableError
            If there is none.
        """
        now = utc_now()
        ended_on = self._glance(now).last_ended_on
        if ended_on is None:
            raise DeviceUnavailableError("there is no recording yet")
        age_s = max(0.0, (now - ended_on).total_seconds())
        return Metric(name="last_recording_age", value=age_s, unit="s")

    def _judge(self, now: dt.datetime, ended_on: dt.datetime | None) -> Health:
        if not isinstance(self._store, SqliteStore):
            return Health.UNKNOWN
        deployment = self._store.get_current_deployment()
        return judge_health(now, deployment, rhythm_of(self._config, self._config.zone), ended_on)

    def _states(self, now: dt.datetime) -> list[MicrophoneState]:
        if not isinstance(self._store, SqliteStore):
            return []
        deployment = self._store.get_current_deployment()
        db_path, zone = self._store.db_path, self._config.zone
        return see_microphones(self._config, deployment, db_path, zone, now)

    def _glance(self, now: dt.datetime) -> "StoreGlance":
        from acoupi.components.stores.sqlite.glance import StoreGlance, glance_at_store

        if not isinstance(self._store, SqliteStore):
            return StoreGlance()
        waiting_dir = self._config.paths.tmp_audio
        return glance_at_store(self._store.db_path, waiting_dir, now)
