"""A recorder that has heard more than was asked for."""

import datetime as dt

from acoupi.components.stores import SqliteStore
from acoupi.components.types import AudioRecorder
from acoupi.data import Deployment, Recording
from acoupi.tasks.recording import generate_recording_task


class Backlog(AudioRecorder):
    """Is behind by some recordings."""

    def __init__(self, recordings: int) -> None:
        self.waiting = recordings

    @property
    def is_behind(self) -> bool:
        return self.waiting > 0

    def record(self, deployment: Deployment) -> Recording:
        self.waiting -= 1
        return Recording(
            created_on=dt.datetime.now(dt.UTC), duration=1, samplerate=8000, deployment=deployment
        )


def test_a_recorder_that_is_behind_is_asked_again_until_it_is_not(
    store: SqliteStore, deployment: Deployment
) -> None:
    rings = [1]
    recorder = Backlog(3)
    task = generate_recording_task(recorder, store, ring_again=lambda: rings.append(1))
    made = 0
    while rings:
        rings.pop()
        made += task() is not None
    assert (made, recorder.waiting) == (3, 0)


def test_one_that_has_no_backlog_is_asked_by_its_schedule_alone(
    store: SqliteStore, deployment: Deployment
) -> None:
    rings: list[int] = []
    generate_recording_task(Backlog(1), store, ring_again=lambda: rings.append(1))()
    assert rings == []
