"""A sensor that listens without keeping anything."""

import datetime as dt
from collections.abc import Callable

import pytest

from acoupi.components.stores import SqliteStore
from acoupi.components.stores.sqlite.glance import glance_at_store
from acoupi.components.stores.sqlite.microphones import last_ended_by_microphone
from acoupi.data import Deployment, EffortSpan, EffortState, Recording

START = dt.datetime(2026, 5, 1, 3, 30, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
Make = Callable[..., Recording]


def note(
    store: SqliteStore,
    minute: int,
    state: EffortState,
    microphone: str = "",
    deployment: Deployment | None = None,
) -> None:
    store.note(
        EffortSpan(
            deployment_id=(deployment or store.get_current_deployment()).id,
            started_on=START + (minute - 1) * MINUTE,
            ended_on=START + minute * MINUTE,
            state=state,
            microphone=microphone,
        )
    )


def heard_on(store: SqliteStore, until: int = 100) -> dt.datetime | None:
    return glance_at_store(store.db_path, store.db_path, START + until * MINUTE).last_heard_on


@pytest.mark.parametrize("state", [EffortState.QUIET, EffortState.PRIVATE])
def test_what_was_heard_and_not_kept_counts_as_listening(
    store: SqliteStore, make_recording: Make, state: EffortState
) -> None:
    store.store_recording(make_recording(0))
    assert heard_on(store) == START + dt.timedelta(seconds=3)
    note(store, 7, state)
    note(store, 9, EffortState.DEVICE_FAULT)
    assert heard_on(store) == START + 7 * MINUTE
    note(store, 50, state)
    assert heard_on(store, until=20) == START + 7 * MINUTE
    store.store_recording(make_recording(60))
    assert heard_on(store) == START + 60 * MINUTE + dt.timedelta(seconds=3)


def test_a_night_without_a_recording_is_not_silence(store: SqliteStore) -> None:
    store.store_deployment(Deployment(name="wood", started_on=START))
    assert heard_on(store) is None
    note(store, 3, EffortState.QUIET)
    assert heard_on(store) == START + 3 * MINUTE


def test_an_earlier_deployment_is_not_listening_now(
    store: SqliteStore, make_recording: Make
) -> None:
    earlier = make_recording(0).deployment
    store.store_deployment(earlier)
    note(store, 3, EffortState.QUIET, deployment=earlier)
    later = earlier.started_on + dt.timedelta(days=1)
    store.store_deployment(Deployment(name="meadow", started_on=later))
    assert heard_on(store) is None


def test_each_microphone_listens_for_itself(store: SqliteStore, make_recording: Make) -> None:
    store.store_recording(make_recording(0, microphone="bats"))
    note(store, 5, EffortState.QUIET, "birds")
    ends = last_ended_by_microphone(store.db_path, ["bats", "birds"], START + 10 * MINUTE)
    assert ends == {"bats": START + dt.timedelta(seconds=3), "birds": START + 5 * MINUTE}
