import json
from pathlib import Path
from uuid import uuid4

import pytest

from acoupi.components.stores import SqliteStore
from acoupi.components.types import RecordingSavingManager
from acoupi.data import Deployment, ModelOutput, Recording
from acoupi.programs.templates.space import Disk, Place, Space
from acoupi.programs.templates.space_watch import SpaceWatch
from acoupi.programs.templates.when_full import HasSpace, HeardOrSpace, KeepWhileSpace

MB = 1_000_000
CARD, MEMORY = Path("/card"), Path("/memory")
PLACES = [
    Place("recordings", CARD / "recordings"),
    Place("waiting recordings", MEMORY),
    Place("database", CARD),
]


class Disks:
    """Two disks of which a test says how full they are."""

    def __init__(self) -> None:
        self.card_mb = 30_000.0
        self.memory_mb = 200.0

    def measure(self, path: Path) -> Disk:
        if path.is_relative_to(MEMORY):
            return Disk(2, 256 * MB, self.memory_mb * MB)
        return Disk(1, 32_000 * MB, self.card_mb * MB)


@pytest.fixture
def disks() -> Disks:
    return Disks()


@pytest.fixture
def recording() -> Recording:
    return Recording(duration=1, samplerate=8000, deployment=Deployment(name="wood"))


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    return SqliteStore(tmp_path / "metadata.db")


def space(disks: Disks, lets_sound_go: bool = False) -> Space:
    return Space(PLACES, 200 * MB, lets_sound_go, disks.measure)


def kinds(space: Space) -> list[tuple[str, ...]]:
    return [shortage.kinds for shortage in space.shortages()]


def test_with_room_on_every_disk_a_program_records(disks: Disks) -> None:
    assert HasSpace(space(disks)).should_record()


def test_a_full_disk_is_one_shortage_of_all_that_is_on_it(disks: Disks) -> None:
    disks.card_mb = 199
    assert kinds(space(disks)) == [("recordings", "database")]
    assert not HasSpace(space(disks)).should_record()
    assert space(disks).describe() == [
        "the disk of the recordings, database is full: "
        "199.0 MB free at /card/recordings, 200.0 MB are needed"
    ]


def test_of_a_small_disk_no_more_than_a_tenth_stays_free(disks: Disks) -> None:
    disks.memory_mb = 26
    assert HasSpace(space(disks)).should_record()
    disks.memory_mb = 25
    assert not HasSpace(space(disks)).should_record()


def test_a_program_that_can_do_without_sound_goes_on_into_its_reserve(disks: Disks) -> None:
    without_sound = space(disks, lets_sound_go=True)
    disks.card_mb = 60
    assert kinds(without_sound) == [("recordings",)]
    assert without_sound.can_record()
    assert not without_sound.can_keep_sound()
    disks.card_mb = 40
    assert kinds(without_sound) == [("recordings", "database")]
    assert not without_sound.can_record()


def test_a_share_that_is_away_is_no_reason_not_to_record(
    disks: Disks, caplog: pytest.LogCaptureFixture
) -> None:
    def measure(path: Path) -> Disk:
        if path == MEMORY:
            raise OSError("stale file handle")
        return disks.measure(path)

    assert Space(PLACES, 200 * MB, measure=measure).can_record()
    assert "stale file handle" in caplog.text


class Kept(RecordingSavingManager):
    def save_recording(
        self, recording: Recording, model_outputs: list[ModelOutput] | None = None
    ) -> Path:
        return CARD / "kept.wav"


def test_a_manager_has_no_place_while_the_disk_is_full(disks: Disks, recording: Recording) -> None:
    manager = KeepWhileSpace(Kept(), space(disks, lets_sound_go=True))
    assert manager.save_recording(recording) == CARD / "kept.wav"
    disks.card_mb = 100
    assert manager.save_recording(recording) is None


def test_what_nobody_has_heard_is_not_let_go_for_want_of_space(
    disks: Disks, store: SqliteStore, recording: Recording
) -> None:
    may_be_managed = HeardOrSpace(space(disks, lets_sound_go=True), store)
    store.end_processing(recording, "failed", "the model broke")
    assert may_be_managed(recording, [])
    disks.card_mb = 100
    assert not may_be_managed(recording, [])
    assert may_be_managed(recording.model_copy(update={"id": uuid4()}), [])


class Listener:
    """Hears what a watch tells, unless it is away."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.away = False

    def tell(self, text: str) -> bool:
        if not self.away:
            self.heard.append(text)
        return not self.away


def test_an_episode_is_told_once_when_it_begins_and_once_when_it_ends(
    disks: Disks, tmp_path: Path
) -> None:
    listener, note = Listener(), tmp_path / "note.json"
    look = SpaceWatch(space(disks), listener.tell, note).watch_space_task
    for free_mb in (30_000, 150, 100, 210, 150, 240):
        disks.card_mb = free_mb
        look()
    assert len(listener.heard) == 1
    assert "; nothing is recorded until there is room (seen 2" in listener.heard[0]
    SpaceWatch(space(disks), listener.tell, note).watch_space_task()
    assert len(listener.heard) == 1
    disks.card_mb = 251
    look()
    assert len(listener.heard) == 2
    assert listener.heard[1].startswith("the disk of the database, recordings has room again (")
    assert json.loads(note.read_text()) == []


def test_it_is_told_again_when_the_reserve_is_gone_too(disks: Disks, tmp_path: Path) -> None:
    listener = Listener()
    watch = SpaceWatch(space(disks, True), listener.tell, tmp_path / "note.json")
    for free_mb in (100, 90, 40, 30):
        disks.card_mb = free_mb
        watch.watch_space_task()
    assert [text.rpartition("; ")[2].partition(" (")[0] for text in listener.heard] == [
        "sound is not kept, what is found in it is",
        "nothing is recorded until there is room",
    ]


def test_what_could_not_be_told_is_told_later(disks: Disks, tmp_path: Path) -> None:
    listener = Listener()
    watch = SpaceWatch(space(disks), listener.tell, tmp_path / "missing" / "folder")
    listener.away, disks.card_mb = True, 10
    watch.watch_space_task()
    disks.card_mb = 30_000
    watch.watch_space_task()
    assert listener.heard == []
    listener.away = False
    watch.watch_space_task()
    watch.watch_space_task()
    assert ["is full" in text for text in listener.heard] == [True, False]
