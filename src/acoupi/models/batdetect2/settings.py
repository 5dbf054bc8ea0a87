"""What a checkpoint says of the sound it was trained on."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from acoupi.errors import ModelError

__all__ = ["SETTINGS", "Settings", "load_settings", "save_settings"]

SETTINGS = "settings.json"
HELP = "only checkpoints of BatDetect2 1 with their training settings can be used"


class Settings(BaseModel):
    """How a spectrogram is made, and what the pixels of one stand for."""

    model_config = ConfigDict(frozen=True)

    rate_hz: int
    window: int
    """Samples of one spectrum."""

    hop: int
    """Samples from one spectrum to the next."""

    low_hz: float
    high_hz: float
    height: int
    """Pixels from the lowest to the highest frequency."""

    moments_per_pixel: int
    """Spectra that become one column."""

    width_step: int
    """The width of a spectrogram, in pixels, is a multiple of it."""

    nms_size: int
    """Side of the square, in pixels, that has one call."""

    max_calls_per_s: int
    species: tuple[str, ...]

    @property
    def pixel_s(self) -> float:
        """How long a column lasts."""
        return self.moments_per_pixel * self.hop / self.rate_hz

    @property
    def pixel_hz(self) -> float:
        """How much of the frequencies a row covers."""
        return (self.high_hz - self.low_hz) / self.height

    @property
    def first_pixel_s(self) -> float:
        """Where calls begin whose corner is in the first column: its middle, half a window in."""
        return self.window / self.rate_hz / 2 + self.pixel_s / 2

    @classmethod
    def of_checkpoint(cls, saved: Mapping[str, Any]) -> "Settings":
        """Translate what the checkpoint calls its parameters.

        Raises
        ------
        ModelError
            If one is absent, or the sound would have to be treated in another way.
        """
        try:
            _check(saved)
            return cls.model_validate(_translated(saved))
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(
                f"the settings in the checkpoint lack a usable {error}", help=HELP
            ) from error


def save_settings(settings: Settings, path: Path) -> None:
    """Write them down beside the network they belong to."""
    path.write_text(settings.model_dump_json(indent=2) + "\n", encoding="utf-8")


def load_settings(path: Path) -> Settings:
    """Read what ``save_settings`` wrote.

    Raises
    ------
    ModelError
        If the file is not there or not whole.
    """
    try:
        return Settings.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValidationError, UnicodeDecodeError) as error:
        raise ModelError(
            f"{path} is not usable: {error}", help="acoupi models install batdetect2"
        ) from error


def _translated(saved: Mapping[str, Any]) -> dict[str, Any]:
    rate_hz = int(saved["target_samp_rate"])
    window = int(saved["fft_win_length"] * rate_hz)
    factor = float(saved["resize_factor"])
    return {
        "rate_hz": rate_hz,
        "window": window,
        "hop": window - int(saved["fft_overlap"] * window),
        "low_hz": float(saved["min_freq"]),
        "high_hz": float(saved["max_freq"]),
        "height": int(saved["spec_height"] * factor),
        "moments_per_pixel": round(1 / factor),
        "width_step": int(saved["spec_divide_factor"]),
        "nms_size": int(saved["nms_kernel_size"]),
        "max_calls_per_s": int(saved["nms_top_k_per_sec"]),
        "species": tuple(str(name) for name in saved["class_names"]),
    }


def _check(saved: Mapping[str, Any]) -> None:
    """Refuse what the front end does not do."""
    expected = {"spec_scale": "pcen", "denoise_spec_avg": True}
    unlike = {"scale_raw_audio": False, "max_scale_spec": False}
    for name, value in (expected | unlike).items():
        if saved[name] != value:
            raise ValueError(f"{name!r} (it is {saved[name]!r}, not {value!r})")
