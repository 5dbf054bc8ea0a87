"""Recording from an ALSA device, through a real ``arecord``."""

import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from processes import children_called, is_alive

from acoupi._clock import utc_now
from acoupi.audio.capture import Patience
from acoupi.audio.guano import read_identity
from acoupi.audio.wav import open_wav
from acoupi.components.audio_recorder import AlsaRecorder
from acoupi.data import Deployment, Recording
from acoupi.devices.audio.alsa import get_input_devices
from acoupi.errors import DeviceConfigurationError, DeviceUnavailableError, RecordingError

DEPLOYMENT = Deployment(name="Old oak")
IMPATIENT = Patience(first_s=1, next_s=0.5)


@contextmanager
def a_recorder(folder: Path, **options: Any) -> Generator[AlsaRecorder]:
    known: dict[str, Any] = {"device_name": "birdmic", "duration_s": 0.3, "patience": IMPATIENT}
    recorder = AlsaRecorder(audio_dir=folder, **(known | options))
    try:
        yield recorder
    finally:
        recorder.close()


def sound_of(recording: Recording) -> bytes:
    assert recording.path
    return open_wav(recording.path).read()


def files_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()] if folder.exists() else []


def test_consecutive_recordings_share_no_sample_and_miss_none(
    microphone: Any, tmp_path: Path
) -> None:
    options = {"device_name": "batmic", "samplerate_hz": 384_000}
    with a_recorder(tmp_path / "out", **options) as recorder:
        recorder.joins_within_s = 9  # on a busy computer a short pause may become a long one
        recordings: list[Recording] = []
        for pause_s in (0, 0.1, 0.25):
            recordings.append(recorder.record(DEPLOYMENT))
            time.sleep(pause_s)
        recordings.append(recorder.record(DEPLOYMENT))
    assert [open_wav(r.path).frames for r in recordings if r.path] == [115_200] * 4
    assert microphone.heard_at(b"".join(map(sound_of, recordings))) >= 0


def test_a_recording_is_placed_in_time_and_tagged(microphone: Any, tmp_path: Path) -> None:
    with a_recorder(tmp_path) as recorder:
        before = utc_now()
        recording = recorder.record(DEPLOYMENT)
        assert recording.path
        assert before <= recording.created_on <= utc_now() - dt.timedelta(seconds=0.29)
        identity = read_identity(recording.path)
    assert identity
    assert identity.recording_id == recording.id
    assert (recording.duration, recording.samplerate) == (0.3, 48_000)


def test_a_recording_asked_for_late_starts_when_it_is_asked_for(
    microphone: Any, tmp_path: Path
) -> None:
    with a_recorder(tmp_path, duration_s=0.2) as recorder:
        first = recorder.record(DEPLOYMENT)
        time.sleep(0.5)
        asked = utc_now()
        second = recorder.record(DEPLOYMENT)
    assert -0.15 < (second.created_on - asked).total_seconds() < 2
    assert microphone.heard_at(sound_of(first) + sound_of(second)) == -1


@pytest.mark.parametrize("fault", ["unplug", "stall", "io"])
def test_a_microphone_that_fails_is_named_and_recorded_again_once_it_is_well(
    microphone: Any, tmp_path: Path, fault: str, record_until_it_fails: Callable[..., None]
) -> None:
    with a_recorder(tmp_path / "out") as recorder:
        made = recorder.record(DEPLOYMENT)
        microphone.fail(fault)
        with pytest.raises(RecordingError, match="'birdmic'"):
            record_until_it_fails(recorder)
        assert made.path
        assert made.path.name in files_in(tmp_path / "out")
        assert all(open_wav(path).frames for path in (tmp_path / "out").iterdir())
        microphone.fail("")
        assert microphone.heard_at(sound_of(recorder.record(DEPLOYMENT))) >= 0


