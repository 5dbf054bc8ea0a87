import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from acoupi.system.logs import Follower, follow, log_names, read_logs


def entry(second: int, text: str) -> str:
    return f"2026-05-01T06:00:{second:02}.000Z INFO    x y: {text}"


@pytest.fixture
def follower(tmp_path: Path) -> Iterator[Follower]:
    with contextlib.closing(Follower(tmp_path / "w.log")) as made:
        yield made


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    (tmp_path / "recording.log.2").write_text(entry(1, "a") + "\n")
    (tmp_path / "recording.log.1").write_text(entry(2, "b") + "\nTraceback\n  why\n")
    (tmp_path / "recording.log").write_text(entry(5, "e") + "\n")
    (tmp_path / "beat.log").write_text(entry(3, "c") + "\n" + entry(4, "d") + "\n")
    return tmp_path


def test_logs_are_merged_by_time_with_what_was_rotated_away(logs: Path) -> None:
    names = log_names(logs)
    assert names == ["beat", "recording"]
    texts = [line.partition("y: ")[2] for line in read_logs(logs, names)]
    assert texts == ["a", "b\nTraceback\n  why", "c", "d", "e"]


def test_the_last_entries_are_the_last_of_all_logs_together(logs: Path) -> None:
    assert [line[-1] for line in read_logs(logs, ["beat", "recording"], 2)] == ["d", "e"]
    assert [line[-1] for line in read_logs(logs, ["beat"], 9)] == ["c", "d"]
    assert list(read_logs(logs, ["nobody"], 9)) == []


def test_a_follower_waits_for_the_end_of_a_line(tmp_path: Path) -> None:
    path = tmp_path / "w.log"
    path.write_text(entry(1, "old") + "\n")
    with contextlib.closing(Follower(path, at_end=True)) as follower, path.open("a") as file:
        file.write(entry(2, "new"))
        file.flush()
        assert follower.news() == []
        file.write("\n")
        file.flush()
        assert follower.news() == [entry(2, "new")]


def test_a_follower_loses_nothing_to_a_rotation(follower: Follower, tmp_path: Path) -> None:
    path = tmp_path / "w.log"
    assert follower.news() == []
    path.write_text(entry(1, "a") + "\n")
    assert follower.news() == [entry(1, "a")]
    with path.open("a") as file:
        file.write(entry(2, "b") + "\n")
    path.rename(tmp_path / "w.log.1")
    path.write_text(entry(3, "c") + "\n")
    assert follower.news() == [entry(2, "b"), entry(3, "c")]


def test_following_begins_with_the_past_and_notices_logs_that_begin_later(logs: Path) -> None:
    def change() -> Iterator[None]:
        with (logs / "recording.log").open("a") as file:
            file.write(entry(9, "late") + "\n")
        (logs / "detection.log").write_text(entry(8, "first") + "\n")
        yield

    steps = change()
    found = follow(logs, lambda: log_names(logs), lambda: next(steps), limit=1)
    with contextlib.closing(found):
        assert [next(found) for _ in range(3)] == [
            entry(5, "e"),
            entry(8, "first"),
            entry(9, "late"),
        ]


def test_what_is_logged_while_the_past_is_read_is_told_once(logs: Path) -> None:
    found = follow(logs, lambda: ["beat"], lambda: None)
    with contextlib.closing(found):
        seen = [next(found)]
        with (logs / "beat.log").open("a") as file:
            file.write(entry(6, "meanwhile") + "\n")
        seen += [next(found), next(found)]
        with (logs / "beat.log").open("a") as file:
            file.write(entry(7, "after") + "\n")
        seen.append(next(found))
    assert [line.partition("y: ")[2] for line in seen] == ["c", "d", "meanwhile", "after"]
