"""WAV files played one after another, as one tape that knows where it stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from acoupi.audio.split import mono, pick_channel
from acoupi.audio.wav import WavFile, WavFormat, open_foreign_wav
from acoupi.errors import DeviceConfigurationError

__all__ = ["Cut", "Piece", "Tape", "TapePosition", "load_tape"]


@dataclass(frozen=True)
class TapePosition:
    """A place between two frames of a tape."""

    file: str = ""
    """Name of the file that is played next; empty at the very start."""

    frame: int = 0

    owed: float = 0.0
    """Frames, less than one, by which the cuts made so far were too short or too long."""

    ended: bool = False


@dataclass(frozen=True)
class Piece:
    """A stretch of one file."""

    file: WavFile
    start: int
    frames: int


@dataclass(frozen=True)
class Cut:
    """A stretch of a tape, all in one format, and where the tape stands after it."""

    pieces: tuple[Piece, ...]
    after: TapePosition
    channel: int | None = None
    """The only one of it that counts, of which the first is 1; None: all of them."""

    @property
    def format(self) -> WavFormat:
        """The format of its samples."""
        format = self.pieces[0].file.format
        return format if self.channel is None else mono(format)

    @property
    def frames(self) -> int:
        """How long it is."""
        return sum(piece.frames for piece in self.pieces)

    @property
    def duration_s(self) -> float:
        """Seconds that it plays."""
        return self.frames / self.format.rate_hz

    def blocks(self) -> Iterator[bytes]:
        """Read its samples."""
        for piece in self.pieces:
            blocks = piece.file.blocks(piece.start, piece.frames)
            if self.channel is not None:
                blocks = pick_channel(blocks, piece.file.format, self.channel)
            yield from blocks


@dataclass(frozen=True)
class Tape:
    """WAV files played one after another, once or for ever.

    Parameters
    ----------
    files
        At least one, none of them empty, no name twice.
    loop
        Whether the first file follows on the last.
    """

    files: tuple[WavFile, ...]
    loop: bool = True

    def cut(
        self, position: TapePosition, duration_s: float, channel: int | None = None
    ) -> Cut | None:
        """Take the next stretch.

        Cuts fall on the frames nearest to the multiples of ``duration_s``, so
        that no error adds up. A stretch is shorter where the format changes,
        and at the end of a tape that does not loop.

        Returns
        -------
        Cut, optional
            None if the tape has ended.
        """
        place = self._find(position)
        if place is None:
            return None
        index, frame = place
        format = self.files[index].format
        exact = duration_s * format.rate_hz + position.owed
        wanted = max(1, round(exact))
        pieces: list[Piece] = []
        while wanted and index is not None and self.files[index].format == format:
            piece = Piece(file := self.files[index], frame, min(wanted, file.frames - frame))
            pieces.append(piece)
            wanted -= piece.frames
            frame += piece.frames
            if frame == file.frames:
                index, frame = self._following(index), 0
        owed = 0.0 if wanted else exact - max(1, round(exact))
        return Cut(tuple(pieces), self._position(index, frame, owed), channel)

    def _find(self, position: TapePosition) -> tuple[int, int] | None:
        """Return the file's index and the frame; None at the end.

        A position in a file that is gone, or has become shorter, is the start.
        """
        if position.ended and not self.loop:
            return None
        for index, file in enumerate(self.files):
            if file.path.name == position.file and position.frame < file.frames:
                return index, position.frame
        return 0, 0

    def _following(self, index: int) -> int | None:
        if index + 1 < len(self.files):
            return index + 1
        return 0 if self.loop else None

    def _position(self, index: int | None, frame: int, owed: float) -> TapePosition:
        if index is None:
            return TapePosition(ended=True)
        return TapePosition(self.files[index].path.name, frame, owed)


def load_tape(source: Path, loop: bool = True) -> Tape:
    """Make a tape of a WAV file, or of a folder's WAV files in the order of their names.

    Raises
    ------
    DeviceConfigurationError
        If there is no sound to play, or a file that is not a usable WAV file.
    """
    files = tuple(file for file in map(open_foreign_wav, _wav_paths(source)) if file.frames)
    if not files:
        raise DeviceConfigurationError(
            f"{source} holds no sound to replay",
            help="name a WAV file, or a folder with at least one .wav file that is not empty",
        )
    return Tape(files, loop)


def _wav_paths(source: Path) -> list[Path]:
    if not source.exists():
        raise DeviceConfigurationError(
            f"{source} is to be replayed and does not exist",
            help="name a WAV file or a folder of them after 'replay:'",
        )
    if not source.is_dir():
        return [source]
    return sorted(path for path in source.iterdir() if path.suffix.lower() == ".wav")
