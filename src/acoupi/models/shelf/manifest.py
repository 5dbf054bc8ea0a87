"""What is written down about an installed model."""

import hashlib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from acoupi._files import write_atomic
from acoupi.data.times import Instant
from acoupi.errors import ModelError

__all__ = ["MANIFEST", "Manifest", "read_manifest", "write_manifest"]

MANIFEST = "manifest.json"


class Manifest(BaseModel):
    """An installed model, as its ``manifest.json`` says it."""

    model_config = ConfigDict(extra="ignore", protected_namespaces=())

    name: str
    title: str = ""
    kind: Literal["source", "file"]
    """``source``: one of those acoupi knows. ``file``: somebody's own network."""

    version: str = ""
    licence: str = ""
    licence_url: str = ""
    credit: str = ""
    licence_accepted: bool = False
    origin: str = ""
    """The wheel or file it was installed from."""

    rate_hz: int = Field(gt=0)
    window_s: float = Field(gt=0)
    overlap_s: float = Field(default=0.0, ge=0)
    low_hz: float = 0.0
    high_hz: float | None = None
    input: Literal["samples", "int16", "peak"] = "samples"
    """What the network of a file takes: samples from -1 to 1, the same as numbers of 16 bit, or
    each window as loud as can be."""

    output: Literal["logits", "softmax", "scores"] = "scores"
    """What the network of a file says: scores, or what becomes scores by a logistic function
    of each, or by one over all of them."""

    tag: str = "species"
    """Key of the tags that carry its labels."""

    threshold: float = Field(default=0.5, ge=0, le=1)
    files: dict[str, str] = Field(min_length=1)
    """File name to SHA-256."""

    installed_on: Instant
    installed_by: str = ""
    """The version of acoupi that converted it."""

    model_version: str = ""
    """As its makers count, if that is not the version of the package it came in."""

    @property
    def sha256(self) -> str:
        """SHA-256 of the list of its files as ``sha256sum`` writes it, in the order of names."""
        listed = "".join(f"{hash_}  {name}\n" for name, hash_ in sorted(self.files.items()))
        return hashlib.sha256(listed.encode()).hexdigest()


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of an installed model.

    Raises
    ------
    ModelError
        If it is not there, or makes no sense.
    """
    path = folder / MANIFEST
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}") from error
    except ValidationError as error:
        first: Any = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ModelError(
            f"{path} makes no sense: {where}: {first['msg']}", help="install the model again"
        ) from error


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of a model."""
    write_atomic(folder / MANIFEST, manifest.model_dump_json(indent=2) + "\n")
