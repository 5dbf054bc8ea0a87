"""An audit that finds nothing is worth as much as what it would find."""

import sqlite3
import wave
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from chaos.audit import find_problems
from chaos.books import Books
from chaos.tape import write_tape

from acoupi.data import Deployment
from acoupi.demo.receiver import Receiver
from acoupi.programs.activity import ActivityConfig, Program
from acoupi.system import Settings
from acoupi.system.brokers import create_app

N_RECORDINGS = 4
RATE_HZ = 48_000


@dataclass
class Finished:
    """A sensor that has recorded, sent and stopped, and what was received of it."""

    folder: Path
    tape: Path
    received: Counter[str]

    @property
    def problems(self) -> list[str]:
        return find_problems(Books(self.folder), self.tape, self.received)

    @property
    def first_file(self) -> Path:
        path = Books(self.folder).recordings[0].path
        assert path is not None
        return path

    def change(self, statement: str, database: str = "metadata.db") -> None:
        connection = sqlite3.connect(self.folder / "home" / "storages" / database)
        with connection:
            connection.execute(statement)
        connection.close()


@pytest.fixture
def finished(tmp_path: Path) -> Finished:
    tape = write_tape(tmp_path / "tape.wav", 17, seed=1)
    with Receiver() as receiver:
        program = build(tmp_path, tape, receiver.url)
        deployment = Deployment(name="lake")
        program.on_start(deployment)
        for _ in range(N_RECORDINGS):
            program.tasks["detection_task"](program.tasks["recording_task"]())
        program.on_end(deployment)
        return Finished(tmp_path, tape, receiver.counts)


def build(folder: Path, tape: Path, url: str) -> Program:
    storages = folder / "home" / "storages"
    config = ActivityConfig.model_validate(
        {
            "microphone": {"device_name": f"replay:{tape}?speed=max", "samplerate": RATE_HZ},
            "recording": {
                "duration": 2,
                "interval": 2,
                "schedule_start": "00:00",
                "schedule_end": "00:00",
            },
            "paths": {
                "tmp_audio": folder / "tmp",
                "recordings": storages / "recordings",
                "db_metadata": storages / "metadata.db",
            },
            "messaging": {
                "messages_db": storages / "messages.db",
                "http": {"base_url": url},
            },
            "saving": None,
        }
    )
    return Program(config, create_app(Settings(home=folder / "home")))


def shorten(sensor: Finished) -> None:
    sound = sensor.first_file.read_bytes()
    sensor.first_file.write_bytes(sound[:-1000])


def silence(sensor: Finished) -> None:
    sound = sensor.first_file.read_bytes()
    sensor.first_file.write_bytes(sound[:-1000] + bytes(1000))


def append(sensor: Finished) -> None:
    with sensor.first_file.open("ab") as file:
        file.write(b"more")


DAMAGES: dict[str, tuple[Callable[[Finished], None], str]] = {
    "a file is gone": (lambda s: s.first_file.unlink(), "cannot be read"),
    "a recording was let go": (
        lambda s: s.change("UPDATE recording SET path = NULL WHERE rowid = 1"),
        "was let go",
    ),
    "a file is cut short": (shorten, "cut short by 1000 bytes"),
    "a file is longer than it says": (append, "its header says"),
    "other sound": (silence, "is not what was played from frame 0 on"),
    "a stray file": (
        lambda s: s.first_file.with_name("copy.wav").write_bytes(b""),
        "belongs to no recording",
    ),
    "a part": (lambda s: (s.folder / "tmp" / "a.wav.part").touch(), "was left behind"),
    "a recording is missing": (
        lambda s: s.change("DELETE FROM recording WHERE rowid = 2"),
        "is not what was played from frame 96000 on: it is from frame 192000.0",
    ),
    "the last recording is missing": (
        lambda s: s.change("DELETE FROM recording WHERE rowid = 4"),
        "288000 frames are in recordings, 384000 were played",
    ),
    "two recordings in one file": (
        lambda s: s.change("UPDATE recording SET path = (SELECT path FROM recording LIMIT 1)"),
        "belongs to 4 recordings",
    ),
    "a second output": (
        lambda s: s.change(
            "INSERT INTO model_output (id, model_name, recording_id, created_on)"
            " SELECT randomblob(16), model_name, recording_id, created_on"
            " FROM model_output LIMIT 1"
        ),
        "has 2 outputs of",
    ),
    "no output": (
        lambda s: s.change("DELETE FROM model_output WHERE rowid = 4"),
        "has no output",
    ),
    "processing without an end": (
        lambda s: s.change("UPDATE processing SET state = 'pending' WHERE rowid = 1"),
        "1 recordings whose processing is pending",
    ),
    "a message that was not made": (
        lambda s: s.change("DELETE FROM message WHERE rowid = 1", "messages.db"),
        "was never made",
    ),
    "a message that got lost": (lambda s: s.received.popitem() and None, "never arrived"),
    "a message from nowhere": (
        lambda s: s.received.update([str(uuid4())]),
        "arrived and is not in the store",
    ),
    "a delivery that was forgotten": (
        lambda s: s.change("DELETE FROM delivery WHERE rowid = 1", "messages.db"),
        "1 messages are not noted as delivered",
    ),
}


def test_a_sensor_that_did_everything_right_is_believed(finished: Finished) -> None:
    assert finished.problems == []
    assert len(Books(finished.folder).recordings) == N_RECORDINGS
    assert finished.received.total() == len(finished.received) >= 2


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_wrong_is_found(finished: Finished, damage: str) -> None:
    break_it, complaint = DAMAGES[damage]
    break_it(finished)
    assert any(complaint in problem for problem in finished.problems), finished.problems


def test_a_damaged_database_is_found(finished: Finished) -> None:
    path = finished.folder / "home" / "storages" / "metadata.db"
    finished.change("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(path.read_bytes())
    content[4096:4196] = bytes(100)
    path.write_bytes(content)
    assert any("is damaged" in problem for problem in finished.problems)


def test_no_stretch_of_the_tape_sounds_like_another(tmp_path: Path) -> None:
    tape = write_tape(tmp_path / "tape.wav", 60, seed=1)
    with wave.open(str(tape)) as file:
        seconds = [file.readframes(RATE_HZ) for _ in range(file.getnframes() // RATE_HZ)]
    assert len(set(seconds)) == len(seconds) >= 60
