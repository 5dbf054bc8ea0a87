"""Kill who keeps a recording as FLAC at every line of it, and let another go on.

``cut_keeping.py FOLDER EACH`` cuts at every EACH-th line that is passed, and prints how often.
After each cut, the row, the sound and the folders must be right once the next process has done
its work.
"""

import os
import random
import shutil
import signal
import sys
from pathlib import Path
from types import FrameType

from acoupi.audio.flac import open_flac
from acoupi.audio.flac_codec import load_soundfile
from acoupi.audio.guano import build_metadata, read_identity
from acoupi.audio.wav import WavFormat, open_wav, write_wav
from acoupi.components.saving_managers import DateFileManager
from acoupi.components.stores import SqliteStore
from acoupi.data import Deployment, Recording
from acoupi.tasks import generate_file_management_task
from acoupi.tasks.recovery import generate_recovery_task

FORMAT = WavFormat(48_000, 2, 3)
FRAMES = 3000
WATCHED = ("_files.py", "flac_codec.py", "flac.py", "keeping.py", "management.py")


def prepare(folder: Path) -> tuple[Recording, bytes]:
    """Make a store with one recording that is ready to be kept."""
    sound = random.Random(1).randbytes(FRAMES * FORMAT.frame_bytes)
    deployment = Deployment(name="Old oak")
    recording = Recording(
        duration=FRAMES / 48_000, samplerate=48_000, audio_channels=2, deployment=deployment
    )
    recording.path = folder / "waiting" / f"{recording.id}.wav"
    recording.path.parent.mkdir(parents=True)
    write_wav(recording.path, FORMAT, FRAMES, [sound], build_metadata(recording))
    store = SqliteStore(folder / "metadata.db")
    store.store_deployment(deployment)
    store.store_recording(recording)
    store.close()
    return recording, sound


def work(folder: Path) -> None:
    """Recover what is left, then keep what waits."""
    store = SqliteStore(folder / "metadata.db")
    manager = DateFileManager(folder / "kept")
    manager.format = "flac"
    generate_recovery_task(store, folder / "waiting", folder / "orphans")()
    generate_file_management_task(store, [manager], tmp_path=folder / "waiting")()
    store.close()


def die_at(line: int) -> None:
    """Kill this process at the so many-th line of what keeps recordings."""
    left = line

    def trace(frame: FrameType, event: str, arg: object) -> object:
        nonlocal left
        if not frame.f_code.co_filename.endswith(WATCHED):
            return None
        if event == "line":
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)  # type: ignore[arg-type]


def cut(folder: Path, line: int) -> bool:
    """Do the work in a process that is killed; return whether it was done before."""
    child = os.fork()
    if not child:
        die_at(line)
        work(folder)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def check(folder: Path, recording: Recording, sound: bytes) -> None:
    """Make sure that the sound is there once, whole, and where the row says."""
    store = SqliteStore(folder / "metadata.db")
    [(row, _)] = store.get_recordings([recording.id])
    store.close()
    assert row.path is not None
    assert [path for path in (folder / "kept").rglob("*") if path.is_file()] == [row.path]
    assert row.path.suffix == ".flac"
    assert open_flac(row.path).read() == sound
    identity = read_identity(row.path)
    assert identity is not None
    assert identity.recording_id == recording.id
    assert not list((folder / "waiting").glob("*.wav*"))


def main(root: Path, each: int) -> None:
    """Cut at one line after another, until one is not reached."""
    recording, sound = prepare(root / "first")
    assert recording.path is not None
    assert open_wav(recording.path).read() == sound
    load_soundfile()
    line, cuts, done = 0, 0, False
    while not done:
        line, cuts = line + each, cuts + 1
        folder = root / "now"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(root / "first", folder)
        move_rows(root / "first", folder)
        done = cut(folder, line)
        work(folder)
        check(folder, recording, sound)
    sys.stdout.write(f"{cuts}\n")


def move_rows(was: Path, now: Path) -> None:
    """Tell the copied store where its copied file is."""
    store = SqliteStore(now / "metadata.db")
    for path in (was / "waiting").glob("*.wav"):
        [(recording, _)] = store.get_recordings_by_path([path])
        store.update_recording_path(recording, now / "waiting" / path.name)
    store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
