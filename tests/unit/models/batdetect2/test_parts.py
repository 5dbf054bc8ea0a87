"""Looking part by part changes nothing."""

import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings as hypothesis_settings, strategies as st

from acoupi.errors import ModelError
from acoupi.models.batdetect2.network import build_decoder, build_encoder
from acoupi.models.batdetect2.parts import PartwiseNetwork, divide
from acoupi.models.batdetect2.settings import Settings

Maps = tuple[np.ndarray, np.ndarray, np.ndarray]


def looked_at(folder: Path, settings: Settings, image: np.ndarray, part_px: int) -> Maps:
    network = PartwiseNetwork(folder, settings, part_px)
    pieces = [
        (
            maps.peaks[:, part.own],
            maps.sizes[:, :, part.own],
            maps.classes[:, :, part.own],
        )
        for part, maps in network.run(image)
    ]
    peaks, sizes, classes = (np.concatenate(each, axis=-1) for each in zip(*pieces, strict=True))
    return peaks, sizes, classes


def image_of(settings: Settings, width: int, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.exponential(1, (settings.height, width)).astype(np.float32)


@given(st.integers(1, 500), st.integers(8, 4_000), st.integers(0, 8))
def test_every_column_is_in_one_part(eighths: int, part_px: int, sees: int) -> None:
    width = eighths * 8
    parts = divide(width, part_px, sees * 8)
    assert parts[0].start == 0
    assert parts[-1].stop == width
    assert all(one.stop == after.start for one, after in pairwise(parts))
    assert all(bound % 8 == 0 for part in parts for bound in (part.begin, part.start, part.end))
    assert all(part.start - part.begin in (part.start, sees * 8) for part in parts)


@hypothesis_settings(max_examples=15)
@given(part_px=st.integers(16, 300), eighths=st.integers(8, 60), seed=st.integers(0, 99))
def test_parts_say_what_the_whole_says(
    folder: Path, settings: Settings, part_px: int, eighths: int, seed: int
) -> None:
    image = image_of(settings, eighths * 8, seed)
    whole = looked_at(folder, settings, image, 10_000)
    for part, expected in zip(looked_at(folder, settings, image, part_px), whole, strict=True):
        assert part == pytest.approx(expected, abs=1e-4)


def test_there_is_one_peak_in_each_square(folder: Path, settings: Settings) -> None:
    peaks, _, _ = looked_at(folder, settings, image_of(settings, 256), 64)
    rows, columns = np.nonzero(peaks)
    places = list(zip(rows.tolist(), columns.tolist(), strict=True))
    assert len(places) > 10
    reach = settings.nms_size // 2
    assert not [
        (one, other)
        for one in places
        for other in places
        if one < other and max(abs(one[0] - other[0]), abs(one[1] - other[1])) <= reach
    ]


def test_a_call_is_as_likely_as_all_species_together(folder: Path, settings: Settings) -> None:
    peaks, _, classes = looked_at(folder, settings, image_of(settings, 256), 256)
    odds = np.exp(classes).sum(axis=0)
    there = peaks > 0
    assert peaks[there] == pytest.approx((odds / (1 + odds))[there], abs=1e-5)


def test_a_lacking_parameter_is_named(parameters: Mapping[str, Any]) -> None:
    without = {name: each for name, each in parameters.items() if name != "conv_1d.bias"}
    with pytest.raises(ModelError, match=r"no conv_1d\.bias"):
        build_encoder(without)


def test_a_network_that_says_what_is_no_number_is_refused(
    folder: Path, settings: Settings, parameters: Mapping[str, Any], tmp_path: Path
) -> None:
    mad = {**parameters, "conv_classes_op.bias": np.full(4, np.nan)}
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "decoder.onnx").write_bytes(build_decoder(mad, settings.nms_size))
    with pytest.raises(ModelError, match="what is no number"):
        looked_at(tmp_path, settings, image_of(settings, 64), 64)


def test_a_network_for_other_species_is_refused(folder: Path, settings: Settings) -> None:
    others = settings.model_copy(update={"species": ("one", "two")})
    with pytest.raises(ModelError, match="in the shape"):
        looked_at(folder, others, image_of(settings, 64), 64)


def test_a_file_that_is_cut_short_is_named(
    folder: Path, settings: Settings, tmp_path: Path
) -> None:
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    path = tmp_path / "decoder.onnx"
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(ModelError, match=re.escape(str(path))):
        PartwiseNetwork(tmp_path, settings, 64)
