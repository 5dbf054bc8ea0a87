import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from acoupi.components.stores import SqliteStore
from acoupi.data import Deployment
from acoupi.programs.templates.leftovers import end_leftovers

SPRING = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
IN_1970 = dt.datetime(1970, 1, 1, 0, 2, tzinfo=dt.UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path / "metadata.db")
    yield store
    store.close()


@pytest.mark.parametrize("started_on", [IN_1970, SPRING + dt.timedelta(days=90)])
def test_a_deployment_that_starts_is_the_current_one_whatever_the_clock_says(
    store: SqliteStore, started_on: dt.datetime
) -> None:
    for days in (0, 30):
        left = Deployment(name="left open", started_on=SPRING + dt.timedelta(days=days))
        store.store_deployment(left)
    starting = Deployment(name="starting", started_on=started_on)
    end_leftovers(store, starting)
    store.store_deployment(starting)
    assert store.get_current_deployment() == starting


def test_a_deployment_that_is_started_again_is_not_ended(store: SqliteStore) -> None:
    running = Deployment(name="running", started_on=SPRING)
    store.store_deployment(running)
    end_leftovers(store, running)
    assert store.get_current_deployment() == running
