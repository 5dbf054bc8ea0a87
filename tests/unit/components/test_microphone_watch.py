"""What passes the watch on its way to the disk, and what is remembered of it."""

import datetime as dt
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from made_sounds import RATE_HZ, ambience, to_bytes

from acoupi.audio.microphone_health.kept import health_file, load_health
from acoupi.audio.microphone_health.symptoms import Symptom
from acoupi.audio.wav import WavFormat
from acoupi.components.microphone_watch import MicrophoneWatch
from acoupi.data import Deployment, Recording
from acoupi.errors import RecordingError

FORMAT = WavFormat(RATE_HZ, 1, 2)
START = dt.datetime(2026, 5, 1, 6, tzinfo=dt.UTC)
MEADOW = Deployment(name="meadow")
GOOD = to_bytes(ambience())
DEAD = to_bytes(np.zeros(3 * RATE_HZ))


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return health_file(tmp_path / "metadata.db", "hw:1", RATE_HZ)


def pass_through(
    watch: MicrophoneWatch,
    sound: bytes = GOOD,
    minute: int = 0,
    deployment: Deployment = MEADOW,
    format: WavFormat = FORMAT,
    block: int = 100_000,
) -> bytes:
    recording = Recording(
        created_on=START + dt.timedelta(minutes=minute),
        duration=3,
        samplerate=format.rate_hz,
        audio_channels=format.channels,
        deployment=deployment,
    )
    watch.begin(format, recording)
    blocks = (sound[start : start + block] for start in range(0, len(sound), block))
    return b"".join(watch.sift(blocks))


@settings(max_examples=25)
@given(
    sound=st.binary(max_size=30_000),
    block=st.integers(1, 9000),
    layout=st.sampled_from([WavFormat(8000, 1, 2), WavFormat(8000, 2, 3), WavFormat(8000, 1, 1)]),
)
def test_everything_passes_as_it_came(sound: bytes, block: int, layout: WavFormat) -> None:
    watch = MicrophoneWatch("hw:1", Path("/nowhere/at/all"))
    assert pass_through(watch, sound, format=layout, block=block) == sound
    assert watch.losses() == []


def test_blocks_pass_one_by_one_without_being_held_back(kept: Path) -> None:
    watch = MicrophoneWatch("hw:1", kept)
    asked = list[int]()

    def blocks() -> Iterator[bytes]:
        for n in range(4):
            asked.append(n)
            yield bytes(1000)

    watch.begin(FORMAT, Recording(duration=1, samplerate=RATE_HZ, deployment=MEADOW))
    for n, _ in enumerate(watch.sift(blocks())):
        assert asked[-1] == n


def test_the_first_recording_is_on_the_disk_at_once(kept: Path) -> None:
    pass_through(MicrophoneWatch("hw:1", kept))
    health = load_health(kept)
    assert health is not None
    assert (health.device_name, health.place, health.updated_on) == ("hw:1", "meadow", START)
    (channel,) = health.channels
    assert channel.recent is not None
    assert channel.recent.level_dbfs == pytest.approx(-50.5, abs=0.5)


def test_the_card_is_written_to_seldom(kept: Path) -> None:
    watch = MicrophoneWatch("hw:1", kept)
    pass_through(watch)
    written = kept.read_bytes()
    pass_through(watch, minute=1)
    assert kept.read_bytes() == written


def test_a_microphone_that_dies_is_told_once_and_written_at_once(
    kept: Path, caplog: pytest.LogCaptureFixture
) -> None:
    watch = MicrophoneWatch("hw:1", kept)
    pass_through(watch)
    for minute in range(1, 6):
        pass_through(watch, DEAD, minute)
    health = load_health(kept)
    assert health is not None
    assert health.symptoms == [(0, Symptom.DEAD)]
    assert [
        r.getMessage() for r in caplog.records if "nothing but one value" in r.getMessage()
    ] == ["the microphone 'hw:1' gives nothing but one value: check that it is connected"]


def test_what_was_taken_away_is_forgotten_also_by_a_sensor_that_runs(kept: Path) -> None:
    watch = MicrophoneWatch("hw:1", kept)
    for hour in range(3):
        pass_through(watch, minute=61 * hour)
    kept.unlink()
    pass_through(watch, minute=61 * 3)
    pass_through(watch, minute=61 * 4)
    health = load_health(kept)
    assert health is not None
    assert len(health.channels[0].first_dbfs) == 1


def test_what_cannot_be_written_is_not_taken_for_forgotten(kept: Path) -> None:
    watch = MicrophoneWatch("hw:1", kept)
    kept.mkdir()
    for hour in range(3):
        pass_through(watch, minute=61 * hour)
    kept.rmdir()
    pass_through(watch, minute=61 * 3)
    health = load_health(kept)
    assert health is not None
    assert len(health.channels[0].first_dbfs) == 3


