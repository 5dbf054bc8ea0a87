"""Checkpoints made here, as torch writes them, and such as should not be opened."""

import io
import os
import pickle
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from acoupi.errors import ModelError
from acoupi.models.batdetect2.checkpoint import read_checkpoint


class FakeTensor:
    """Is pickled as torch pickles a tensor."""

    def __init__(
        self, numbers: Any, shape: Any = None, steps: Any = None, offset: int = 0
    ) -> None:
        self.numbers = np.asarray(numbers)
        self.shape = self.numbers.shape if shape is None else shape
        size = self.numbers.itemsize
        self.steps = tuple(n // size for n in self.numbers.strides) if steps is None else steps
        self.offset = offset

    def __reduce__(self) -> Any:
        rebuild = sys.modules["torch._utils"]._rebuild_tensor_v2
        storage = FakeStorage(self.numbers)
        return rebuild, (storage, self.offset, self.shape, self.steps, False, OrderedDict())


class FakeStorage:
    def __init__(self, numbers: np.ndarray[Any, Any]) -> None:
        self.numbers = numbers


class FakePickler(pickle.Pickler):
    """Puts the numbers beside the pickle, each under a key."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, protocol=2)
        self.storages: list[bytes] = []

    def persistent_id(self, obj: Any) -> Any:
        if not isinstance(obj, FakeStorage):
            return None
        kind = {"f": "FloatStorage", "i": "LongStorage"}[obj.numbers.dtype.kind]
        self.storages.append(obj.numbers.tobytes())
        key = str(len(self.storages) - 1)
        return ("storage", getattr(sys.modules["torch"], kind), key, "cpu", obj.numbers.size)


@pytest.fixture(autouse=True)
def fake_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Modules of the names that a checkpoint mentions; nothing in them is ever called."""
    torch, utils = ModuleType("torch"), ModuleType("torch._utils")

    def _rebuild_tensor_v2() -> None:
        raise AssertionError

    for name in ("FloatStorage", "LongStorage"):
        setattr(torch, name, type(name, (), {"__module__": "torch", "__qualname__": name}))
    _rebuild_tensor_v2.__module__ = "torch._utils"
    _rebuild_tensor_v2.__qualname__ = "_rebuild_tensor_v2"
    utils._rebuild_tensor_v2 = _rebuild_tensor_v2  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)


def save(path: Path, content: Any, cut: bool = False) -> Path:
    stream = io.BytesIO()
    pickler = FakePickler(stream)
    pickler.dump(content)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", stream.getvalue())
        for key, numbers in enumerate(pickler.storages):
            archive.writestr(f"archive/data/{key}", numbers[:-1] if cut else numbers)
    return path


def checkpoint(**parameters: Any) -> dict[str, Any]:
    return {"epoch": 1, "state_dict": OrderedDict(parameters), "params": {"rate": 256_000}}


def test_arrays_have_their_shapes_numbers_and_kinds(tmp_path: Path) -> None:
    weights = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    content = checkpoint(weight=FakeTensor(weights), count=FakeTensor(np.array(7)))
    read = read_checkpoint(save(tmp_path / "x.pth.tar", content))
    assert np.array_equal(read.parameters["weight"], weights)
    assert read.parameters["count"] == 7
    assert read.parameters["count"].dtype == np.int64
    assert read.settings == {"rate": 256_000}


def test_a_part_of_a_storage_may_be_looked_at_in_another_order(tmp_path: Path) -> None:
    tensor = FakeTensor(np.arange(10, dtype=np.float32), shape=(2, 2), steps=(1, 3), offset=2)
    read = read_checkpoint(save(tmp_path / "x", checkpoint(weight=tensor)))
    assert read.parameters["weight"].tolist() == [[2, 5], [3, 6]]


class Runs:
    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> Any:
        return self.call


def test_what_would_run_a_command_is_refused_and_not_run(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    content = checkpoint(weight=Runs(os.system, f"touch {trap}"))
    with pytest.raises(ModelError, match=r"names posix\.system"):
        read_checkpoint(save(tmp_path / "x", content))
    assert not trap.exists()


@pytest.mark.parametrize("name", [eval, getattr, np.load, io.open])
def test_no_other_name_is_known(tmp_path: Path, name: Any) -> None:
    with pytest.raises(ModelError, match="it names"):
        read_checkpoint(save(tmp_path / "x", checkpoint(weight=Runs(name, "1"))))


@pytest.mark.parametrize("steps", [(5, 5), (-1, 1)])
def test_steps_that_leave_the_storage_are_refused(tmp_path: Path, steps: tuple[int, int]) -> None:
    tensor = FakeTensor(np.arange(4, dtype=np.float32), shape=(2, 2), steps=steps)
    with pytest.raises(ModelError, match="not a usable checkpoint"):
        read_checkpoint(save(tmp_path / "x", checkpoint(weight=tensor)))


def test_a_storage_with_too_few_numbers_is_refused(tmp_path: Path) -> None:
    content = checkpoint(weight=FakeTensor(np.arange(4, dtype=np.float32)))
    with pytest.raises(ModelError, match="not a usable checkpoint"):
        read_checkpoint(save(tmp_path / "x", content, cut=True))


@pytest.mark.parametrize(
    "content", [[], {}, {"state_dict": {}, "params": 1}, {"state_dict": {"a": 1}, "params": {}}]
)
def test_something_else_in_it_is_refused(tmp_path: Path, content: Any) -> None:
    with pytest.raises(ModelError, match="not a usable checkpoint"):
        read_checkpoint(save(tmp_path / "x", content))


def test_a_file_that_is_cut_short_is_named(tmp_path: Path) -> None:
    content = checkpoint(weight=FakeTensor(np.arange(4000, dtype=np.float32)))
    path = save(tmp_path / "x", content)
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(ModelError, match=f"{path} is not a usable checkpoint: it is cut short"):
        read_checkpoint(path)


@pytest.mark.parametrize("content", [b"", b"PK", b"\x80\x02}q\x00."])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(ModelError, match="not a usable checkpoint"):
        read_checkpoint(tmp_path / "x")


def test_an_archive_without_a_pickle_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x", "w") as archive:
        archive.writestr("readme.md", "no")
    with pytest.raises(ModelError, match=r"no data\.pkl"):
        read_checkpoint(tmp_path / "x")
