"""WAV files as one tape."""

from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from acoupi.audio.tape import Cut, Tape, TapePosition, load_tape
from acoupi.audio.wav import WavFile, WavFormat, write_wav
from acoupi.errors import DeviceConfigurationError


def a_tape(frames: list[int], rates_hz: list[int] | None = None, loop: bool = False) -> Tape:
    rates_hz = rates_hz or [8000] * len(frames)
    return Tape(
        tuple(
            WavFile(Path(f"{n:03}.wav"), WavFormat(rate_hz, 1, 2), count, 44)
            for n, (count, rate_hz) in enumerate(zip(frames, rates_hz, strict=True))
        ),
        loop,
    )


def play(tape: Tape, duration_s: float, most: int = 100_000) -> list[Cut]:
    cuts: list[Cut] = []
    position = TapePosition()
    while len(cuts) < most and (cut := tape.cut(position, duration_s)):
        cuts.append(cut)
        position = cut.after
    return cuts


def stretches(cuts: list[Cut]) -> list[tuple[str, int, int]]:
    """Return the pieces that were played, in order, those that continue each other joined."""
    joined: list[tuple[str, int, int]] = []
    for piece in (piece for cut in cuts for piece in cut.pieces):
        name, start, end = piece.file.path.name, piece.start, piece.start + piece.frames
        if joined and joined[-1][0] == name and joined[-1][2] == start:
            start = joined.pop()[1]
        joined.append((name, start, end))
    return joined


LENGTHS = st.lists(st.integers(1, 3000), min_size=1, max_size=6)


@given(LENGTHS, st.data(), st.floats(0.001, 0.5))
def test_every_frame_is_in_exactly_one_cut(
    lengths: list[int], data: st.DataObject, duration_s: float
) -> None:
    rate = st.sampled_from([1000, 8000])
    rates_hz = data.draw(st.lists(rate, min_size=len(lengths), max_size=len(lengths)))
    cuts = play(a_tape(lengths, rates_hz), duration_s)
    assert stretches(cuts) == [(f"{n:03}.wav", 0, length) for n, length in enumerate(lengths)]
    assert all(len({piece.file.format for piece in cut.pieces}) == 1 for cut in cuts)


@given(LENGTHS, st.floats(0.01, 0.5))
def test_cuts_fall_next_to_the_multiples_of_the_duration(
    lengths: list[int], duration_s: float
) -> None:
    end = 0
    for n, cut in enumerate(play(a_tape(lengths, loop=True), duration_s, most=200), start=1):
        end += cut.frames
        assert abs(end - n * duration_s * 8000) <= 0.5 + 1e-6


def test_a_tape_that_loops_goes_on_with_its_first_file_in_the_same_cut() -> None:
    cut = a_tape([5, 5], loop=True).cut(TapePosition("001.wav", 3), 4 / 8000)
    assert cut is not None
    assert stretches([cut]) == [("001.wav", 3, 5), ("000.wav", 0, 2)]
    assert cut.after == TapePosition("000.wav", 2)


def test_a_recording_can_be_longer_than_the_tape_that_loops() -> None:
    (cut,) = play(a_tape([3], loop=True), 10 / 8000, most=1)
    assert [piece.frames for piece in cut.pieces] == [3, 3, 3, 1]


def test_a_change_of_format_ends_the_cut() -> None:
    cuts = play(a_tape([5, 7], [8000, 1000]), 1)
    assert [(cut.frames, cut.format.rate_hz) for cut in cuts] == [(5, 8000), (7, 1000)]


def test_a_tape_that_has_ended_gives_nothing_until_it_loops() -> None:
    (cut,) = play(a_tape([5]), 1)
    assert a_tape([5]).cut(cut.after, 1) is None
    assert a_tape([5], loop=True).cut(cut.after, 1) is not None


@pytest.mark.parametrize("lost", [TapePosition("gone.wav", 1), TapePosition("000.wav", 5)])
def test_a_place_that_is_gone_is_the_start(lost: TapePosition) -> None:
    cut = a_tape([5]).cut(lost, 1)
    assert cut is not None
    assert stretches([cut]) == [("000.wav", 0, 5)]


def write(path: Path, frames: int) -> None:
    write_wav(path, WavFormat(8000, 1, 2), frames, [bytes(2 * frames)])


def test_a_folder_is_its_wav_files_by_name_without_the_empty_ones(tmp_path: Path) -> None:
    for name, frames in [("b.wav", 2), ("a.WAV", 3), ("c.wav", 0)]:
        write(tmp_path / name, frames)
    (tmp_path / "notes.txt").write_text("not sound")
    assert [file.path.name for file in load_tape(tmp_path).files] == ["a.WAV", "b.wav"]


def test_a_missing_source_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeviceConfigurationError, match=r"nowhere is to be replayed") as caught:
        load_tape(tmp_path / "nowhere")
    assert caught.value.help


def test_a_folder_without_sound_is_an_error(tmp_path: Path) -> None:
    write(tmp_path / "empty.wav", 0)
    with pytest.raises(DeviceConfigurationError, match="holds no sound"):
        load_tape(tmp_path)


def test_one_file_that_is_not_a_wav_is_named(tmp_path: Path) -> None:
    write(tmp_path / "a.wav", 2)
    (tmp_path / "b.wav").write_text("hello")
    with pytest.raises(DeviceConfigurationError, match=r"b\.wav cannot be used as a WAV file"):
        load_tape(tmp_path)
