"""A microphone that can fail, and a recording task that keeps a ledger."""

import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from processes import children_called
from virtual_microphone import NEEDS, VirtualMicrophone, build_plugin, can_be_built, install

from acoupi._clock import monotonic_s, utc_now
from acoupi.audio.capture import Capture
from acoupi.audio.wav import open_wav
from acoupi.components.audio_recorder import AlsaRecorder
from acoupi.components.stores import SqliteStore
from acoupi.data import Deployment, EffortSpan, Recording
from acoupi.tasks.recording import generate_recording_task

DURATION_S = 2
DEPLOYMENT = Deployment(name="Old oak")


@pytest.fixture(scope="session")
def plugin(tmp_path_factory: pytest.TempPathFactory, requires: Callable[..., None]) -> Path:
    requires(can_be_built(), "a virtual ALSA microphone", NEEDS)
    return build_plugin(tmp_path_factory.mktemp("virtualmic"))


@pytest.fixture
def plug_in(
    plugin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., VirtualMicrophone]:
    def plug(**options: Any) -> VirtualMicrophone:
        microphone = VirtualMicrophone(tmp_path / "microphone", **options)
        monkeypatch.setenv("ALSA_CONFIG_PATH", str(install(plugin, [microphone])))
        return microphone

    return plug


@dataclass(frozen=True)
class Listening:
    """A recording task that is called again and again, as by a worker."""

    microphone: VirtualMicrophone
    recorder: AlsaRecorder
    store: SqliteStore
    recordings: list[Recording]

    @property
    def capture(self) -> Capture | None:
        return self.recorder._stream and self.recorder._stream.capture

    @property
    def child(self) -> psutil.Process:
        (child,) = children_called("arecord")
        return child

    def spans(self) -> list[EffortSpan]:
        return [span for span in self.store.get_spans() if span.lost_samples]

    def lost(self) -> int:
        return sum(span.lost_samples for span in self.spans())

    def noticed_s(self, since_s: float, *whys: str) -> float:
        """Return how long after a time a fault was found: when its first row was written."""
        deadline_s = monotonic_s() + 20
        while not any(span.reason.startswith(whys) for span in self.spans()):
            assert monotonic_s() < deadline_s, f"{whys} was never told: {self.spans()}"
            time.sleep(0.02)
        return monotonic_s() - since_s

    def begun_s(self, recording: Recording) -> float:
        """Return when a recording says it began, by the monotonic clock."""
        return monotonic_s() - (utc_now() - recording.created_on).total_seconds()

    def sounds(self) -> list[bytes]:
        return [open_wav(r.path).read() for r in self.recordings if r.path and r.path.exists()]

    def really_lost(self) -> int:
        """Return how many samples of the sound are in no recording, from the first to the last."""
        size = self.microphone.frame_bytes
        *sounds, last = self.sounds()
        frames = [self.microphone.frame_of(sound) for sound in [*sounds, last]]
        # What the device lost while it went on is missing within a recording.
        assert frames.count(-1) <= 1, "recordings hold what was never to be heard"
        recorded = sum(map(len, sounds)) // size
        return (frames[-1] - frames[0] - recorded) % (len(self.microphone.sound) // size)

    def really_silent(self) -> int:
        """Return how many samples lie between the sound before a stretch of zeros and after."""
        size, microphone = self.microphone.frame_bytes, self.microphone
        sounds = self.sounds()
        zeros = [number for number, sound in enumerate(sounds) if bytes(200 * size) in sound]
        before = sounds[zeros[0]].rstrip(b"\0")
        after = sounds[zeros[-1]].lstrip(b"\0")
        end = microphone.frame_of(before) + len(before) // size
        return (microphone.frame_of(after) - end) % (len(microphone.sound) // size)


@pytest.fixture
def listen(tmp_path: Path) -> Callable[..., Any]:
    @contextmanager
    def listen(microphone: VirtualMicrophone, **options: Any) -> Generator[Listening]:
        known: dict[str, Any] = {
            "device_name": microphone.name,
            "duration_s": DURATION_S,
            "audio_dir": tmp_path / "out",
            "samplerate_hz": microphone.rate_hz,
            "interval_s": DURATION_S,
        }
        recorder = AlsaRecorder(**(known | options))
        store = SqliteStore(tmp_path / "metadata.db")
        store.store_deployment(DEPLOYMENT)
        record = generate_recording_task(recorder, store, interval_s=DURATION_S)
        listening, ended = Listening(microphone, recorder, store, []), threading.Event()

        def work() -> None:
            while not ended.is_set():
                recording = record()
                if recording is not None:
                    listening.recordings.append(recording)
                else:
                    ended.wait(0.1)

        with closing(recorder), ThreadPoolExecutor(1) as worker:
            going = worker.submit(work)
            try:
                yield listening
            finally:
                microphone.fail("")
                ended.set()
                going.result(timeout=30)

    return listen
