"""A network of BatDetect2's shape, as small as one can be, with weights by chance."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from small_models import put_on_shelf

from acoupi.models.batdetect2.network import (
    ATTENTION,
    DECODER,
    ENCODER,
    build_attention,
    build_decoder,
    build_encoder,
)
from acoupi.models.batdetect2.settings import SETTINGS, Settings, save_settings

HEIGHT, SPECIES = 32, 3
CONVOLUTIONS = {
    "conv_dn_0.conv": (8, 2, 3, 3),
    "conv_dn_1.conv": (8, 9, 3, 3),
    "conv_dn_2.conv": (8, 9, 3, 3),
    "conv_dn_3": (16, 8, 3, 3),
    "conv_1d": (16, 16, HEIGHT // 8, 1),
    "att.key_fun": (16, 16),
    "att.val_fun": (16, 16),
    "att.que_fun": (16, 16),
    "att.pro_fun": (16, 16),
    "conv_up_2.conv": (8, 17, 3, 3),
    "conv_up_3.conv": (8, 9, 3, 3),
    "conv_up_4.conv": (8, 9, 3, 3),
    "conv_op": (8, 8, 3, 3),
    "conv_size_op": (2, 8, 1, 1),
    "conv_classes_op": (SPECIES + 1, 8, 1, 1),
}
NORMALISATIONS = {
    "conv_dn_0.conv_bn": 8,
    "conv_dn_1.conv_bn": 8,
    "conv_dn_2.conv_bn": 8,
    "conv_dn_3_bn": 16,
    "conv_1d_bn": 16,
    "conv_up_2.conv_bn": 8,
    "conv_up_3.conv_bn": 8,
    "conv_up_4.conv_bn": 8,
    "conv_op_bn": 8,
}
COORDINATES = {
    "conv_dn_0": HEIGHT,
    "conv_dn_1": HEIGHT // 2,
    "conv_dn_2": HEIGHT // 4,
    "conv_up_2": HEIGHT // 4,
    "conv_up_3": HEIGHT // 2,
    "conv_up_4": HEIGHT,
}


SMALL_SETTINGS = Settings(
    rate_hz=256_000,
    window=512,
    hop=128,
    low_hz=10_000,
    high_hz=120_000,
    height=HEIGHT,
    moments_per_pixel=2,
    width_step=32,
    nms_size=9,
    max_calls_per_s=200,
    species=("Nyctalus noctula", "Pipistrellus pipistrellus", "Myotis nattereri"),
)


def small_parameters() -> Mapping[str, Any]:
    """Return the parameters of a network with few channels."""
    rng = np.random.default_rng(3)
    made: dict[str, Any] = {}
    for name, shape in CONVOLUTIONS.items():
        made[f"{name}.weight"] = rng.normal(0, 1.4 / np.sqrt(np.prod(shape[1:])), shape)
        made[f"{name}.bias"] = rng.normal(0, 0.1, shape[0])
    for name, channels in NORMALISATIONS.items():
        made[f"{name}.weight"] = rng.normal(1, 0.5, channels)
        made[f"{name}.bias"] = rng.normal(0, 0.1, channels)
        made[f"{name}.running_mean"] = rng.normal(0, 0.1, channels)
        made[f"{name}.running_var"] = rng.uniform(0.5, 2, channels)
    for name, height in COORDINATES.items():
        made[f"{name}.coords"] = np.linspace(-1, 1, height).reshape(1, 1, height, 1)
    return made


def small_batdetect2(folder: Path) -> Path:
    """Fill a folder as BatDetect2's."""
    parameters = small_parameters()
    folder.mkdir(parents=True, exist_ok=True)
    save_settings(SMALL_SETTINGS, folder / SETTINGS)
    (folder / f"{ENCODER}.onnx").write_bytes(build_encoder(parameters))
    (folder / f"{ATTENTION}.onnx").write_bytes(build_attention(parameters))
    (folder / f"{DECODER}.onnx").write_bytes(build_decoder(parameters, SMALL_SETTINGS.nms_size))
    return folder


def install_small_batdetect2(home: Path) -> Path:
    """Put a small BatDetect2 where the published one would be."""
    return put_on_shelf(small_batdetect2(home / "models" / "batdetect2"), "1.3.1", 256_000)
