import datetime as dt
from pathlib import Path

import pytest
from celery import Celery
from celery.schedules import crontab, schedule

from acoupi.system.supervisor import memory
from acoupi.system.supervisor.bells import IntervalBell, bell_of
from acoupi.system.supervisor.memory import RingMemory

NOON = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
HOURLY = schedule(dt.timedelta(hours=1))
HOUR_S = 3600.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "rings.json"


def at(monkeypatch: pytest.MonkeyPatch, now: dt.datetime) -> None:
    monkeypatch.setattr(memory, "utc_now", lambda: now)


def test_the_next_beat_knows_when_a_task_was_rung_for(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, NOON)
    RingMemory(path).note("heartbeat", HOURLY, HOUR_S)
    at(monkeypatch, NOON + dt.timedelta(minutes=20))
    assert RingMemory(path).since_s("heartbeat", HOURLY) == 1200
    assert RingMemory(path).since_s("summary", HOURLY) is None


@pytest.mark.parametrize(("since_s", "wait_s"), [(None, 3600), (1200, 2400), (9e7, 0)])
def test_an_interval_goes_on_where_it_was_and_never_lasts_longer(
    since_s: float | None, wait_s: float
) -> None:
    bell = bell_of(HOURLY, boot_s=100, since_s=since_s)
    assert bell == IntervalBell(HOUR_S, 100 + wait_s)


def test_a_task_that_was_due_while_the_sensor_was_off_is_rung_for_once() -> None:
    at_four = crontab(minute=0, hour=4, nowfun=lambda: NOON, app=Celery(set_as_current=False))
    bell = bell_of(at_four, boot_s=100, since_s=20 * HOUR_S)
    assert bell.look(100).due
    assert bell.rung(100).look(100) == (False, 16 * HOUR_S)


def test_a_ring_from_the_future_counts_as_one_just_now(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, NOON)
    RingMemory(path).note("heartbeat", HOURLY, HOUR_S)
    at(monkeypatch, NOON - dt.timedelta(days=20_000))
    assert RingMemory(path).since_s("heartbeat", HOURLY) == 0


def test_of_a_schedule_that_was_changed_nothing_is_known(path: Path) -> None:
    RingMemory(path).note("heartbeat", HOURLY, HOUR_S)
    daily = schedule(dt.timedelta(days=1))
    assert RingMemory(path).since_s("heartbeat", daily) is None


def test_what_rings_often_is_not_written_down(path: Path) -> None:
    RingMemory(path).note("management", schedule(10.0), 10)
    assert not path.exists()


@pytest.mark.parametrize("content", [b"", b"\xff", b"[1]", b'{"a": {"schedule": 1}}'])
def test_a_file_that_cannot_be_read_is_as_good_as_none(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    assert RingMemory(path).since_s("heartbeat", HOURLY) is None
    RingMemory(path).note("heartbeat", HOURLY, HOUR_S)
    assert RingMemory(path).since_s("heartbeat", HOURLY) is not None


def test_a_file_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("not a folder")
    blind = RingMemory(tmp_path / "run" / "rings.json")
    blind.note("heartbeat", HOURLY, HOUR_S)
    assert blind.since_s("heartbeat", HOURLY) is not None
