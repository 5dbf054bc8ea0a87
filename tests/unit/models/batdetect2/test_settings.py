"""What a checkpoint says of its sound."""

from pathlib import Path
from typing import Any

import pytest

from acoupi.errors import ModelError
from acoupi.models.batdetect2.settings import Settings, load_settings, save_settings

SAVED: dict[str, Any] = {
    "target_samp_rate": 256_000,
    "fft_win_length": 0.002,
    "fft_overlap": 0.75,
    "resize_factor": 0.5,
    "spec_height": 256,
    "spec_divide_factor": 32,
    "min_freq": 10_000,
    "max_freq": 120_000,
    "nms_kernel_size": 9,
    "nms_top_k_per_sec": 200,
    "class_names": ["Nyctalus noctula"],
    "spec_scale": "pcen",
    "denoise_spec_avg": True,
    "scale_raw_audio": False,
    "max_scale_spec": False,
    "train_loss": "focal",
}


def test_they_are_translated_to_samples_and_pixels() -> None:
    settings = Settings.of_checkpoint(SAVED)
    assert (settings.window, settings.hop) == (512, 128)
    assert (settings.height, settings.moments_per_pixel) == (128, 2)
    assert settings.pixel_s == 0.001
    assert settings.pixel_hz == 859.375
    assert settings.first_pixel_s == 0.0015
    assert settings.species == ("Nyctalus noctula",)


@pytest.mark.parametrize("name", ["class_names", "fft_overlap", "spec_scale"])
def test_a_lacking_one_is_named(name: str) -> None:
    with pytest.raises(ModelError, match=name):
        Settings.of_checkpoint({key: value for key, value in SAVED.items() if key != name})


@pytest.mark.parametrize(
    ("name", "value"), [("spec_scale", "log"), ("scale_raw_audio", True), ("fft_overlap", "much")]
)
def test_sound_that_would_be_treated_in_another_way_is_refused(name: str, value: object) -> None:
    with pytest.raises(ModelError, match="settings in the checkpoint"):
        Settings.of_checkpoint({**SAVED, name: value})


def test_they_are_the_same_after_they_were_written_down(tmp_path: Path) -> None:
    settings = Settings.of_checkpoint(SAVED)
    save_settings(settings, tmp_path / "settings.json")
    assert load_settings(tmp_path / "settings.json") == settings


@pytest.mark.parametrize("content", [None, b"", b"{}", b'{"rate_hz": "fast"}', b"\xff"])
def test_a_file_that_is_not_whole_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "settings.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=r"settings\.json is not usable"):
        load_settings(path)
