"""Programs shaped like those that others have published, from set-up to message.

The real ones are run by scripts/try-third-party.
"""

import datetime as dt
import json
import math
import struct
import sys
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from acoupi.components import HTTPConfig, MicrophoneConfig
from acoupi.data import Deployment, PredictionType, Recording
from acoupi.programs.templates import MessagingConfig
from acoupi.system import Settings, get_task_list, load_program, setup_program
from acoupi.system.constants import CeleryConfig
from acoupi.system.files import get_temp_files

SHAPES = Path(__file__).with_name("shapes")
RATE_HZ = 8000
PEAKS = (0.9, 0.9, 0.3, 0.3, 0.0, 0.0)
"""How loud each half second is: three recordings of a second, sure, unsure and silent."""

pytestmark = pytest.mark.parametrize(
    ("name", "species"),
    [("shaped_birds", "Troglodytes"), ("shaped_bats", "Myotis daubentonii")],
)


@pytest.fixture(autouse=True)
def shapes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(SHAPES))
    yield
    for path in SHAPES.glob("*.py"):
        sys.modules.pop(path.stem, None)


@pytest.fixture
def tape(tmp_path: Path) -> Path:
    path = tmp_path / "tape.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        for peak in PEAKS:
            tone = (math.sin(n / 3) * peak * 32767 for n in range(RATE_HZ // 2))
            file.writeframes(b"".join(struct.pack("<h", int(sample)) for sample in tone))
    return path


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("ACOUPI_HOME", str(tmp_path / "home"))
    return Settings()


@pytest.fixture
def program(settings: Settings, tape: Path, tmp_path: Path, name: str) -> Any:
    setup_program(
        settings,
        name,
        ["--microphone.device_name", f"replay:{tape}?speed=max", "--timezone", "America/Lima",
         "--recording.duration", "1", "--recording.interval", "1",
         "--paths.tmp_audio", str(tmp_path / "waiting")],
    )  # fmt: skip
    program = load_program(settings)
    program.app.conf.task_always_eager = True
    return program


def start(program: Any) -> Deployment:
    deployment = Deployment(name="wood", latitude=-12, longitude=-77)
    program.on_start(deployment)
    return deployment


def record(program: Any) -> list[Recording]:
    return [program.tasks["recording_task"].delay().get() for _ in range(len(PEAKS) // 2)]


def test_it_has_the_tasks_that_people_call(program: Any, species: str) -> None:
    assert set(get_task_list(program)) >= {
        "detection_task",
        "file_management_task",
        "recording_task",
        "send_messages_task",
        "summary_task",
    }
    assert program.app.conf.beat_schedule["summary_task"]["schedule"] == dt.timedelta(hours=60)


def test_the_detections_of_its_own_model_are_stored(program: Any, species: str) -> None:
    start(program)

    recordings = record(program)

    stored = program.store.get_recordings(ids=[recording.id for recording in recordings])
    scores = [
        [round(d.detection_score, 1) for output in outputs for d in output.detections]
        for _, outputs in stored
    ]
    assert scores == [[0.9, 0.9], [0.3, 0.3], []]
    detections = program.store.get_detections()
    assert {d.prediction_type for d in detections} == {PredictionType.PRESENCE}
    assert {tag.tag.value for d in detections for tag in d.tags} == {species}


def test_recordings_go_where_its_manager_says(program: Any, tmp_path: Path, species: str) -> None:
    start(program)
    record(program)
    assert len(get_temp_files(path=tmp_path / "waiting")) == 3

    program.tasks["file_management_task"].delay().get()

    kept = program.config.paths.recordings
    assert get_temp_files(path=tmp_path / "waiting") == []
    assert len(list((kept / "heard").glob("*.wav"))) == 1
    assert len(list((kept / "unsure").glob("*.wav"))) == 1
    assert len(list(kept.rglob("*.wav"))) == 2


def test_what_it_found_is_a_message_and_so_is_the_summary(program: Any, species: str) -> None:
    start(program)
    record(program)

    program.tasks["summary_task"].delay().get()

    contents = [json.loads(m.content) for m in program.message_store.get_unsent_messages()]
    (output,) = [content for content in contents if "detections" in content]
    assert output["name_model"] == program.model.name
    assert {d["tags"][0]["tag"]["value"] for d in output["detections"]} == {species}
    summaries = json.dumps([content for content in contents if "detections" not in content])
    assert species in summaries


def test_it_may_make_recordings_in_no_zone_and_without_a_file(
    program: Any, tape: Path, species: str
) -> None:
    deployment = start(program)
    with pytest.warns(UserWarning, match="read as UTC"):
        recording = Recording(
            path=tape, duration=3, samplerate=RATE_HZ, deployment=deployment,
            created_on=dt.datetime(2024, 5, 1, 3),
        )  # fmt: skip
    program.store.store_recording(recording)

    program.tasks["detection_task"].delay(recording).get()

    assert recording.created_on == dt.datetime(2024, 5, 1, 3, tzinfo=dt.UTC)
    ((stored, outputs),) = program.store.get_recordings_by_path([tape])
    assert stored == recording
    assert len(outputs) == 1


def test_its_own_tests_can_build_it_without_a_home(
    tmp_path: Path, name: str, species: str
) -> None:
    from celery import Celery

    module = __import__(name)
    program_class = module.BirdProgram if name == "shaped_birds" else module.BatProgram
    app = Celery("test", set_as_current=False)
    app.conf.update(CeleryConfig(broker_url="memory://").model_dump())
    config = program_class.config_schema(
        microphone=MicrophoneConfig(device_name="default", samplerate=44100, audio_channels=1),
        messaging=MessagingConfig(
            messages_db=tmp_path / "messages.db", http=HTTPConfig(base_url="http://localhost:1")
        ),
        paths={"tmp_audio": tmp_path, "recordings": tmp_path, "db_metadata": tmp_path / "m.db"},
    )

    program = program_class(program_config=config, app=app)

    assert program.config.saving_managers.true_dir == "heard"
    assert program.get_recording_filters(config)
