"""A whole sensor hears a dawn in which somebody speaks, with the real model."""

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from celery import Celery

from acoupi.audio.privacy.marks import is_private
from acoupi.audio.privacy.model_file import MODEL_NAME, load_silero
from acoupi.audio.privacy.scanning import find_speech
from acoupi.audio.privacy.silero import load_package
from acoupi.audio.samples import read_mono
from acoupi.audio.sound import open_sound
from acoupi.audio.wav import WavFormat, open_wav, write_wav
from acoupi.components import MicrophoneConfig
from acoupi.components.stores.sqlite.effort import read_effort
from acoupi.data import Deployment, EffortState, Recording
from acoupi.programs.activity import ActivityConfig, Program
from acoupi.programs.templates import AudioConfiguration, PathsConfiguration
from acoupi.programs.templates.privacy import PrivacyConfiguration, PrivacyPolicy

Requires = Callable[[object, str, str], None]

FORMAT = WavFormat(48_000, 1, 2)
RECORDING_S = 3
SPEAKS_AT_S = 7.0
RECORDINGS = 6


@pytest.fixture(scope="module")
def tape(real_audio: Path, requires: Requires, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Birds for 18 s; for a moment in the third recording somebody says something."""
    requires(shutil.which("espeak-ng"), "espeak-ng", "run scripts/install-test-parts")
    folder = tmp_path_factory.mktemp("tape")
    words = ["espeak-ng", "-w", folder / "said.wav", "Is anybody here?"]
    subprocess.run(words, check=True)
    said = open_sound(folder / "said.wav")
    voice = load_package("soxr").resample(
        read_mono(said, 0, said.frames), said.format.rate_hz, FORMAT.rate_hz
    )
    assert len(voice) < 1.5 * FORMAT.rate_hz
    dawn = open_sound(real_audio / "soundscape.wav")
    sound = read_mono(dawn, 0, RECORDINGS * RECORDING_S * FORMAT.rate_hz).copy()
    start = round(SPEAKS_AT_S * FORMAT.rate_hz)
    sound[start : start + len(voice)] += voice / 4
    samples = np.round(sound * (2**15 - 1)).astype("<i2")
    write_wav(folder / "tape.wav", FORMAT, len(samples), [samples.tobytes()])
    return folder / "tape.wav"


@pytest.fixture
def home(real_audio: Path, requires: Requires, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home that has the model: the folder of real recordings."""
    path = real_audio / "models" / MODEL_NAME
    requires(path.is_file(), "the speech model", "run scripts/fetch-speech-model")
    monkeypatch.setenv("ACOUPI_HOME", str(real_audio))
    return real_audio


@pytest.fixture
def memory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)


class Sensor:
    """The activity program, which keeps all it may, on a tape."""

    def __init__(self, tape: Path, disk: Path, memory: Path, policy: PrivacyPolicy) -> None:
        self.kept, self.memory, self.db = disk / "kept", memory, disk / "metadata.db"
        config = ActivityConfig(
            timezone="UTC",
            microphone=MicrophoneConfig(device_name=f"replay:{tape}?speed=max&loop=no"),
            recording=AudioConfiguration(
                duration=RECORDING_S,
                interval=RECORDING_S,
                schedule_start=dt.time(0),
                schedule_end=dt.time(0),
            ),
            paths=PathsConfiguration(tmp_audio=memory, recordings=self.kept, db_metadata=self.db),
            saving=None,
            privacy=PrivacyConfiguration(policy=policy),
        )
        config.messaging.messages_db = disk / "messages.db"
        config.storage.min_free_mb = 0
        self.program = Program(program_config=config, app=Celery(broker="memory://"))
        self.program.on_start(Deployment(name="path"))

    def live(self) -> list[Recording | None]:
        """Record the tape, process what was recorded, and keep what may be kept."""
        record = self.program.tasks["recording_task"]
        made = [record.run() for _ in range(RECORDINGS)]
        for recording in filter(None, made):
            self.program.tasks["detection_task"].run(recording)
        self.program.tasks["file_management_task"].run()
        return made

    def files(self) -> list[Path]:
        return sorted(self.kept.rglob("*.wav"))

    def private_reasons(self) -> set[str]:
        spans = [span for noted in read_effort(self.db) for span in noted.spans]
        return {span.reason for span in spans if span.state is EffortState.PRIVATE}


