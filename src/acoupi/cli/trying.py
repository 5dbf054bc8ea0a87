"""A test recording: heard, measured, drawn, and perhaps kept."""

import shutil
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from acoupi.cli.ink import find_ink
from acoupi.cli.render import PIPE_WIDTH, on_terminal, result, result_json, width
from acoupi.cli.render_rows import row_lines
from acoupi.cli.render_sound import Sound, sound_document, sound_rows, title
from acoupi.cli.wrapping import tell

if TYPE_CHECKING:
    from acoupi.audio.level import Snippet

__all__ = ["keep_sound", "measure_sound", "write_sound_document", "write_sound_picture"]

USUAL_LINES = 24
AROUND = 7
"""Lines that a picture leaves: for the scale, the axis, a gap, and the shell's and a note's."""


def measure_sound(name: str, snippet: "Snippet", time_expansion: float) -> Sound:
    """Measure what was heard.

    Raises
    ------
    RecordingError
        If it is nothing.
    """
    from acoupi.audio.level import measure_level, split_channels
    from acoupi.audio.portrait import portray
    from acoupi.audio.samples import to_mono
    from acoupi.errors import RecordingError

    level = measure_level(snippet)
    if level is None:
        raise RecordingError(f"the microphone {name!r} gave no sound")
    each = [one for channel in split_channels(snippet) if (one := measure_level(channel))]
    rate_hz = snippet.format.rate_hz * time_expansion
    return Sound(name, snippet, time_expansion, level, each, portray(to_mono(snippet), rate_hz))


def keep_sound(sound: Sound, path: Path) -> Sound:
    """Write a test recording to a file, and say where it is.

    Raises
    ------
    RecordingError
        If it cannot be written; a file that was there is then still there.
    """
    from acoupi._files import PART_SUFFIX
    from acoupi.audio.segment import finish_part, write_sound

    format = sound.snippet.format
    part = path.with_name(path.name + PART_SUFFIX)
    frames = len(sound.snippet.samples) // format.frame_bytes
    write_sound(part, format, frames, [sound.snippet.samples])
    finish_part(part, path)
    return replace(sound, kept=path)


def write_sound_document(sound: Sound) -> None:
    """Write all that was measured as JSON."""
    result_json(sound_document(sound))


def write_sound_picture(sound: Sound) -> None:
    """Draw a spectrogram, and say what was measured and what to do about it."""
    from acoupi.audio.samples import to_mono
    from acoupi.audio.spectrogram import make_spectrogram
    from acoupi.cli.render_spectrogram import frame_for, spectrogram_lines
    from acoupi.system.checks.microphone import judge_level

    ink, columns, hint = find_ink(), width(), judge_level(sound.level).hint
    words = textwrap.wrap(title(sound), columns, break_on_hyphens=False, break_long_words=False)
    rows = row_lines(sound_rows(sound), columns)
    left = _lines() - AROUND - len(words) - len(rows) - (2 if hint else 0)
    frame = frame_for(columns, left, ink)
    picture = make_spectrogram(to_mono(sound.snippet), sound.rate_hz, frame.columns, frame.rows)
    for line in [*words, *spectrogram_lines(picture, frame, ink), "", *rows]:
        result(line)
    if hint:
        tell(f"hint: {hint}")


def _lines() -> int:
    return shutil.get_terminal_size((PIPE_WIDTH, USUAL_LINES)).lines if on_terminal() else 30
