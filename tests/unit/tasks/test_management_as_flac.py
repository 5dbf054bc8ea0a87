"""Recordings that are kept as FLAC."""

import logging
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from acoupi.audio.flac import open_flac
from acoupi.audio.guano import build_metadata, read_identity
from acoupi.audio.wav import WavFormat, open_wav, write_wav
from acoupi.components.saving_managers import (
    DateFileManager,
    IDFileManager,
    SaveRecordingManager,
)
from acoupi.components.saving_managers.keeping import KeepingManager
from acoupi.components.stores import SqliteStore
from acoupi.data import Deployment, Recording
from acoupi.demo.synth import write_demo_audio
from acoupi.models import ActivityDetector
from acoupi.system.accounts import is_readable
from acoupi.tasks import generate_file_management_task
from acoupi.tasks.missing import generate_missing_files_task

MANAGERS: list[Callable[[Path], KeepingManager]] = [
    DateFileManager,
    IDFileManager,
    SaveRecordingManager,
]


@pytest.fixture
def waiting_dir(tmp_path: Path) -> Path:
    (tmp_path / "waiting").mkdir()
    return tmp_path / "waiting"


@pytest.fixture
def make(
    store: SqliteStore, deployment: Deployment, waiting_dir: Path
) -> Callable[..., tuple[Recording, bytes]]:
    """Make a recording that waits, and return it with its samples."""

    def make(rate_hz: int = 384_000, metadata: bytes | None = None) -> tuple[Recording, bytes]:
        format = WavFormat(rate_hz, 1, 3)
        recording = Recording(
            duration=0.1, samplerate=rate_hz, deployment=deployment, time_expansion=10
        )
        recording.path = waiting_dir / f"{recording.id}.wav"
        frames = rate_hz // 10
        sound = bytes(range(256)) * (3 * frames // 256 + 1)
        sound = sound[: 3 * frames]
        said = build_metadata(recording) if metadata is None else metadata
        write_wav(recording.path, format, frames, [sound], said)
        store.store_recording(recording)
        return recording, sound

    return make


def keep(
    store: SqliteStore,
    recording: Recording,
    kept_dir: Path,
    make_manager: Callable[[Path], KeepingManager] = DateFileManager,
) -> Path:
    manager = make_manager(kept_dir)
    manager.format = "flac"
    assert recording.path
    generate_file_management_task(store, [manager], tmp_path=recording.path.parent)()
    assert not recording.path.exists()
    [(row, _)] = store.get_recordings([recording.id])
    assert row.path is not None
    assert [path for path in kept_dir.rglob("*") if path.is_file()] == [row.path]
    return row.path


@pytest.mark.parametrize("make_manager", MANAGERS)
def test_what_is_kept_is_one_flac_file_that_says_and_holds_the_same(
    store: SqliteStore,
    make: Callable[..., tuple[Recording, bytes]],
    tmp_path: Path,
    make_manager: Callable[[Path], KeepingManager],
) -> None:
    recording, sound = make()
    kept_at = keep(store, recording, tmp_path / "kept", make_manager)
    assert kept_at.suffix == ".flac"
    assert open_flac(kept_at).read() == sound
    identity = read_identity(kept_at)
    assert identity
    assert identity.recording_id == recording.id
    assert (identity.time_expansion, identity.samplerate_hz) == (10, 384_000)
    assert is_readable(kept_at)
    kept_at.write_bytes(kept_at.read_bytes()[:-5000])
    assert not is_readable(kept_at)


def test_a_file_that_says_nothing_of_itself_says_afterwards_what_it_is(
    store: SqliteStore, make: Callable[..., tuple[Recording, bytes]], tmp_path: Path
) -> None:
    recording, _ = make(metadata=b"")
    identity = read_identity(keep(store, recording, tmp_path / "kept"))
    assert identity
    assert identity.recording_id == recording.id


def test_what_flac_cannot_hold_stays_wav_and_says_so(
    store: SqliteStore,
    make: Callable[..., tuple[Recording, bytes]],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    recording, sound = make(rate_hz=88_210 - 7)
    with caplog.at_level(logging.WARNING):
        kept_at = keep(store, recording, tmp_path / "kept")
    assert kept_at.suffix == ".wav"
    assert open_wav(kept_at).read() == sound
    assert "stays a WAV file: FLAC does not hold 1 channel(s) at 88203 Hz" in caplog.text


def test_without_its_package_recordings_stay_wav_and_say_so(
    store: SqliteStore,
    make: Callable[..., tuple[Recording, bytes]],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "soundfile", None)
    recording, _ = make()
    assert keep(store, recording, tmp_path / "kept").suffix == ".wav"
    assert "soundfile is not installed" in caplog.text


def test_a_row_that_was_not_updated_finds_its_flac_file_again(
    store: SqliteStore, make: Callable[..., tuple[Recording, bytes]], tmp_path: Path
) -> None:
    recording, _ = make()
    assert recording.path
    kept_at = keep(store, recording, tmp_path / "kept")
    unnamed = kept_at.rename(kept_at.with_name("call.flac"))
    store.update_recording_path(recording, recording.path)
    generate_missing_files_task(store, recording.path.parent, tmp_path / "kept", in_memory=True)()
    [(row, _)] = store.get_recordings([recording.id])
    assert row.path == unnamed


def test_the_detector_finds_the_same_in_a_flac_file(
    store: SqliteStore, deployment: Deployment, tmp_path: Path
) -> None:
    [path] = write_demo_audio(tmp_path / "birds", 3)
    wav = open_wav(path)
    recording = Recording(duration=wav.duration_s, samplerate=48_000, deployment=deployment)
    recording.path = path
    manager = IDFileManager(tmp_path / "kept")
    manager.format = "flac"
    encoded = recording.model_copy(update={"path": manager.save_recording(recording)})
    detector = ActivityDetector()
    found = [detector.run(r).detections for r in (recording, encoded)]
    assert [d.location for d in found[0]] == [d.location for d in found[1]] != []
