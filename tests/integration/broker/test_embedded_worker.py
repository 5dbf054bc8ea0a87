# pyright: basic, reportPrivateImportUsage=false, reportOptionalMemberAccess=false
# Kombu and Celery have no type information.
"""What only the embedded broker promises, and what happens to its file."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from crews import Crew, kill
from kombu.exceptions import OperationalError

WaitUntil = Callable[..., None]


@pytest.fixture
def folder(embedded_crew: Crew) -> Path:
    return Path(embedded_crew.broker.given["path"]).parent


def test_an_idle_worker_writes_nothing(
    embedded_crew: Crew, folder: Path, wait_until: WaitUntil
) -> None:
    crew = embedded_crew
    worker = crew.start()
    crew.send("first")
    wait_until(lambda: crew.noted("done") and n_messages(crew) == 0)
    crew.app.close()
    files = list(folder.glob("broker.db-w*"))
    before = written_bytes(worker.pid), [path.stat().st_mtime_ns for path in files]
    # Nothing to wait for: this is the time in which nothing must happen, two sweeps long.
    time.sleep(1.2)
    assert (written_bytes(worker.pid), [path.stat().st_mtime_ns for path in files]) == before


def test_a_task_of_a_killed_worker_runs_again_within_three_seconds(
    embedded_crew: Crew, wait_until: WaitUntil
) -> None:
    crew = embedded_crew
    victim = crew.start("victim")
    crew.app.send_task("work_app.hang_once", ("work",))
    wait_until(lambda: crew.noted("started"))
    crew.start("other")
    kill(victim)
    killed_s = time.time()
    wait_until(lambda: len(crew.noted("started")) == 2)
    assert crew.noted_at("started")[1] - killed_s < 3


def test_a_worker_goes_on_when_its_broker_file_is_thrown_away_or_damaged(
    embedded_crew: Crew, folder: Path, wait_until: WaitUntil
) -> None:
    crew = embedded_crew
    crew.start()
    for path in folder.glob("broker.db*"):
        path.unlink()
    wait_until(lambda: answers(crew))
    crew.send("after")
    wait_until(lambda: crew.noted("done") == ["after"])
    crew.app.close()
    damage(folder / "broker.db")
    wait_until(lambda: answers(crew))
    crew.send("again")
    wait_until(lambda: crew.noted("done") == ["after", "again"])
    assert len(list(folder.glob("broker.db.damaged-*Z"))) == 1


def damage(path: Path) -> None:
    """Spoil what was written, as a failing card does."""
    for file in (path, path.with_name(path.name + "-wal")):
        with file.open("r+b") as spoilt:
            spoilt.seek(4096)
            spoilt.write(b"\xff" * max(file.stat().st_size - 4096, 0))


def n_messages(crew: Crew) -> int:
    """Count also what is being worked on."""
    with crew.app.connection() as connection, connection.transport.mailbox.reading() as db:
        return db.execute("SELECT count(*) FROM message").fetchone()[0]


def answers(crew: Crew) -> bool:
    """Ask a worker; whoever meets the damage first sets the file aside."""
    try:
        return bool(crew.app.control.ping(timeout=0.3, limit=1))
    except (OSError, OperationalError):
        return False
    except crew.app.connection().connection_errors:
        return False


def written_bytes(pid: int) -> str:
    lines = Path(f"/proc/{pid}/io").read_text().splitlines()
    return next(line for line in lines if line.startswith("write_bytes"))
