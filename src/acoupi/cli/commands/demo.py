"""``acoupi demo``."""

from pathlib import Path

import click

from acoupi.cli.base import Command

__all__ = ["demo"]


@click.command(
    cls=Command,
    examples=(
        "acoupi demo",
        "acoupi demo --audio dawn.wav --seconds 60 --json",
    ),
)
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep everything in this new folder. [default: one that is thrown away]",
)
@click.option(
    "--audio",
    type=click.Path(exists=True, readable=True, path_type=Path),
    help="A WAV file, or a folder of them, to play. [default: synthesised calls]",
)
@click.option(
    "--seconds",
    type=click.FloatRange(1, 86_400),
    default=30.0,
    show_default=True,
    help="How long to record.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
def demo(home: Path | None, audio: Path | None, seconds: float, as_json: bool) -> int:
    """Watch a sensor work, from set-up to stop.

    Sets up a program in a home of its own, plays sound to it as if it were a
    microphone, receives its messages, and ends with an account of every second
    and every recording.
    """
    from acoupi.demo import run_demo

    return run_demo(home=home, audio=audio, seconds=seconds, as_json=as_json)
