"""A recorder that plays WAV files as if they were a microphone.

Every sample of the tape gets into exactly one recording, whatever ends the
process and when: a recording is written under a part's name, then the cursor
moves behind it and names it, then the part gets its name. Who finds a part
that the cursor names finishes it; any other part is played again.
"""

import contextlib
import fcntl
import hashlib
import json
import math
import os
from collections.abc import Generator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from acoupi._files import PART_SUFFIX, write_atomic
from acoupi.audio.level import Snippet
from acoupi.audio.loss import Lost
from acoupi.audio.pace import Clock, Pace
from acoupi.audio.segment import finish_part, segment_name, write_part
from acoupi.audio.sieve import Sieve, Withheld, removed_by, sift
from acoupi.audio.tape import Cut, Tape, TapePosition, load_tape
from acoupi.components.types import AudioRecorder
from acoupi.data import Deployment, Recording
from acoupi.errors import RecordingError

__all__ = ["ReplayRecorder"]


@dataclass(frozen=True)
class Cursor:
    """Where a tape stands, and which recording brought it there."""

    position: TapePosition = field(default_factory=TapePosition)
    recording: str = ""

    @classmethod
    def load(cls, path: Path) -> "Cursor":
        """Read a cursor; a tape without one stands at its start."""
        if not path.exists():
            return cls()
        try:
            content = json.loads(path.read_bytes())
            return cls(TapePosition(**content["position"]), content["recording"])
        except (ValueError, KeyError, TypeError) as error:
            raise RecordingError(
                f"{path} does not say where the replay stands",
                help="remove it to play the tape from its start",
            ) from error

    def save(self, path: Path) -> None:
        """Write the cursor whole."""
        write_atomic(path, json.dumps(asdict(self)))


