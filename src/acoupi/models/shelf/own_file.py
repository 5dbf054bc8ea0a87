"""Putting a network of one's own on the shelf."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from acoupi._clock import utc_now
from acoupi.errors import ConfigurationError, ModelError
from acoupi.models.networks import RUNNABLE
from acoupi.models.own import LABELS, NETWORK, open_own
from acoupi.models.shelf.catalogue import KNOWN
from acoupi.models.shelf.install import Installation, hashes_of
from acoupi.models.shelf.manifest import Manifest, write_manifest
from acoupi.models.shelf.offered import offered_names
from acoupi.models.shelf.place import alone, filling, models_dir

__all__ = ["OwnFile", "install_file"]

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
LONGEST_S = 3600


@dataclass(frozen=True)
class OwnFile:
    """A network in a file, and what it expects and says."""

    network: Path
    labels: Path
    rate_hz: int
    window_s: float
    overlap_s: float = 0.0
    band_hz: tuple[float, float] | None = None
    """What it listens to; all up to half the rate if None."""

    input: Literal["samples", "int16", "peak"] = "samples"
    output: Literal["logits", "softmax", "scores"] = "scores"
    tag: str = "species"
    """Key of the tags that carry its labels."""

    threshold: float = 0.5
    licence: str = ""
    version: str = ""
    """As whoever made it counts."""


def install_file(name: str, file: OwnFile) -> Installation:
    """Install a network after hearing what it says to silence; one of this name is replaced.

    Raises
    ------
    ConfigurationError
        If the name or the file cannot be used.
    ModelError
        If the network cannot be loaded, or its answer does not fit the labels.
    """
    _check(name, file)
    _check_band(file)
    _check_windows(file)
    place = models_dir() / name
    with alone(place.parent), filling(place) as folder:
        shutil.copyfile(file.network, folder / f"{NETWORK}{file.network.suffix}")
        (folder / LABELS).write_text("\n".join(_labels(file.labels)) + "\n", "utf-8")
        manifest = _manifest(name, file, folder)
        _try(folder, manifest, file)
        write_manifest(folder, manifest)
    return Installation(manifest, is_new=True)


def _check(name: str, file: OwnFile) -> None:
    if not NAME.fullmatch(name) or name in {*KNOWN, *offered_names()}:
        raise ConfigurationError(
            f"a model of your own cannot be called {name!r}",
            help="use up to 40 small letters, digits, '-', '_' and '.', and no name acoupi knows",
        )
    if file.network.suffix not in RUNNABLE:
        raise ConfigurationError(
            f"{file.network} is neither an .onnx nor a .tflite file",
            help="convert it to ONNX with the tools of what it was trained with",
        )


def _check_band(file: OwnFile) -> None:
    low_hz, high_hz = file.band_hz or (0.0, file.rate_hz / 2)
    if not 0 <= low_hz < high_hz <= file.rate_hz / 2:
        raise ConfigurationError(
            f"a network that hears {file.rate_hz} Hz cannot listen to a band from {low_hz:g} to "
            f"{high_hz:g} Hz",
            help=f"give the lower edge first, and none above {file.rate_hz / 2:g}",
        )


def _check_windows(file: OwnFile) -> None:
    if not 1 <= file.window_s * file.rate_hz <= LONGEST_S * file.rate_hz:
        raise ConfigurationError(
            f"a window of {file.window_s:g} s cannot be used",
            help=f"give one from a sample to {LONGEST_S} s with --window",
        )
    if not 0 <= file.overlap_s < file.window_s:
        raise ConfigurationError(
            f"windows of {file.window_s:g} s cannot overlap by {file.overlap_s:g} s",
            help="give an --overlap that is shorter than the --window",
        )
    if not (0 <= file.threshold <= 1 and file.tag.strip()):
        raise ConfigurationError(
            f"the threshold {file.threshold:g} or the tag {file.tag!r} cannot be used",
            help="give a --threshold from 0 to 1, and a --tag that is not empty",
        )


def _try(folder: Path, manifest: Manifest, file: OwnFile) -> None:
    """Hear what it says to silence; what is wrong then is wrong with the file that was given."""
    model = open_own(folder, manifest, {})
    try:
        model.warm_up()
    except ModelError as error:
        there = str(folder / f"{NETWORK}{file.network.suffix}")
        said = error.message.replace(there, str(file.network))
        raise ModelError(
            said.replace(model.name, str(file.network)),
            help=_advice(error.help or "", file, len(model.labels)),
        ) from error


def _advice(given: str, file: OwnFile, labels: int) -> str:
    if given and not given.startswith("install the model again"):
        return given
    return (
        f"it was given {round(file.window_s * file.rate_hz)} samples (--rate times --window) as "
        f"floats of 32 bit, and should answer with {labels}, one for each line of {file.labels}"
    )


def _labels(path: Path) -> list[str]:
    try:
        labels = [line.strip() for line in path.read_text("utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"{path} cannot be read: {error}", help="save it as plain text in UTF-8"
        ) from error
    while labels and not labels[-1]:
        labels.pop()
    if not labels or not all(labels):
        blank = f"; line {labels.index('') + 1} is empty" if labels else ", and is empty"
        raise ConfigurationError(
            f"{path} should have a label on each line{blank}",
            help="give one line for each number that the network answers with",
        )
    return labels


def _manifest(name: str, file: OwnFile, folder: Path) -> Manifest:
    from acoupi import __version__

    low_hz, high_hz = file.band_hz or (0.0, None)
    return Manifest(
        name=name,
        title=f"your own network, from {file.network.name}",
        kind="file",
        version=file.version,
        licence=file.licence,
        origin=str(file.network),
        rate_hz=file.rate_hz,
        window_s=file.window_s,
        overlap_s=file.overlap_s,
        low_hz=low_hz,
        high_hz=high_hz,
        input=file.input,
        output=file.output,
        tag=file.tag,
        threshold=file.threshold,
        files=hashes_of(folder),
        installed_on=utc_now(),
        installed_by=__version__,
    )
