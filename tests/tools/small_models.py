"""Models small enough to make in a test."""

import datetime as dt
import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from acoupi.components.types import Model
from acoupi.data import ModelOutput, Recording
from acoupi.models.convert.onnx_graph import OnnxGraph
from acoupi.models.shelf.bench import Bench
from acoupi.models.shelf.install import hashes_of
from acoupi.models.shelf.manifest import Manifest, write_manifest
from acoupi.models.shelf.source import Source

SPECIES = (
    "Poecile atricapillus_Black-capped Chickadee",
    "Coccothraustes coccothraustes_Hawfinch",
    "Human vocal_Human vocal",
    "Engine_Engine",
)
LETTERS = b"these are the weights"


def linear_network(path: Path, inputs: int, rows: np.ndarray, bias: list[float]) -> Path:
    """Write a network that multiplies the first numbers of its input with rows, and adds."""
    onnx = OnnxGraph()
    weights = np.zeros((len(bias), inputs), np.float32)
    weights[:, : rows.shape[1]] = rows
    names = ["data", onnx.constant(weights), onnx.constant(np.array(bias, np.float32))]
    onnx.node("Gemm", names, "answer", transB=1)
    path.write_bytes(
        onnx.to_bytes("linear", {"data": ["n", inputs]}, {"answer": ["n", len(bias)]})
    )
    return path


def small_birdnet(folder: Path, logits: list[float] | None = None) -> Path:
    """Fill a folder as BirdNET's: each window's logits are given, plus ten times its first sample.

    The range model expects the first species anywhere, and the second east of Greenwich.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "labels.txt").write_text("\n".join(SPECIES) + "\n")
    first = np.full((4, 1), 10.0, np.float32)
    linear_network(folder / "classifier.onnx", 144_000, first, logits or [2.0, 1.0, 3.0, 0.0])
    east = np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0], [0, 0, 0]], np.float32)
    linear_network(folder / "range.onnx", 3, east, [1.0, 0.0, 0.0, 0.0])
    return folder


def bench_of(compute_s_per_s: float) -> Bench:
    """Say how fast a model was on some board, in windows of three seconds."""
    return Bench(
        compute_s_per_s=compute_s_per_s,
        compute_s=3 * compute_s_per_s,
        sound_s=3,
        load_s=1,
        first_s=2,
        peak_mb=200,
        board="Raspberry Pi 5, 4 cores",
        measured_on=dt.datetime(2026, 5, 1, tzinfo=dt.UTC),
    )


class Silent(Model):
    """Finds nothing."""

    name = "silent-1"

    def run(self, recording: Recording) -> ModelOutput:
        return ModelOutput(name_model=self.name, recording=recording)


def _copy(members: Path, out: Path) -> None:
    (out / "model.onnx").write_bytes((members / "weights.bin").read_bytes())


def _open(folder: Path, options: Mapping[str, Any]) -> Model:
    return Silent()


def small_source(**changes: Any) -> Source:
    """A model whose weights are a few letters."""
    values: dict[str, Any] = {
        "name": "small",
        "title": "a small model",
        "package": "small-package",
        "version": "1.2",
        "members": {"small/weights.bin": hashlib.sha256(LETTERS).hexdigest()},
        "licence": "CC BY-NC 4.0",
        "licence_url": "https://example.org/licence",
        "credit": "nobody",
        "rate_hz": 48_000,
        "window_s": 3.0,
        "needs": (),
        "convert": _copy,
        "open": _open,
    }
    return Source(**values | changes)


def small_wheel(folder: Path, content: bytes = LETTERS, member: str = "small/weights.bin") -> Path:
    """The wheel it is in."""
    path = folder / "small_package-1.2-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, content)
    return path


def install_small_birdnet(home: Path) -> Path:
    """Put a small BirdNET where the published one would be."""
    return put_on_shelf(small_birdnet(home / "models" / "birdnet"), "0.18.1", 48_000)


def put_on_shelf(folder: Path, version: str, rate_hz: int) -> Path:
    """Say in a folder of a shelf that it holds a model acoupi knows."""
    manifest = Manifest(
        name=folder.name,
        title=f"a small {folder.name}",
        kind="source",
        version=version,
        rate_hz=rate_hz,
        window_s=3.0,
        files=hashes_of(folder),
        installed_on=dt.datetime(2026, 5, 1, tzinfo=dt.UTC),
    )
    write_manifest(folder, manifest)
    return folder
