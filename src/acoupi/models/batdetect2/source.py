"""Where BatDetect2 is published, and how it becomes what runs here."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from acoupi.components.types import Model
from acoupi.models.option_reading import read_options
from acoupi.models.shelf.source import Source

__all__ = ["NAME", "SOURCE"]

CHECKPOINT = "Net2DFast_UK_same.pth.tar"
SHA256 = "c4e399122bb8d99b0ff635b73944709fdaf4fb3f2a69e7b558e6a25ae7e26356"

NAME = f"batdetect2-uk-{SHA256[:8]}"
"""The first digits of the hash say which weights an output is from."""


def convert(members: Path, out: Path) -> None:
    """Turn the checkpoint into files that onnxruntime runs."""
    from acoupi.models.batdetect2.checkpoint import read_checkpoint
    from acoupi.models.batdetect2.network import (
        ATTENTION,
        DECODER,
        ENCODER,
        build_attention,
        build_decoder,
        build_encoder,
    )
    from acoupi.models.batdetect2.settings import SETTINGS, Settings, save_settings

    checkpoint = read_checkpoint(members / CHECKPOINT)
    settings = Settings.of_checkpoint(checkpoint.settings)
    parameters = checkpoint.parameters
    save_settings(settings, out / SETTINGS)
    (out / f"{ENCODER}.onnx").write_bytes(build_encoder(parameters))
    (out / f"{ATTENTION}.onnx").write_bytes(build_attention(parameters))
    (out / f"{DECODER}.onnx").write_bytes(build_decoder(parameters, settings.nms_size))


def open_batdetect2(folder: Path, options: Mapping[str, Any]) -> Model:
    """Make the model of the folder it is installed in."""
    from acoupi.models.batdetect2.detector import BatDetect2
    from acoupi.models.batdetect2.options import BatDetect2Options

    return BatDetect2(folder, read_options(BatDetect2Options, options, "batdetect2"), NAME)


SOURCE = Source(
    name="batdetect2",
    title="BatDetect2: calls of 17 British bats, each with its place in time and frequency",
    package="batdetect2",
    version="1.3.1",
    members={f"batdetect2/models/{CHECKPOINT}": SHA256},
    licence="CC BY-NC 4.0",
    licence_url="https://creativecommons.org/licenses/by-nc/4.0/",
    credit="Mac Aodha et al. 2022, doi:10.1101/2022.12.14.520490",
    rate_hz=256_000,
    window_s=3.0,
    needs=("onnxruntime", "onnx"),
    convert=convert,
    open=open_batdetect2,
)
