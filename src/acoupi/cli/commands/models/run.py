"""``acoupi models run``."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from acoupi.cli.base import Command
from acoupi.cli.filters import chosen_format
from acoupi.cli.render import counted, note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from acoupi.cli.render_listing import Listing
    from acoupi.errors import AcoupiError
    from acoupi.models.listening import FoundLine
    from acoupi.models.sound_files import Circumstances

__all__ = ["run"]


@click.command(
    cls=Command,
    examples=(
        "acoupi models run birdnet dawn.wav --threshold 0.5",
        "acoupi models run birdnet night --latitude 52.2 --longitude 0.12 --csv",
        "acoupi models run birdnet dawn.wav --option overlap=1.5 --option language=de",
    ),
)
@click.argument("name")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--threshold", type=click.FloatRange(0, 1), help="Lowest score that is reported.")
@click.option("--latitude", type=click.FloatRange(-90, 90), help="[default: what a file says]")
@click.option("--longitude", type=click.FloatRange(-180, 180), help="[default: what a file says]")
@click.option(
    "--date",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Day of the recording. [default: what a file says, or today]",
)
@click.option(
    "--option", "options", multiple=True, metavar="KEY=VALUE", help="Another of the model's."
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
def run(
    name: str,
    paths: tuple[Path, ...],
    threshold: float | None,
    latitude: float | None,
    longitude: float | None,
    date: dt.datetime | None,
    options: tuple[str, ...],
    as_json: bool,
    as_csv: bool,
) -> None:
    """Run a model on files, and on those in folders, without any deployment.

    PATHS are WAV or FLAC files. Times are those in the file. A file that is
    not usable is passed over.
    """
    from acoupi.cli.render_listing import write_listing
    from acoupi.errors import DeviceError
    from acoupi.models.listening import find_in
    from acoupi.models.shelf import find_any

    known = _circumstances(latitude, longitude, date)
    how = chosen_format(as_json, as_csv)
    model = find_any(name)
    asked = {} if threshold is None or not model.takes_threshold else {"threshold": threshold}
    unusable: list[Path] = []

    def pass_over(path: Path, error: "AcoupiError") -> None:
        unusable.append(path)
        note(f"passed over: {error.message}" + (f"; {error.help}" if error.help else ""))

    sounds = _sounds_in(paths)  # before a model is opened, which may take long
    opened = model.open(_options(options) | asked)
    found = find_in(opened, sounds, known, pass_over)
    sure = (line for line in found if line.score >= (threshold or 0))
    write_listing(sure, _listing(), how)
    if unusable:
        raise DeviceError(f"{counted(len(unusable), 'file')} could not be used")


def _circumstances(
    latitude: float | None, longitude: float | None, date: dt.datetime | None
) -> "Circumstances":
    from acoupi.models.sound_files import Circumstances

    if any(degrees != degrees for degrees in (latitude, longitude)):
        raise click.UsageError("--latitude and --longitude are numbers of degrees.")
    if (latitude is None) != (longitude is None):
        raise click.UsageError("--latitude and --longitude belong together.")
    return Circumstances(latitude, longitude, date.replace(tzinfo=dt.UTC) if date else None)


def _sounds_in(paths: "Sequence[Path]") -> list[Path]:
    from acoupi.errors import ConfigurationError
    from acoupi.models.sound_files import find_sounds

    if not (sounds := list(find_sounds(paths))):
        raise ConfigurationError(
            f"there is no sound in {', '.join(map(str, paths))}",
            help="name WAV or FLAC files, or folders that have some",
        )
    return sounds


def _options(pairs: tuple[str, ...]) -> dict[str, Any]:
    import json

    options: dict[str, Any] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not (key and equals):
            raise click.BadParameter(f"{pair!r} is not KEY=VALUE", param_hint="'--option'")
        try:
            options[key] = json.loads(value)
        except ValueError:
            options[key] = value
    return options


def _listing() -> "Listing[FoundLine]":
    from acoupi.cli.render_boxes import pitch_text, when_text
    from acoupi.cli.render_listing import Column, Listing
    from acoupi.models.listening import FoundLine

    def when(line: "FoundLine") -> str:
        return when_text(line.start_s, line.end_s)

    def pitch(line: "FoundLine") -> str:
        return pitch_text(line.low_hz, line.high_hz)

    return Listing(
        [
            Column("score", lambda line: f"{line.score:.2f}", 5),
            Column("at", when, 13, right=True),
            Column("between", pitch, 13, right=True, in_narrow=False),
            Column("tags", lambda line: ", ".join(value for _, value, _ in line.tags), 48),
        ],
        lambda line: line.file,
        "file",
        dt.UTC,
        in_groups=True,
        kind=FoundLine,
    )
