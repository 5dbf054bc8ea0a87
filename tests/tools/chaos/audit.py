"""What a sensor has at the end, compared with what it heard and what was received."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import UUID

from chaos.books import Books
from chaos.sound import read_sound

__all__ = ["find_problems"]

FRAME_BYTES = 2


def find_problems(
    books: Books, tape: Path, received: Mapping[str, int], keeps_all: bool = True
) -> list[str]:
    """Return a line for everything that is not as it must be.

    Parameters
    ----------
    books
        What the sensor has written down.
    tape
        What it heard.
    received
        How often each message arrived.
    keeps_all
        Whether it was to keep recordings in which nothing was heard.
    """
    try:
        return [
            *_damages(books),
            *_tape_problems(books, tape),
            *_keeping_problems(books, keeps_all),
            *_file_problems(books),
            *_processing_problems(books),
            *_message_problems(books, {UUID(key) for key in received}),
        ]
    except sqlite3.DatabaseError as error:
        return [f"a database is damaged: {error}"]


def _damages(books: Books) -> Iterator[str]:
    for database in ("metadata.db", "messages.db"):
        for (line,) in books.rows(database, "PRAGMA integrity_check"):
            if line != "ok":
                yield f"{database} is damaged: {line}"


def _tape_problems(books: Books, tape: Path) -> Iterator[str]:
    """Lay the recordings end to end along the tape."""
    _, played = read_sound(tape)
    position = 0
    for kept in books.recordings:
        end = position + kept.frames
        if kept.path is not None:
            truth = played[position * FRAME_BYTES : end * FRAME_BYTES]
            yield from _sound_problems(kept.path, truth, played, position)
        position = end
    if position != books.tape_position:
        yield f"{position} frames are in recordings, {books.tape_position} were played"


def _keeping_problems(books: Books, keeps_all: bool) -> Iterator[str]:
    for kept in books.recordings:
        is_wanted = keeps_all or kept.id in books.wanted
        if kept.path is None and is_wanted:
            yield f"recording {kept.id} was let go"
        if kept.path is not None and not is_wanted:
            yield f"recording {kept.id} was kept, and nothing is in it"


def _sound_problems(path: Path, truth: bytes, played: bytes, position: int) -> Iterator[str]:
    try:
        file_bytes, sound = read_sound(path)
    except (OSError, ValueError) as error:
        yield f"{path} cannot be read: {error}"
        return
    if file_bytes != path.stat().st_size:
        yield f"{path} has {path.stat().st_size} bytes, its header says {file_bytes}"
    if sound != truth:
        found = played.find(sound) if sound else -1
        place = (
            f"it is from frame {found / FRAME_BYTES:.1f}" if found >= 0 else "it is not from it"
        )
        yield f"{path} is not what was played from frame {position} on: {place}"


def _file_problems(books: Books) -> Iterator[str]:
    """Each recording has one file, each file one recording, and nothing waits."""
    waiting = books.folder / "tmp"
    paths = Counter(kept.path for kept in books.recordings if kept.path)
    for path in [path for path, n in paths.items() if n > 1]:
        yield f"{path} belongs to {paths[path]} recordings"
    files = set((books.storages / "recordings").rglob("*"))
    for path in sorted(path for path in files if path.is_file() and path not in paths):
        yield f"{path} belongs to no recording"
    for path in sorted(waiting.iterdir()):
        if not path.name.startswith(".") or ".part" in path.name:
            yield f"{path} was left behind"
    for path in sorted(path for path in paths if waiting in path.parents):
        yield f"{path} was never managed"


def _processing_problems(books: Books) -> Iterator[str]:
    for state, n in books.unended.items():
        yield f"{n} recordings whose processing is {state}"
    for (recording, model), n in books.outputs.items():
        if n > 1:
            yield f"recording {recording} has {n} outputs of {model}"
    without = {kept.id for kept in books.recordings} ^ {i for i, _ in books.outputs}
    for recording in without:
        yield f"recording {recording} has no output, or the output no recording"


def _message_problems(books: Books, received: set[UUID]) -> Iterator[str]:
    for missing in books.due_messages - books.messages:
        yield f"message {missing} was never made"
    for lost in books.messages - received:
        yield f"message {lost} never arrived"
    for unknown in received - books.messages:
        yield f"message {unknown} arrived and is not in the store"
    if books.unsent:
        yield f"{books.unsent} messages are not noted as delivered"
