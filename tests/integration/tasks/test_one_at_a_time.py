"""The tasks in several real processes that share their data."""

import subprocess
import sys
from pathlib import Path

import pytest

from acoupi.components import SqliteMessageStore, SqliteStore
from acoupi.data import Deployment, Message, Recording
from acoupi.testing import FakeRecorder

N_PROCESSES = 3
N_ITEMS = 8

COMMON = """
import sys, time
from pathlib import Path
from acoupi.components import SqliteMessageStore, SqliteStore
from acoupi.components.types import Messenger, Model, RecordingSavingManager
from acoupi.data import ModelOutput, Recording, Response, ResponseStatus
from acoupi.tasks import (
    generate_detection_task, generate_file_management_task, generate_send_messages_task,
)

home = Path(sys.argv[1])
store, messages = SqliteStore(home / "metadata.db"), SqliteMessageStore(home / "messages.db")

def note(text):
    with open(home / "notes", "a") as file:
        file.write(text + "\\n")

def work(what):
    note(f"begin {what}")
    time.sleep(0.03)
    note(f"end {what}")

class KeepingManager(RecordingSavingManager):
    def save_recording(self, recording, model_outputs=None):
        work(recording.id)
        return home / "kept" / recording.path.name

class NotingMessenger(Messenger):
    def send_message(self, message):
        work(message.id)
        return Response(message=message, status=ResponseStatus.SUCCESS)

class NotingModel(Model):
    name = "noting"
    def run(self, recording):
        work(recording.id)
        return ModelOutput(name_model=self.name, recording=recording)

print("ready", flush=True)
sys.stdin.readline()
"""

MANAGE = """
task = generate_file_management_task(store, [KeepingManager()], tmp_path=home / "waiting")
while list((home / "waiting").glob("*.wav")):
    task()
"""

SEND = """
task = generate_send_messages_task(messages, [NotingMessenger()], max_messages=3)
while messages.count_undelivered(["NotingMessenger"]):
    task()
"""

DETECT = """
task = generate_detection_task(store, NotingModel(), messages)
for recording in store.get_unprocessed_recordings():
    task(recording)
    task(recording)
"""


@pytest.fixture
def recordings(tmp_path: Path) -> list[Recording]:
    store, deployment = SqliteStore(tmp_path / "metadata.db"), Deployment(name="wood")
    recorder = FakeRecorder(tmp_path / "waiting")
    made = [recorder.record(deployment) for _ in range(N_ITEMS)]
    for recording in made:
        store.store_recording(recording)
    store.close()
    return made


def run_at_once(home: Path, script: str) -> list[str]:
    """Run a script in several processes that begin together, and return what they noted."""
    command = [sys.executable, "-c", COMMON + script, str(home)]
    pipe = subprocess.PIPE
    processes = [
        subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) for _ in range(N_PROCESSES)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.communicate("go\n", timeout=60)
    assert [process.returncode for process in processes] == [0] * N_PROCESSES
    return (home / "notes").read_text().splitlines()


def one_after_the_other(notes: list[str]) -> bool:
    begun, ended = notes[::2], notes[1::2]
    return [each.replace("begin", "end") for each in begun] == ended


def test_two_runs_of_management_never_overlap(tmp_path: Path, recordings: list[Recording]) -> None:
    notes = run_at_once(tmp_path, MANAGE)
    assert one_after_the_other(notes)
    assert sorted(notes[::2]) == sorted(f"begin {recording.id}" for recording in recordings)
    assert len(list((tmp_path / "kept").iterdir())) == N_ITEMS


def test_two_runs_of_messaging_never_overlap(tmp_path: Path) -> None:
    outbox = SqliteMessageStore(tmp_path / "messages.db")
    messages = [Message(content=str(number)) for number in range(N_ITEMS)]
    for message in messages:
        outbox.store_message(message)
    notes = run_at_once(tmp_path, SEND)
    assert one_after_the_other(notes)
    assert sorted(notes[::2]) == sorted(f"begin {message.id}" for message in messages)
    outbox.close()


def test_a_recording_given_to_several_processes_at_once_is_processed_once(
    tmp_path: Path, recordings: list[Recording]
) -> None:
    notes = run_at_once(tmp_path, DETECT)
    begun = sorted(note for note in notes if note.startswith("begin"))
    assert begun == sorted(f"begin {recording.id}" for recording in recordings)
    store = SqliteStore(tmp_path / "metadata.db")
    assert all(store.is_processed(recording) for recording in recordings)
    store.close()
