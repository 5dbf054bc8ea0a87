"""A real sensor whose program is moody, and whose tape counts: a lost sample is seen."""

import json
import os
import signal
import struct
import sys
import wave
from collections.abc import Mapping
from pathlib import Path

import pytest

from acoupi.audio.wav import open_wav
from acoupi.components.message_stores import SqliteMessageStore
from acoupi.components.stores import SqliteStore
from acoupi.components.stores.sqlite.listing import RecordingLine, Selection, list_recordings
from acoupi.data import Message, MessageType
from acoupi.system import Settings, get_status, setup_program, start_program
from acoupi.system.lifecycle import StoppedProgram, stop_and_finish
from acoupi.system.supervisor import start_detached
from acoupi.system.supervisor.locks import holders

__all__ = ["MoodySensor", "isolate"]

PROGRAM = Path(__file__).with_name("moody_program.py")
RATE_HZ = 8000
COUNT = 1 << 16
"""Samples on the tape, each its own number, so that it can be played round and round."""


def isolate(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is started from now on have its home below a folder."""
    monkeypatch.setenv("ACOUPI_HOME", str(folder / "home"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder / "runtime"))
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "moody_program", raising=False)


class MoodySensor:
    """A sensor that is set up in a home of its own.

    Parameters
    ----------
    folder
        Where all of it is; ``home``, ``waiting``, ``recordings`` and ``data`` are below.
    limits
        Settings of Celery that are not the usual ones.
    options
        Fields of the configuration that are not the usual ones.
    """

    def __init__(
        self, folder: Path, limits: Mapping[str, object], options: Mapping[str, object]
    ) -> None:
        self.folder = folder
        self.settings = Settings(home=folder / "home", supervision="detached")
        self.moods = folder / "moods"
        self.moods.mkdir()
        self._set_up({**self._usual(), **options})
        path = self.settings.celery_config_file
        path.write_text(json.dumps(json.loads(path.read_text()) | dict(limits)))
        self.store = SqliteStore(folder / "data" / "metadata.db")
        self.message_store = SqliteMessageStore(folder / "messages" / "messages.db")

    def start(self) -> None:
        start_program(self.settings, "wood")

    def restart(self) -> None:
        """Go on with the deployment, as after a boot."""
        start_detached(self.settings, beat=True)

    def stop(self) -> StoppedProgram:
        return stop_and_finish(self.settings)

    def end(self) -> None:
        """Kill whatever still runs."""
        self.settings.pid_file("supervisor").unlink(missing_ok=True)  # for its keeper
        for pid in holders(self.settings.lock_file):
            os.kill(pid, signal.SIGKILL)

    def feel(self, who: object, mood: str) -> None:
        (self.moods / str(who)).write_text(mood)

    def feel_well(self, who: object) -> None:
        (self.moods / str(who)).unlink()

    def recordings(self) -> list[RecordingLine]:
        lines = list_recordings(self.store.db_path, self.folder / "waiting", Selection())
        return list(lines)

    def n_recordings(self) -> int:
        return len(self.recordings())

    def n_outputs(self) -> int:
        return len(self.store.get_model_outputs())

    def messages(self, kind: MessageType) -> list[Message]:
        return [m for m in self.message_store.get_unsent_messages() if m.message_type is kind]

    def problems(self) -> list[str]:
        return get_status(self.settings).overview.problems

    def log(self) -> str:
        paths = sorted(self.settings.log_dir.glob("*.log"))
        return "".join(path.read_text(errors="replace") for path in paths)

    def lost_samples(self) -> list[str]:
        """Say where a kept recording does not go on where the one before it ended."""
        kept = sorted(self.recordings(), key=lambda line: line.recorded_on)
        found, expected = [], None
        for line in kept:
            samples = _samples(line.path) if line.path else ()
            if not samples or (expected is not None and samples[0] != expected):
                found.append(f"{line.path}: not {expected}, {line.state}, {line.reason}")
            expected = (samples[-1] + 1) % COUNT if samples else None
        return found

    def unfinished_files(self) -> list[Path]:
        """Return the files that only a write that was cut off leaves."""
        names = ("*.part", ".*.wav.*")
        return [path for name in names for path in self.folder.rglob(name)]

    def _usual(self) -> dict[str, object]:
        return {
            "microphone.device_name": f"replay:{_tape(self.folder)}?loop=yes",
            "recording.duration": 0.3,
            "recording.interval": 0.5,
            "recording.schedule_start": "00:00",
            "recording.schedule_end": "00:00",
            "paths.tmp_audio": self.folder / "waiting",
            "paths.recordings": self.folder / "recordings",
            "paths.db_metadata": self.folder / "data" / "metadata.db",
            "messaging.messages_db": self.folder / "messages" / "messages.db",
            "moods": self.moods,
        }

    def _set_up(self, options: Mapping[str, object]) -> None:
        self.settings.home.mkdir(exist_ok=True)
        (self.settings.home / PROGRAM.name).write_bytes(PROGRAM.read_bytes())
        pairs = ([f"--{name}", str(value)] for name, value in options.items())
        setup_program(self.settings, PROGRAM.stem, [text for pair in pairs for text in pair])


def _tape(folder: Path) -> Path:
    path = folder / "tape.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        file.writeframes(struct.pack(f"<{COUNT}H", *range(COUNT)))
    return path


def _samples(path: Path) -> tuple[int, ...]:
    data = open_wav(path).read()
    return struct.unpack(f"<{len(data) // 2}H", data)
