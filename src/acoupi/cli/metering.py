"""A level meter that runs until Ctrl-C."""

import itertools
import json
import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import click

from acoupi.cli.ink import find_ink
from acoupi.cli.render import on_terminal, result, width
from acoupi.cli.render_meter import Recent, level_document, level_words, meter_line, meter_scale

if TYPE_CHECKING:
    from acoupi.audio.level import Level, Snippet
    from acoupi.components.audio_recorder.captured import CaptureRecorder
    from acoupi.components.audio_recorder.replay import ReplayRecorder

__all__ = ["run_meter"]

BLOCK_S = 0.1
BLOCKS_A_LINE = 10


def run_meter(
    recorder: "CaptureRecorder | ReplayRecorder", seconds: float | None, as_json: bool
) -> None:
    """Show the level until Ctrl-C, or for some seconds of sound."""
    blocks = None if seconds is None else max(1, math.ceil(seconds / BLOCK_S - 1e-9))
    with closing(recorder.hear(BLOCK_S)) as heard, suppress(KeyboardInterrupt):
        levels = _levels(itertools.islice(heard, blocks))
        if as_json:
            _write_each_second(levels, _as_json)
        elif on_terminal():
            _draw(levels)
        else:
            _write_each_second(levels, _as_words)


def _levels(heard: "Iterable[Snippet]") -> "Iterator[Level]":
    from acoupi.audio.level import measure_level

    return filter(None, map(measure_level, heard))


def _draw(levels: "Iterable[Level]") -> None:
    """Write one line over and over; nothing but a carriage return, which any terminal knows."""
    ink, recent = find_ink(), Recent()
    click.echo(meter_scale(width()))
    try:
        for level in levels:
            recent.add(level)
            click.echo(f"\r{meter_line(level, recent, width(), ink)}", nl=False)
    finally:
        click.echo()


def _write_each_second(levels: "Iterable[Level]", write: "Callable[[int, Level], str]") -> None:
    from acoupi.audio.level import combine_levels

    rest = iter(levels)
    seconds = itertools.takewhile(
        bool, (list(itertools.islice(rest, BLOCKS_A_LINE)) for _ in itertools.count())
    )
    for number, second in enumerate(seconds, 1):
        result(write(number, combine_levels(second)))


def _as_words(second: int, level: "Level") -> str:
    return f"{second:4} s  {level_words(level)}"


def _as_json(second: int, level: "Level") -> str:
    return json.dumps({"second": second, **level_document(level)})
