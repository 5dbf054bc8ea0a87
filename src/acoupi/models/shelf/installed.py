"""The models that are installed."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acoupi.components.types import Model
from acoupi.errors import ModelError
from acoupi.models.shelf.catalogue import KNOWN
from acoupi.models.shelf.hashes import sha256_of
from acoupi.models.shelf.manifest import MANIFEST, Manifest, read_manifest
from acoupi.models.shelf.offered import OfferedModel, find_offered
from acoupi.models.shelf.place import alone, models_dir

__all__ = [
    "InstalledModel",
    "find_any",
    "find_folder",
    "find_model",
    "find_problems",
    "installed_names",
    "open_model",
    "remove_model",
]


@dataclass(frozen=True)
class InstalledModel:
    """A model on the shelf."""

    folder: Path
    manifest: Manifest

    @property
    def size_bytes(self) -> int:
        """What it takes on the disk."""
        return sum(file.stat().st_size for file in self.folder.iterdir())

    @property
    def title(self) -> str:
        """What it is, in a line."""
        return self.manifest.title

    @property
    def rate_hz(self) -> int:
        """Of the sound it looks at."""
        return self.manifest.rate_hz

    @property
    def window_s(self) -> float:
        """How much of it at a time."""
        return self.manifest.window_s

    @property
    def takes_threshold(self) -> bool:
        """Whether it can be told the lowest score to report."""
        return True

    def problems(self) -> list[str]:
        """Say what is wrong with its files."""
        return find_problems(self.folder, self.manifest)

    def open(self, options: Mapping[str, Any] | None = None) -> Model:
        """Make the model; its weights are loaded when it is first used.

        Its outputs say which weights they are from, so these are looked at.

        Raises
        ------
        ModelError
            If its files are not those that were installed, or what runs it is absent.
        ConfigurationError
            If the options make no sense.
        """
        damage = self.problems()
        if damage:
            raise ModelError(
                f"the model {self.manifest.name} is not as it was installed: {'; '.join(damage)}",
                help="install it again",
            )
        return self._open(options or {})

    def _open(self, options: Mapping[str, Any]) -> Model:
        model = self._make(options)
        model.version = self.manifest.model_version or self.manifest.version
        model.sha256 = self.manifest.sha256
        return model

    def _make(self, options: Mapping[str, Any]) -> Model:
        if self.manifest.kind == "file":
            from acoupi.models.own import open_own

            return open_own(self.folder, self.manifest, options)
        from acoupi.models.shelf.catalogue import known_source

        return known_source(self.manifest.name).open(self.folder, options)


def installed_names() -> list[str]:
    """Return the names of the models that are installed."""
    return sorted(path.parent.name for path in models_dir().glob(f"[!.]*/{MANIFEST}"))


def find_model(name: str) -> InstalledModel:
    """Return an installed model.

    Raises
    ------
    ModelError
        If there is none of this name, or its manifest makes no sense.
    """
    folder = find_folder(name)
    return InstalledModel(folder, read_manifest(folder))


def find_folder(name: str) -> Path:
    """Return where a model is installed, whatever its manifest says.

    Raises
    ------
    ModelError
        If there is none of this name.
    """
    if name not in installed_names():
        raise ModelError(f"the model {name} is not installed", help=_how_to_get(name))
    return models_dir() / name


def _how_to_get(name: str) -> str:
    offered = find_offered(name)
    if offered is not None:
        return f"it needs no installation, since it comes {offered.title}"
    if name in KNOWN:
        return f"acoupi models install {name}"
    return f"acoupi models install {name} --from-file FILE, or one that acoupi models list shows"


def find_any(name: str) -> InstalledModel | OfferedModel:
    """Return a model that is installed here, or else one that a package offers.

    Raises
    ------
    ModelError
        If there is neither.
    """
    offered = None if name in installed_names() else find_offered(name)
    return offered or find_model(name)


def open_model(name: str, options: Mapping[str, Any] | None = None) -> Model:
    """Make a model that is installed here, or else one that a package offers."""
    return find_any(name).open(options)


def find_problems(folder: Path, manifest: Manifest) -> list[str]:
    """Compare a model's files with its manifest, and say what is wrong with them."""
    problems: list[str] = []
    for name, sha256 in manifest.files.items():
        path = folder / name
        if not path.is_file():
            problems.append(f"{path} is missing")
        elif sha256_of(path) != sha256:
            problems.append(f"{path} is damaged: its SHA-256 is not that of the installation")
    return problems


def remove_model(name: str) -> Path:
    """Take a model off the shelf, and return where it was.

    Raises
    ------
    ModelError
        If it is not installed.
    """
    with alone(models_dir()):
        folder = models_dir() / name
        if name not in installed_names():
            raise ModelError(f"the model {name} is not installed")
        shutil.rmtree(folder)
    return folder
