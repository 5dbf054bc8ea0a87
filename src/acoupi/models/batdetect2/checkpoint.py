"""Reading a torch checkpoint without torch, and without running what is in it.

A checkpoint is a zip archive: a pickle that describes the tensors, and a file of
plain numbers for each storage. Unpickling calls whatever the pickle names, so
only four names are known here, and each stands for something harmless of ours.
"""

import io
import pickle
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from acoupi.errors import ModelError

__all__ = ["Checkpoint", "Parameters", "read_checkpoint"]

Parameters = Mapping[str, NDArray[Any]]

STORAGES = {"FloatStorage": "<f4", "LongStorage": "<i8"}
HELP = "download it again; a file of another kind or version cannot be used"


@dataclass(frozen=True)
class Checkpoint:
    """What was saved after training."""

    parameters: Parameters
    """Of the network, by their names."""

    settings: Mapping[str, Any]
    """It was trained with."""


def read_checkpoint(path: Path) -> Checkpoint:
    """Read the parameters and the settings of a network.

    Raises
    ------
    ModelError
        If the file is no such checkpoint, or names anything but arrays.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _checkpoint(_unpickle(archive))
    except (OSError, zipfile.BadZipFile, EOFError) as error:
        raise _unusable(path, "it is cut short, or no archive") from error
    except (pickle.UnpicklingError, ValueError, TypeError, KeyError, IndexError) as error:
        raise _unusable(path, str(error)) from error


def _unusable(path: Path, reason: str) -> ModelError:
    return ModelError(f"{path} is not a usable checkpoint: {reason}", help=HELP)


def _checkpoint(content: object) -> Checkpoint:
    if not isinstance(content, dict):
        raise pickle.UnpicklingError("it holds no dictionary")
    saved = cast("dict[str, Any]", content)
    parameters, settings = saved.get("state_dict"), saved.get("params")
    if not isinstance(parameters, Mapping) or not isinstance(settings, Mapping):
        raise pickle.UnpicklingError("it has no 'state_dict' or no 'params'")
    if not all(
        isinstance(array, np.ndarray)
        for array in cast("Mapping[str, object]", parameters).values()
    ):
        raise pickle.UnpicklingError("not all of its parameters are arrays")
    return Checkpoint(
        cast("Parameters", parameters), dict(cast("Mapping[str, Any]", settings).items())
    )


def _unpickle(archive: zipfile.ZipFile) -> object:
    member = next((name for name in archive.namelist() if name.endswith("/data.pkl")), None)
    if member is None:
        raise pickle.UnpicklingError("it has no data.pkl")
    folder = member.removesuffix("data.pkl")

    def numbers(key: str) -> bytes:
        return archive.read(f"{folder}data/{key}")

    return _ArraysOnly(archive.read(member), numbers).load()


class _ArraysOnly(pickle.Unpickler):
    """Knows arrays and dictionaries, and nothing else by name."""

    def __init__(self, content: bytes, numbers: Callable[[str], bytes]) -> None:
        super().__init__(io.BytesIO(content))
        self._numbers = numbers

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        """Return what stands for a name; refuse those that are none of a tensor's."""
        if (module_name, global_name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module_name, global_name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _array
        if module_name == "torch" and global_name in STORAGES:
            return np.dtype(STORAGES[global_name])
        raise pickle.UnpicklingError(f"it names {module_name}.{global_name}, which is no array")

    def persistent_load(self, pid: Any, /) -> NDArray[Any]:
        """Read the numbers of a storage."""
        kind, dtype, key, _device, count = pid
        if kind != "storage" or not isinstance(dtype, np.dtype):
            raise pickle.UnpicklingError("it refers to something that is no storage")
        numbers = np.frombuffer(self._numbers(str(key)), cast("np.dtype[Any]", dtype))
        if len(numbers) != count:
            raise pickle.UnpicklingError(f"storage {key} has {len(numbers)} numbers, not {count}")
        return numbers


def _array(
    storage: NDArray[Any], offset: int, shape: tuple[int, ...], steps: tuple[int, ...], *_: object
) -> NDArray[Any]:
    """Return a tensor's numbers; steps that leave the storage are refused by numpy."""
    size = storage.itemsize
    view: NDArray[Any] = np.ndarray(
        shape,
        storage.dtype,
        storage.tobytes(),
        offset * size,
        tuple(step * size for step in steps),
    )
    return view.copy()
