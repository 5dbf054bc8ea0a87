"""Attempts at processing: claimed, bounded, and found again whatever the clock does."""

import datetime as dt
import multiprocessing
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from acoupi._claims import LEASE, Claims, Owner
from acoupi.components.stores import SqliteStore
from acoupi.components.stores.sqlite import processing
from acoupi.components.stores.sqlite.schema import MIGRATIONS
from acoupi.components.stores.sqlite.writing import insert_deployment
from acoupi.components.types import MAX_ATTEMPTS, MAX_INTERRUPTIONS, UNOPENED
from acoupi.data import Deployment, Recording
from acoupi.errors import ClaimedError

START = dt.datetime(2026, 5, 1, 3, 30, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
RING_AGAIN = dt.timedelta(seconds=SqliteStore.RING_AGAIN_S)
WAITING, KEPT = Path("/waiting"), Path("/kept")


class Clock:
    """The clock on the wall, which somebody sets."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = START
        monkeypatch.setattr(processing, "utc_now", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def recording(store: SqliteStore, make_recording: Callable[..., Recording]) -> Recording:
    recording = make_recording(path=WAITING / "0.wav")
    store.store_recording(recording)
    return recording


def in_another_process(function: Callable[[], object]) -> None:
    process = multiprocessing.get_context("fork").Process(target=function)
    process.start()
    process.join(30)
    assert process.exitcode == 0


def owned_by(store: SqliteStore, recording: Recording, owner: Owner) -> None:
    with store._database.write() as connection:  # pyright: ignore[reportPrivateUsage]
        connection.execute(
            "UPDATE processing SET owner = ? WHERE recording_id = ?",
            (str(owner), recording.id.bytes),
        )


def die(store: SqliteStore, *recordings: Recording) -> None:
    """Do what the kernel does when a process ends."""
    for recording in recordings:
        store._claims.release(recording.id)  # pyright: ignore[reportPrivateUsage]


def test_what_a_living_process_is_at_is_left_to_it(
    store: SqliteStore, recording: Recording
) -> None:
    store.begin_processing(recording)

    def try_to_begin() -> None:
        other = SqliteStore(store.db_path)
        assert other.get_due_recordings(START) == []
        with pytest.raises(ClaimedError, match=str(recording.id)):
            other.begin_processing(recording)

    in_another_process(try_to_begin)
    assert store.get_due_recordings(START) == []


def test_what_a_process_died_over_is_due_at_once(store: SqliteStore, recording: Recording) -> None:
    in_another_process(lambda: SqliteStore(store.db_path).begin_processing(recording))
    assert store.get_due_recordings(START) == [recording]
    assert store.begin_processing(recording) == 2


@pytest.mark.parametrize("ending", ["ends", "fails"])
def test_an_attempt_that_is_over_is_claimed_no_longer(
    store: SqliteStore, recording: Recording, ending: str
) -> None:
    store.begin_processing(recording)
    if ending == "ends":
        store.end_processing(recording, "done")
    else:
        store.fail_attempt(recording, 1, "no")
    in_another_process(lambda: SqliteStore(store.db_path).begin_processing(recording))


def test_a_claim_is_given_up_also_when_nothing_can_be_noted(
    store: SqliteStore, recording: Recording
) -> None:
    store.begin_processing(recording)
    store.close()
    kept = store.db_path.read_bytes()
    store.db_path.write_bytes(b"a card that has lost its mind" * 100)
    for suffix in ("-wal", "-shm"):
        store.db_path.with_name(store.db_path.name + suffix).unlink(missing_ok=True)
    with pytest.raises(Exception, match="cannot be used"):
        store.end_processing(recording, "done")
    store.db_path.write_bytes(kept)
    assert store.get_due_recordings(START) == [recording]


@pytest.mark.parametrize(
    ("age", "believed"),
    [
        (dt.timedelta(0), True),
        (LEASE - SECOND, True),
        (LEASE, False),
        (dt.timedelta(days=1000), False),
        (dt.timedelta(seconds=-30), True),
        (dt.timedelta(hours=-1), False),
    ],
)
def test_another_machine_is_believed_for_a_while_whatever_the_clock_says(
    store: SqliteStore, recording: Recording, clock: Clock, age: dt.timedelta, believed: bool
) -> None:
    store.begin_processing(recording)
    die(store, recording)
    owned_by(store, recording, Owner("elsewhere", "boot", 7, 7))
    clock.now += age
    assert store.get_due_recordings(clock.now) == ([] if believed else [recording])
    if believed:
        with pytest.raises(ClaimedError):
            store.begin_processing(recording)


def test_a_claim_from_before_a_reboot_is_none(
    store: SqliteStore, recording: Recording, clock: Clock
) -> None:
    store.begin_processing(recording)
    die(store, recording)
    me = Owner.this_process()
    owned_by(store, recording, Owner(me.machine, "the boot before", me.pid, me.started))
    assert store.get_due_recordings(clock.now) == [recording]
    assert store.begin_processing(recording) == 2


def test_an_owner_is_read_as_it_was_written() -> None:
    me = Owner.this_process()
    assert Owner.parse(str(me)) == me
    assert me.pid == os.getpid()


def test_a_fork_holds_nothing_of_its_parents(tmp_path: Path) -> None:
    claims, id_ = Claims(tmp_path / "claims"), UUID(int=1 << 100)
    assert claims.take(id_)

    def look() -> None:
        assert claims.is_held(id_)
        assert not claims.take(id_)
        claims.release(id_)

    in_another_process(look)
    assert claims.is_held(id_)
    in_another_process(look)


def test_a_failure_waits_longer_each_time_and_is_then_set_aside(
    store: SqliteStore, recording: Recording, clock: Clock
) -> None:
    waits_s: list[float] = []
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert store.begin_processing(recording) == attempt
        if store.fail_attempt(recording, attempt, f"ValueError: {attempt}"):
            waits_s.append(0)
            while store.get_due_recordings(clock.now) == []:
                clock.now += SECOND
                waits_s[-1] += 1
            clock.now += RING_AGAIN
    assert waits_s == [30, 60]
    assert store.get_failure(recording) == "ValueError: 3"
    assert store.get_due_recordings(clock.now) == store.get_unprocessed_recordings() == []


def test_a_recording_over_which_processes_keep_dying_is_set_aside(
    store: SqliteStore, recording: Recording
) -> None:
    for attempt in range(1, MAX_INTERRUPTIONS + 1):
        assert store.begin_processing(recording) == attempt
        die(store, recording)
        assert not store.is_processed(recording)
    store.begin_processing(recording)
    assert store.get_failure(recording) is not None
    assert str(store.get_failure(recording)).startswith(f"interrupted {MAX_INTERRUPTIONS} times")


def test_a_recording_that_is_set_aside_says_what_its_last_process_ended_with(
    store: SqliteStore, recording: Recording
) -> None:
    for _ in range(MAX_INTERRUPTIONS):
        store.begin_processing(recording)
        die(store, recording)
        store.explain_interruptions([os.getpid()], "killed by SIGABRT")
        assert not store.is_processed(recording)
    store.begin_processing(recording)
    assert str(store.get_failure(recording)).endswith("at last: killed by SIGABRT")


def test_the_end_of_one_process_explains_nothing_of_another(
    store: SqliteStore, recording: Recording
) -> None:
    here = Owner.this_process()
    elsewhere = Owner("another machine", "another boot", here.pid, here.started)
    for owner, pid in ((here, here.pid + 1), (here, here.pid // 10), (elsewhere, here.pid)):
        store.begin_processing(recording)
        owned_by(store, recording, owner)
        store.explain_interruptions([pid], "killed by SIGABRT")
        owned_by(store, recording, here)
        die(store, recording)
    for _ in range(MAX_INTERRUPTIONS - 2):
        store.begin_processing(recording)
        die(store, recording)
    assert str(store.get_failure(recording)).endswith("died or was ended over it")


def test_a_recording_that_has_ended_keeps_its_reason(
    store: SqliteStore, recording: Recording
) -> None:
    store.begin_processing(recording)
    store.end_processing(recording, "failed", "ValueError: no sound")
    store.explain_interruptions([os.getpid()], "killed by SIGABRT")
    assert store.get_failure(recording) == "ValueError: no sound"


def test_interruptions_do_not_count_as_failures(store: SqliteStore, recording: Recording) -> None:
    for _ in range(MAX_INTERRUPTIONS - 1):
        store.begin_processing(recording)
        die(store, recording)
    attempt = store.begin_processing(recording)
    assert store.fail_attempt(recording, attempt, "ValueError: once")
    assert not store.is_processed(recording)


def test_what_was_rung_for_is_left_alone_for_a_while(
    store: SqliteStore, recording: Recording
) -> None:
    asked = [START, START + RING_AGAIN - SECOND, START + RING_AGAIN]
    assert [store.get_due_recordings(now) for now in asked] == [[recording], [], [recording]]


def test_only_the_folder_of_what_waits_is_looked_through_for_what_nobody_began(
    store: SqliteStore, make_recording: Callable[..., Recording]
) -> None:
    waiting, kept, begun = (
        make_recording(minute, path=folder / f"{minute}.wav")
        for minute, folder in enumerate([WAITING, KEPT, KEPT])
    )
    for each in (waiting, kept, begun):
        store.store_recording(each)
    store.begin_processing(begun)
    die(store, begun)
    assert store.get_due_recordings(START, folder=WAITING) == [waiting, begun]


def test_at_most_as_many_are_due_as_asked_for_the_oldest_first(
    store: SqliteStore, make_recording: Callable[..., Recording]
) -> None:
    made = [make_recording(minute, path=WAITING / f"{minute}.wav") for minute in range(5)]
    for each in reversed(made):
        store.store_recording(each)
    assert store.get_due_recordings(START, limit=2, folder=WAITING) == made[:2]
    assert store.get_due_recordings(START, folder=WAITING) == made[2:]


def test_what_was_set_aside_is_tried_again_from_the_start_when_asked(
    store: SqliteStore, make_recording: Callable[..., Recording]
) -> None:
    chosen, other, done, lost = (make_recording(minute) for minute in range(4))
    for each in (chosen, other, lost):
        store.end_processing(each, "failed", "broken")
    store.end_processing(done, "done")
    store.update_recording_path(lost, None)

    assert store.retry_failed([chosen.id, done.id, lost.id]) == 1
    assert store.get_failure(chosen) is None
    assert store.get_due_recordings(START, folder=WAITING) == [chosen]
    assert store.begin_processing(chosen) == 1
    assert store.retry_failed() == 1
    assert store.retry_failed() == 0
    assert store.get_failure(lost) == "broken"


def test_what_was_set_aside_for_want_of_a_model_is_told_from_the_rest(
    store: SqliteStore, make_recording: Callable[..., Recording]
) -> None:
    wanting, partly, other, lost = (make_recording(minute) for minute in range(4))
    for each, reason in (
        (wanting, f"{UNOPENED}: it is cut off"),
        (partly, f"bats: too long; {UNOPENED}: it is cut off"),
        (other, "too long"),
        (lost, UNOPENED),
    ):
        store.end_processing(each, "failed", reason)
    store.update_recording_path(lost, None)

    assert store.retry_unopened() == 2
    assert store.get_due_recordings(START) == [wanting, partly]
    assert store.get_failure(other) == "too long"
    assert store.retry_unopened() == 0


def test_attempts_of_an_older_version_are_not_held_against_a_recording(
    store: SqliteStore, make_recording: Callable[..., Recording]
) -> None:
    recording = make_recording()
    with sqlite3.connect(store.db_path) as connection:
        for step in MIGRATIONS[:2]:
            step(connection)
        connection.execute("PRAGMA user_version = 2")
        insert_deployment(connection, recording.deployment)
        connection.execute(
            "INSERT INTO recording (id, path, datetime, duration_s, samplerate_hz, deployment_id)"
            " VALUES (?, ?, ?, 3, 48000, ?)",
            (
                recording.id.bytes,
                str(recording.path),
                recording.created_on.isoformat(),
                recording.deployment.id.bytes,
            ),
        )
        connection.execute(
            "INSERT INTO processing (recording_id, state, attempts, updated_on)"
            " VALUES (?, 'pending', 7, '2026-05-01')",
            (recording.id.bytes,),
        )
    connection.close()
    assert store.get_due_recordings(START) == [recording]
    assert store.begin_processing(recording) == 1


RECORDINGS = st.integers(0, 2)
STEPS = st.one_of(
    st.integers(-600, 600),
    st.sampled_from([-3600, 3600, 3 * 365 * 86400, -3 * 365 * 86400]),
).map(lambda seconds: dt.timedelta(seconds=seconds))


class Processing(RuleBasedStateMachine):
    """Attempts that begin, fail, end and are cut, under a clock that is set at will."""

    def __init__(self) -> None:
        super().__init__()
        self._directory = TemporaryDirectory()
        self._patch = pytest.MonkeyPatch()
        self.clock = Clock(self._patch)
        self.store = SqliteStore(Path(self._directory.name) / "metadata.db")
        deployment = Deployment(name="wood", started_on=START)
        self.recordings = [
            Recording(
                created_on=START + number * SECOND,
                duration=1,
                samplerate=8000,
                deployment=deployment,
                path=WAITING / f"{number}.wav",
            )
            for number in range(3)
        ]
        for recording in self.recordings:
            self.store.store_recording(recording)
        self.at: set[int] = set()
        self.ended: set[int] = set()
        self.failures = [0] * 3
        self.interruptions = [0] * 3

    def teardown(self) -> None:
        self.store.close()
        self._patch.undo()
        self._directory.cleanup()

    @rule(number=RECORDINGS)
    def begin(self, number: int) -> None:
        if number in self.at:
            return  # a process keeps its own threads apart
        self.store.begin_processing(self.recordings[number])
        if number in self.ended:
            return
        if self.interruptions[number] >= MAX_INTERRUPTIONS:
            self.ended.add(number)
        else:
            self.at.add(number)

    @precondition(lambda self: self.at)
    @rule(data=st.data())
    def fail(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.at)))
        self.at.discard(number)
        self.failures[number] += 1
        again = self.store.fail_attempt(self.recordings[number], self.failures[number], "no")
        assert again == (self.failures[number] < MAX_ATTEMPTS)
        if not again:
            self.ended.add(number)

    @precondition(lambda self: self.at)
    @rule(data=st.data())
    def end(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.at)))
        self.store.end_processing(self.recordings[number], "done")
        self.at.discard(number)
        self.ended.add(number)

    @rule()
    def kill(self) -> None:
        die(self.store, *(self.recordings[number] for number in self.at))
        for number in self.at:
            self.interruptions[number] += 1
        self.at.clear()

    @rule(step=STEPS)
    def set_clock(self, step: dt.timedelta) -> None:
        self.clock.now += step

    @rule()
    def look_for_due(self) -> None:
        due = self.due()
        assert not due & (self.at | self.ended)

    @rule()
    def ask_for_a_while(self) -> None:
        """Whatever the clock has been through, all that waits is due before long."""
        found: set[int] = set()
        for _ in range(5):
            found |= self.due()
            self.clock.now += RING_AGAIN / 4
        assert found | self.due() == set(range(3)) - self.at - self.ended

    @rule()
    def retry(self) -> None:
        failed = {n for n in range(3) if self.store.get_failure(self.recordings[n]) is not None}
        assert self.store.retry_failed() == len(failed)
        self.ended -= failed
        for number in failed:
            self.failures[number] = self.interruptions[number] = 0

    @invariant()
    def what_has_ended_is_known(self) -> None:
        ended = {n for n in range(3) if self.store.is_processed(self.recordings[n])}
        assert ended == self.ended

    @invariant()
    def attempts_are_bounded(self) -> None:
        assert max(self.failures) <= MAX_ATTEMPTS
        assert max(self.interruptions) <= MAX_INTERRUPTIONS

    def due(self) -> set[int]:
        found = self.store.get_due_recordings(self.clock.now, folder=WAITING)
        return {self.recordings.index(recording) for recording in found}


TestProcessing = Processing.TestCase
TestProcessing.settings = settings(max_examples=25, stateful_step_count=30)
