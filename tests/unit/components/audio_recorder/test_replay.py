"""The recorder that plays WAV files."""

import datetime as dt
import math
import os
import random
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

import acoupi
from acoupi._clock import monotonic_s, utc_now
from acoupi.audio.guano import read_identity
from acoupi.audio.pace import Clock
from acoupi.audio.wav import WavFormat, open_wav, write_wav
from acoupi.components.audio_recorder import ReplayRecorder
from acoupi.data import Deployment, Recording
from acoupi.errors import DeviceConfigurationError, RecordingError

DEPLOYMENT = Deployment(name="Old oak")
NOON = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
MONO = WavFormat(1000, 1, 2)
SOURCE_CODE = str(Path(acoupi.__file__).parent)


class FakeTime:
    def __init__(self) -> None:
        self.s = 0.0
        self.clock = Clock(self.now, lambda: self.s, self.sleep)

    def now(self) -> dt.datetime:
        return NOON + dt.timedelta(seconds=self.s)

    def sleep(self, seconds: float) -> None:
        self.s += seconds


def write_noise(path: Path, frames: int, format: WavFormat = MONO) -> bytes:
    path.parent.mkdir(exist_ok=True)
    sound = random.Random(path.name).randbytes(frames * format.frame_bytes)
    write_wav(path, format, frames, [sound], b"Note: of the source")
    return sound


def a_recorder(root: Path, duration_s: float = 0.5, **options: Any) -> ReplayRecorder:
    known: dict[str, Any] = {"clock": FakeTime().clock, "loop": False}
    return ReplayRecorder(root / "tape", duration_s, root / "out", **(known | options))


def record_all(recorder: ReplayRecorder) -> list[Recording]:
    recordings: list[Recording] = []
    with pytest.raises(RecordingError, match="the replay has ended"):
        recordings.extend(iter(lambda: recorder.record(DEPLOYMENT), None))
    return recordings


def sound_of(recordings: list[Recording]) -> bytes:
    return b"".join(open_wav(r.path).read() for r in recordings if r.path)


def test_recordings_are_the_source_cut_in_pieces(tmp_path: Path) -> None:
    sound = write_noise(tmp_path / "tape/a.wav", 1200) + write_noise(tmp_path / "tape/b.wav", 500)
    recordings = record_all(a_recorder(tmp_path))
    assert sound_of(recordings) == sound
    assert [r.duration for r in recordings] == [0.5, 0.5, 0.5, 0.2]


def test_a_recording_has_the_format_of_the_file(tmp_path: Path) -> None:
    format = WavFormat(2000, 2, 3)
    sound = write_noise(tmp_path / "tape/a.wav", 1000, format)
    recording = a_recorder(tmp_path, time_expansion=10).record(DEPLOYMENT)
    assert (recording.samplerate, recording.audio_channels) == (2000, 2)
    assert recording.time_expansion == 10
    assert recording.path
    assert open_wav(recording.path).format == format
    assert sound_of([recording]) == sound


def test_the_file_is_named_and_tagged_after_the_recording(tmp_path: Path) -> None:
    write_noise(tmp_path / "tape/a.wav", 1000)
    recording = a_recorder(tmp_path).record(DEPLOYMENT)
    assert recording.path == tmp_path / "out" / f"20260501_120000_{recording.id}.wav"
    identity = read_identity(recording.path or Path())
    assert identity
    assert identity.recording_id == recording.id
    assert identity.deployment_id == DEPLOYMENT.id
    assert identity.created_on == recording.created_on == NOON


def test_recordings_made_one_after_another_have_no_gap_in_time(tmp_path: Path) -> None:
    write_noise(tmp_path / "tape/a.wav", 3000)
    time = FakeTime()
    recorder = a_recorder(tmp_path, clock=time.clock)
    starts: list[float] = []
    for pause_s in (0.1, 0.4, 0.5, 0):
        starts.append((recorder.record(DEPLOYMENT).created_on - NOON).total_seconds())
        time.s += pause_s
    assert starts == [0, 0.5, 1.0, 2.0]