class ReplayRecorder(AudioRecorder):
    """Plays a WAV file, or a folder's WAV files, as one tape.

    The tape runs only while it is recorded: recordings continue each other to
    the sample, across files, and across restarts as long as ``audio_dir`` keeps
    the cursor. Rate, channels and sample width are those of the files.

    Parameters
    ----------
    source
        A WAV file or a folder.
    duration_s
        Length of a recording, as the file plays.
    audio_dir
        Where recordings are made.
    speed
        How much faster than the sound the tape runs; infinite: without waiting.
    loop
        Whether the tape starts again at its end.
    time_expansion
        How much slower than it was heard the tape plays.
    continuous
        Whether a recording that is asked for a little late begins, by the
        clock, where the one before it ended.
    clock
        What to ask for the time.
    """

    def __init__(
        self,
        source: Path,
        duration_s: float,
        audio_dir: Path,
        *,
        speed: float = 1,
        loop: bool = True,
        time_expansion: float = 1,
        continuous: bool = True,
        clock: Clock | None = None,
    ) -> None:
        self.source = source.absolute()
        self.duration_s = duration_s
        self.audio_dir = audio_dir
        self.speed = speed
        self.loop = loop
        self.time_expansion = time_expansion
        self.channel: int | None = None
        self.sieves: Sequence[Sieve] = ()
        self._mark_with(hashlib.sha256(os.fsencode(self.source)).hexdigest()[:12])
        self._clock = clock or Clock()
        self._pace = Pace(self._clock, continuous)
        self._tape: Tape | None = None

    def take_channel(self, channel: int) -> None:
        """Record only one channel of the tape; the first is 1.

        Each channel that is recorded runs by itself.
        """
        self.channel = channel
        source = os.fsencode(f"{self.source} {channel}")
        self._mark_with(hashlib.sha256(source).hexdigest()[:12])

    def check(self) -> None:
        """Look whether there is something to play.

        Raises
        ------
        DeviceConfigurationError
            If the source is missing, empty, or holds what is not a WAV file.
        """
        load_tape(self.source, self.loop)

    def listen(self, duration_s: float) -> Snippet:
        """Listen to what comes next on the tape, which stays where it is.

        Raises
        ------
        DeviceError
            If there is nothing to play, or it has ended.
        """
        snippet = next(self._snippets(duration_s), None)
        if snippet is None:
            raise self._at_the_end()
        return snippet

    def hear(self, block_s: float) -> Generator[Snippet]:
        """Listen to what comes on the tape, which stays where it is, until its end.

        Raises
        ------
        DeviceError
            If there is nothing to play.
        """
        speed = 1 if math.isinf(self.speed) else self.speed
        pace = Pace(self._clock)
        for snippet in self._snippets(block_s):
            pace.begin(snippet.duration_s / speed)
            pace.wait()
            yield snippet

    def record(self, deployment: Deployment) -> Recording:
        """Record the next stretch of the tape, and return when it has been heard.

        Raises
        ------
        DeviceError
            If it has ended, or cannot be written.
        Withheld
            If a sieve lets nothing of it through; the tape goes on after it.
        """
        self._tape = self._tape or load_tape(self.source, self.loop)
        try:
            with self._alone():
                self._finish_interrupted()
                return self._make(self._next_cut(self._tape), deployment)
        except OSError as error:
            # What is there is left to the next try: only the cursor on the disk
            # can tell whether a part belongs to the tape's past.
            raise RecordingError(
                f"the recording could not be finished in {self.audio_dir}: {error}",
                help="check that the folder can be written and that there is space left",
            ) from error

    def recover(self) -> None:
        """Finish a recording that was interrupted when its samples were already safe."""
        if self.audio_dir.is_dir():
            with self._alone():
                self._finish_interrupted()

    def losses(self) -> list[Lost]:
        """Return what sieves took out of the sound since this was last asked."""
        return removed_by(self.sieves)

    def _mark_with(self, mark: str) -> None:
        """Name the files of the tape that is played."""
        self.cursor_path = self.audio_dir / f".replay-{mark}.json"
        self._part_suffix = f".{mark}{PART_SUFFIX}"

    def _snippets(self, duration_s: float) -> Generator[Snippet]:
        tape = load_tape(self.source, self.loop)
        cut = tape.cut(Cursor.load(self.cursor_path).position, duration_s, self.channel)
        while cut is not None:
            yield Snippet(cut.format, b"".join(cut.blocks()))
            cut = tape.cut(cut.after, duration_s, self.channel)

    def _next_cut(self, tape: Tape) -> Cut:
        position = Cursor.load(self.cursor_path).position
        cut = tape.cut(position, self.duration_s, self.channel)
        if cut is None:
            raise self._at_the_end()
        return cut

    def _at_the_end(self) -> RecordingError:
        return RecordingError(
            f"the replay has ended: all of {self.source} was recorded",
            help=f"add '?loop=yes' to play it for ever, or remove {self.cursor_path}",
        )

    def _make(self, cut: Cut, deployment: Deployment) -> Recording:
        recording = self._describe(cut, deployment)
        self._pace.wait()
        part = self._part(recording.path or Path())
        try:
            self._write(part, cut, recording)
        except Withheld as withheld:
            Cursor(cut.after).save(self.cursor_path)
            withheld.recording = recording
            raise
        Cursor(cut.after, segment_name(recording)).save(self.cursor_path)
        finish_part(part, self.audio_dir / segment_name(recording))
        return recording

    def _write(self, part: Path, cut: Cut, recording: Recording) -> None:
        # A sieve that fails leaves the tape's file open until somebody closes it.
        with contextlib.closing(self._played(cut)) as played:
            sifted = sift(self.sieves, cut.format, recording, played)
            write_part(part, recording, cut.format, cut.frames, sifted)

    def _played(self, cut: Cut) -> Generator[bytes]:
        try:
            yield from cut.blocks()
        except OSError as error:
            raise RecordingError(
                f"{self.source} cannot be played: {error.strerror or error}",
                help="put it back: the replay goes on where it stands",
            ) from error

    def _describe(self, cut: Cut, deployment: Deployment) -> Recording:
        heard_s = 0.0 if math.isinf(self.speed) else cut.duration_s / self.speed
        recording = Recording(
            created_on=self._pace.begin(heard_s),
            duration=cut.duration_s,
            samplerate=cut.format.rate_hz,
            audio_channels=cut.format.channels,
            time_expansion=self.time_expansion,
            deployment=deployment,
            microphone=self.microphone,
        )
        path = self.audio_dir / segment_name(recording)
        return recording.model_copy(update={"path": path})

    def _part(self, final: Path) -> Path:
        return final.with_name(final.name + self._part_suffix)

    def _finish_interrupted(self) -> None:
        name = Cursor.load(self.cursor_path).recording
        for part in self.audio_dir.glob(f"*{self._part_suffix}"):
            final = part.with_name(part.name.removesuffix(self._part_suffix))
            if final.name == name:
                finish_part(part, final)
            else:
                part.unlink()

    @contextlib.contextmanager
    def _alone(self) -> Generator[None]:
        """Keep a second recorder from moving the same tape meanwhile."""
        self.audio_dir.mkdir(parents=True, exist_ok=True)
        with self.cursor_path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