def spoken_in(files: list[Path]) -> list[Path]:
    model = load_silero()
    return [path for path in files if find_speech(path, model, 0.3)]


@pytest.mark.usefixtures("home")
def test_without_the_gate_what_is_said_is_kept(tape: Path, tmp_path: Path, memory: Path) -> None:
    sensor = Sensor(tape, tmp_path, memory, "off")
    sensor.live()
    assert len(sensor.files()) == RECORDINGS
    assert len(spoken_in(sensor.files())) == 1


@pytest.mark.usefixtures("home")
def test_a_recording_with_words_is_dropped_and_the_others_are_whole(
    tape: Path, tmp_path: Path, memory: Path
) -> None:
    sensor = Sensor(tape, tmp_path, memory, "drop")
    made = sensor.live()
    assert [recording is None for recording in made] == [n == 2 for n in range(RECORDINGS)]
    assert sensor.private_reasons() == {"people spoke"}
    whole = open_wav(tape)
    per_recording = RECORDING_S * FORMAT.rate_hz
    expected = {whole.read(n * per_recording, per_recording) for n in range(RECORDINGS) if n != 2}
    assert {open_wav(path).read() for path in sensor.files()} == expected
    assert list(memory.glob("*.wav*")) == []


@pytest.mark.usefixtures("home")
def test_words_are_silenced_and_every_other_sample_is_kept(
    tape: Path, tmp_path: Path, memory: Path
) -> None:
    sensor = Sensor(tape, tmp_path, memory, "silence")
    made = sensor.live()
    assert None not in made
    assert spoken_in(sensor.files()) == []
    assert sensor.private_reasons() == {"silenced"}
    rows = [sensor.program.store.get_recordings([each.id])[0][0] for each in made if each]
    heard = b"".join(open_wav(row.path).read() for row in rows if row.path)
    was = np.frombuffer(open_wav(tape).read(), "<i2")
    now = np.frombuffer(heard, "<i2")
    changed = np.flatnonzero(was != now)
    assert not now[changed].any()
    assert SPEAKS_AT_S - 1 < changed[0] / FORMAT.rate_hz < SPEAKS_AT_S
    assert changed[-1] / FORMAT.rate_hz < SPEAKS_AT_S + 2.5


@pytest.mark.usefixtures("home")
def test_models_hear_what_is_never_kept(tape: Path, tmp_path: Path, memory: Path) -> None:
    sensor = Sensor(tape, tmp_path, memory, "keep_detection")
    made = sensor.live()
    third = made[2]
    assert third is not None
    assert third.path is not None
    assert is_private(third.path)
    assert len(sensor.files()) == RECORDINGS - 1
    assert spoken_in(sensor.files()) == []
    assert list(memory.glob("*.wav")) == []
    [(row, [output])] = sensor.program.store.get_recordings([third.id])
    assert row.path is None
    assert output.detections
    assert sensor.private_reasons() == {"detections only"}


def test_a_check_says_what_is_done_and_what_is_missing(home: Path, tmp_path: Path) -> None:
    def acoupi(*words: str, home: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "acoupi", *words],
            env=os.environ | {"ACOUPI_HOME": str(home)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    new = tmp_path / "home"
    fields = ("--microphone.device_name", "hw:9,9", "--privacy.policy", "silence")
    setup = ("setup", "--program", "acoupi.programs.default", "--no-prompt", *fields)
    assert acoupi(*setup, home=new).returncode == 0
    assert "acoupi privacy install" in said_of_privacy(acoupi("check", "--json", home=new))
    shutil.copytree(home / "models", new / "models")
    found = said_of_privacy(acoupi("check", "--json", home=new))
    assert "what people say is silenced" in found


def said_of_privacy(checked: subprocess.CompletedProcess[str]) -> str:
    found = json.loads(checked.stdout)
    rows = found["checks"] if isinstance(found, dict) else found
    return " ".join(json.dumps(row) for row in rows if row["what"] == "privacy")