@pytest.mark.parametrize(("speed", "took_s"), [(1, 2.5), (2.5, 1.0), (math.inf, 0.0)])
def test_the_tape_runs_as_fast_as_asked(tmp_path: Path, speed: float, took_s: float) -> None:
    write_noise(tmp_path / "tape/a.wav", 2500)
    time = FakeTime()
    record_all(a_recorder(tmp_path, clock=time.clock, speed=speed))
    assert time.s == pytest.approx(took_s)


def test_in_real_time_a_recording_takes_as_long_as_it_plays(tmp_path: Path) -> None:
    write_noise(tmp_path / "tape/a.wav", 1000)
    recorder = a_recorder(tmp_path, clock=None, duration_s=0.1)
    before, before_s = utc_now(), monotonic_s()
    first, second = recorder.record(DEPLOYMENT), recorder.record(DEPLOYMENT)
    assert 0.2 <= monotonic_s() - before_s < 2
    assert before <= first.created_on
    assert second.created_on - first.created_on >= dt.timedelta(seconds=0.1)


def test_a_tape_that_loops_has_no_seam(tmp_path: Path) -> None:
    sound = write_noise(tmp_path / "tape/a.wav", 700)
    recorder = a_recorder(tmp_path, loop=True)
    assert sound_of([recorder.record(DEPLOYMENT) for _ in range(7)]) == sound * 5


def test_an_ended_tape_says_how_to_start_it_again(tmp_path: Path) -> None:
    write_noise(tmp_path / "tape/a.wav", 100)
    record_all(a_recorder(tmp_path))
    with pytest.raises(RecordingError) as caught:
        a_recorder(tmp_path).record(DEPLOYMENT)
    assert "loop=yes" in str(caught.value.help)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 900), st.sampled_from([1000, 1500])), min_size=1, max_size=4
    ),
    st.floats(0.05, 1),
    st.data(),
)
def test_restarts_lose_and_double_nothing(
    tmp_path_factory: pytest.TempPathFactory,
    files: list[tuple[int, int]],
    duration_s: float,
    data: st.DataObject,
) -> None:
    root = tmp_path_factory.mktemp("replay")
    sound = b"".join(
        write_noise(root / f"tape/{n}.wav", frames, WavFormat(rate_hz, 1, 2))
        for n, (frames, rate_hz) in enumerate(files)
    )
    recordings: list[Recording] = []
    for _ in range(data.draw(st.integers(0, 5))):
        try:
            recordings.append(a_recorder(root, duration_s).record(DEPLOYMENT))
        except RecordingError:
            break
    recordings += record_all(a_recorder(root, duration_s))
    assert sound_of(recordings) == sound
    assert not list((root / "out").glob("*.part"))


def record_until_killed(recorder: ReplayRecorder, lines: int) -> bool:
    """Record in a child that dies at its n-th line of our code; tell whether it got through."""
    if not (child := os.fork()):
        left = lines

        def trace(frame: FrameType, event: str, arg: object) -> Any:
            nonlocal left
            if not frame.f_code.co_filename.startswith(SOURCE_CODE):
                return None
            left -= event == "line"
            if not left:
                os._exit(1)
            return trace

        sys.settrace(trace)
        recorder.record(DEPLOYMENT)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_process_that_is_killed_at_any_line_loses_and_doubles_nothing(tmp_path: Path) -> None:
    sound = write_noise(tmp_path / "tape/a.wav", 700) + write_noise(tmp_path / "tape/b.wav", 800)
    lines = 1
    while True:
        root = tmp_path / str(lines)
        root.mkdir()
        (root / "tape").symlink_to(tmp_path / "tape")
        a_recorder(root).record(DEPLOYMENT)
        got_through = record_until_killed(a_recorder(root), lines)
        record_all(a_recorder(root))
        assert sound_of(made_in(root / "out")) == sound, f"killed at line {lines}"
        assert not list((root / "out").glob("*.part"))
        if got_through:
            break
        lines += 3
    assert lines > 100


def made_in(folder: Path) -> list[Recording]:
    """Read back what every file says it is, in the order in which the tape was played."""
    files = sorted(folder.glob("*.wav"), key=lambda path: path.stat().st_mtime_ns)
    found = [(path, read_identity(path)) for path in files]
    return [
        Recording(path=path, duration=i.duration_s, samplerate=1000, deployment=DEPLOYMENT)
        for path, i in found
        if i
    ]