def test_what_is_known_survives_a_new_process(kept: Path) -> None:
    for hour in range(4):
        pass_through(MicrophoneWatch("hw:1", kept), minute=61 * hour)
    health = load_health(kept)
    assert health is not None
    assert len(health.channels[0].first_dbfs) == 3


@pytest.mark.parametrize(
    ("elsewhere", "format", "sound"),
    [
        (Deployment(name="forest"), FORMAT, GOOD),
        (Deployment(name="meadow", latitude=50, longitude=3), FORMAT, GOOD),
        (MEADOW, WavFormat(RATE_HZ // 2, 1, 2), GOOD),
        (MEADOW, WavFormat(RATE_HZ, 2, 2), GOOD),
    ],
)
def test_another_place_or_another_way_to_hear_begins_another_history(
    kept: Path, elsewhere: Deployment, format: WavFormat, sound: bytes
) -> None:
    watch = MicrophoneWatch("hw:1", kept)
    for hour in range(4):
        pass_through(watch, minute=61 * hour)
    pass_through(MicrophoneWatch("hw:1", kept), sound, 300, elsewhere, format)
    health = load_health(kept)
    assert health is not None
    assert [channel.first_dbfs for channel in health.channels] == [[]] * format.channels


def test_another_name_at_the_same_coordinates_is_the_same_place(kept: Path) -> None:
    first, second = (
        Deployment(name=name, latitude=51.50001, longitude=-0.12) for name in ("may", "june")
    )
    for hour in range(2):
        pass_through(MicrophoneWatch("hw:1", kept), minute=61 * hour, deployment=first)
    pass_through(MicrophoneWatch("hw:1", kept), minute=130, deployment=second)
    health = load_health(kept)
    assert health is not None
    assert len(health.channels[0].first_dbfs) == 2


def test_what_came_before_the_microphone_failed_was_heard(kept: Path) -> None:
    def blocks() -> Iterator[bytes]:
        yield GOOD[: len(GOOD) // 2]
        raise RecordingError("gone")

    watch = MicrophoneWatch("hw:1", kept)
    watch.begin(FORMAT, Recording(duration=3, samplerate=RATE_HZ, deployment=MEADOW))
    with pytest.raises(RecordingError, match="gone"):
        list(watch.sift(blocks()))
    assert load_health(kept) is not None


def test_recordings_that_others_keep_back_are_heard_too(kept: Path) -> None:
    watch = MicrophoneWatch("hw:1", kept)
    watch.begin(FORMAT, Recording(duration=3, samplerate=RATE_HZ, deployment=MEADOW))
    sound = watch.sift(iter([GOOD, GOOD]))
    next(sound)
    sound.close()  # type: ignore[attr-defined]
    assert load_health(kept) is not None


def test_a_history_that_cannot_be_read_begins_anew(
    kept: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kept.write_text('{"half of it')
    assert pass_through(MicrophoneWatch("hw:1", kept)) == GOOD
    assert load_health(kept) is not None
    assert "cannot be read" in caplog.text


def test_sound_passes_when_nothing_can_be_written(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    watch = MicrophoneWatch("hw:1", tmp_path / "file" / "health.json")
    assert pass_through(watch) == GOOD
    assert "cannot be written" in caplog.text


def test_sound_passes_where_numpy_cannot_be_loaded(
    kept: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "acoupi.audio.microphone_health.measure", None)
    assert pass_through(MicrophoneWatch("hw:1", kept)) == GOOD
    assert not kept.exists()
    assert "without numpy" in caplog.text


def test_microphones_are_told_apart_by_name_and_rate(tmp_path: Path) -> None:
    database = tmp_path / "metadata.db"
    names = [
        ("hw:1", 48_000),
        ("hw:1", 384_000),
        ("hw:2", 48_000),
        ("replay:/a b?loop=no", 48_000),
    ]
    files = {health_file(database, *name) for name in names}
    assert len(files) == len(names)
    assert all(file.parent == tmp_path for file in files)


def test_a_microphone_with_a_name_is_called_by_it(
    kept: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pass_through(MicrophoneWatch("hw:1", kept))
    watch = MicrophoneWatch("hw:1", kept, name="pond")
    for minute in range(1, 4):
        pass_through(watch, DEAD, minute)
    assert "the microphone 'pond' gives nothing but one value" in caplog.text
    health = load_health(kept)
    assert health is not None
    assert (health.called, health.device_name) == ("pond", "hw:1")


def test_another_logger_may_be_given(kept: Path, caplog: pytest.LogCaptureFixture) -> None:
    watch = MicrophoneWatch("hw:1", kept, logging.getLogger("acoupi.test"))
    for minute in range(3):
        pass_through(watch, DEAD, minute)
    assert {record.name for record in caplog.records} == {"acoupi.test"}