@pytest.mark.parametrize("fault", ["unplug", "stall", "io"])
def test_what_was_heard_before_a_microphone_failed_is_kept(
    microphone: Any, tmp_path: Path, fault: str, wait_until: Callable[..., None]
) -> None:
    out = tmp_path / "out"
    with a_recorder(out, duration_s=30) as recorder, ThreadPoolExecutor(1) as thread:
        going = thread.submit(recorder.record, DEPLOYMENT)
        wait_until(lambda: any(part.stat().st_size > 48_000 for part in out.glob("*.part")))
        microphone.fail(fault)
        recording = going.result(timeout=20)
    assert 0.5 <= recording.duration < 30
    sound = sound_of(recording)
    assert len(sound) == round(recording.duration * 48_000) * 2
    assert microphone.heard_at(sound) >= 0
    assert recording.path
    assert files_in(out) == [recording.path.name]


def test_a_microphone_that_never_gives_sound_is_given_up(microphone: Any, tmp_path: Path) -> None:
    microphone.fail("stall")
    with (
        a_recorder(tmp_path / "out") as recorder,
        pytest.raises(RecordingError, match="gave no sound for 1 s"),
    ):
        recorder.record(DEPLOYMENT)
    assert files_in(tmp_path / "out") == []


def test_a_device_that_is_not_there_says_how_to_list_those_that_are(
    microphone: Any, tmp_path: Path
) -> None:
    with (
        a_recorder(tmp_path, device_name="nosuch") as recorder,
        pytest.raises(DeviceUnavailableError, match=r"'nosuch'.*No such file") as caught,
    ):
        recorder.check()
    assert "acoupi devices" in str(caught.value.help)


@pytest.mark.parametrize("wrong", [{"samplerate_hz": 44_100}, {"audio_channels": 2}])
def test_a_rate_or_channels_that_the_device_lacks_are_a_wrong_configuration(
    microphone: Any, tmp_path: Path, wrong: dict[str, int]
) -> None:
    with a_recorder(tmp_path, **wrong) as recorder, pytest.raises(DeviceConfigurationError):
        recorder.check()


def test_the_check_passes_and_leaves_no_child(
    microphone: Any, tmp_path: Path, children: Callable[[], object]
) -> None:
    with a_recorder(tmp_path / "out") as recorder:
        recorder.check()
    assert children() == []
    assert files_in(tmp_path / "out") == []


def test_without_arecord_the_package_to_install_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with (
        a_recorder(tmp_path) as recorder,
        pytest.raises(DeviceUnavailableError, match="arecord") as caught,
    ):
        recorder.record(DEPLOYMENT)
    assert "alsa-utils" in str(caught.value.help)


def test_the_child_ends_when_its_process_is_killed(
    microphone: Any, tmp_path: Path, wait_until: Callable[[Callable[[], object]], None]
) -> None:
    microphone.fail("stall")
    code = (
        "import sys; from pathlib import Path; from acoupi.data import Deployment;"
        "from acoupi.components.audio_recorder import AlsaRecorder;"
        "AlsaRecorder('birdmic', 1, Path(sys.argv[1])).record(Deployment(name='x'))"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], env=os.environ)
    process = psutil.Process(parent.pid)
    wait_until(lambda: children_called("arecord", process))
    (child,) = process.children()
    parent.kill()
    parent.wait()
    wait_until(lambda: not is_alive(child))


def test_a_microphone_of_a_configuration_file_is_found_with_its_rate(
    microphone: Any, tmp_path: Path
) -> None:
    found = {device.name: device for device in get_input_devices(tmp_path)}
    assert found["birdmic"].rates_hz == (48_000,)
    assert found["batmic"].rates_hz == (384_000,)
    assert found["batmic"].channels == (1,)
    assert "null" not in found


def test_of_a_microphone_that_is_unplugged_nothing_is_known(
    microphone: Any, tmp_path: Path
) -> None:
    microphone.fail("unplug")
    assert {device.rates_hz for device in get_input_devices(tmp_path)} == {()}


def test_listening_gives_what_is_heard_at_the_real_rate_and_leaves_no_child(
    microphone: Any, tmp_path: Path, children: Callable[[], object]
) -> None:
    with a_recorder(tmp_path / "out", device_name="batmic", samplerate_hz=384_000) as recorder:
        snippet = recorder.listen(0.5)
    assert snippet.format == recorder.format
    assert len(snippet.samples) == 192_000 * snippet.format.frame_bytes
    assert microphone.heard_at(snippet.samples) >= 0
    assert children() == []
    assert files_in(tmp_path / "out") == []