def test_a_recording_interrupted_before_its_name_is_finished_by_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_noise(tmp_path / "tape/a.wav", 1000)

    def fail(part: Path, final: Path) -> None:
        raise RecordingError("the disk went away")

    recorder = a_recorder(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr("acoupi.components.audio_recorder.replay.finish_part", fail)
        with pytest.raises(RecordingError, match="went away"):
            recorder.record(DEPLOYMENT)
    assert not list((tmp_path / "out").glob("*.wav"))
    a_recorder(tmp_path).recover()
    (path,) = (tmp_path / "out").glob("*.wav")
    assert read_identity(path)
    assert open_wav(path).frames == 500


def test_a_folder_that_cannot_be_written_loses_nothing(tmp_path: Path) -> None:
    sound = write_noise(tmp_path / "tape/a.wav", 1000)
    (tmp_path / "out").write_text("a file where the folder should be")
    with pytest.raises(RecordingError, match="could not be finished") as caught:
        a_recorder(tmp_path).record(DEPLOYMENT)
    assert caught.value.help
    (tmp_path / "out").unlink()
    assert sound_of(record_all(a_recorder(tmp_path))) == sound


def test_a_source_that_is_taken_away_is_named_and_goes_on_when_it_is_back(tmp_path: Path) -> None:
    sound = write_noise(tmp_path / "tape/a.wav", 1000)
    recorder = a_recorder(tmp_path)
    first = recorder.record(DEPLOYMENT)
    away = (tmp_path / "tape").rename(tmp_path / "away")
    with pytest.raises(RecordingError, match=r"tape cannot be played: No such file") as caught:
        recorder.record(DEPLOYMENT)
    assert "put it back" in (caught.value.help or "")
    away.rename(tmp_path / "tape")
    assert sound_of([first, *record_all(recorder)]) == sound


def test_two_tapes_in_one_folder_keep_apart(tmp_path: Path) -> None:
    ours = write_noise(tmp_path / "tape/a.wav", 1000)
    theirs = write_noise(tmp_path / "other/a.wav", 1000)
    other = ReplayRecorder(tmp_path / "other", 0.5, tmp_path / "out", loop=False, speed=math.inf)
    pairs = [(a_recorder(tmp_path).record(DEPLOYMENT), other.record(DEPLOYMENT)) for _ in range(2)]
    assert sound_of([ours for ours, _ in pairs]) == ours
    assert sound_of([theirs for _, theirs in pairs]) == theirs


def test_a_spoiled_cursor_is_named(tmp_path: Path) -> None:
    write_noise(tmp_path / "tape/a.wav", 1000)
    recorder = a_recorder(tmp_path)
    recorder.audio_dir.mkdir()
    recorder.cursor_path.write_text("{}")
    with pytest.raises(RecordingError, match=recorder.cursor_path.name):
        recorder.record(DEPLOYMENT)


def test_the_check_names_a_source_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(DeviceConfigurationError, match="does not exist"):
        a_recorder(tmp_path).check()
    assert not (tmp_path / "out").exists()


def test_the_check_is_content_with_a_wav_file(tmp_path: Path) -> None:
    write_noise(tmp_path / "tape/a.wav", 10)
    a_recorder(tmp_path).check()
    assert not (tmp_path / "out").exists()


def test_listening_hears_what_comes_next_and_leaves_the_tape_where_it_is(tmp_path: Path) -> None:
    write_noise(tmp_path / "tape/a.wav", 2000)
    recorder = a_recorder(tmp_path)
    first = recorder.record(DEPLOYMENT)
    heard = recorder.listen(0.25)
    second = recorder.record(DEPLOYMENT)
    assert first.path
    assert second.path
    assert open_wav(second.path).read().startswith(heard.samples)
    assert len(heard.samples) == 250 * heard.format.frame_bytes


def test_listening_on_and_on_follows_the_tape_at_its_pace_and_moves_no_cursor(
    tmp_path: Path,
) -> None:
    sound = write_noise(tmp_path / "tape" / "a.wav", 1000)
    time = FakeTime()
    recorder = a_recorder(tmp_path, clock=time.clock, speed=2)
    assert b"".join(snippet.samples for snippet in recorder.hear(0.3)) == sound
    assert time.s == pytest.approx(0.5)
    assert not recorder.cursor_path.exists()
