"""The file of the speech model: where it is, and whether it is the right one."""

import hashlib
import importlib.util
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from acoupi._files import make_directory, write_atomic
from acoupi._home import home_dir
from acoupi.errors import ConfigurationError

if TYPE_CHECKING:
    from acoupi.audio.privacy.silero import Silero

__all__ = [
    "MODEL_NAME",
    "REQUIREMENT",
    "find_model",
    "install_from_wheel",
    "load_silero",
    "model_path",
    "read_model",
]

REQUIREMENT = "silero-vad==6.2.3"
MODEL_NAME = "silero_vad_16k_sequence.onnx"
SHA256 = "9ccdacc4719d8aa7e45a77536bfabec45a03ba1f2fad5e241ab4060b24238a85"
PACKAGE = "silero_vad"


def model_path() -> Path:
    """Return where a home keeps the model."""
    return home_dir() / "models" / MODEL_NAME


def find_model() -> Path | None:
    """Look for the model in the home, and in the package that brings it, if that is there."""
    return next((path for path in _candidates() if path.is_file()), None)


def read_model() -> bytes:
    """Read the model.

    Raises
    ------
    ConfigurationError
        If it is not there, or is not the one that was tried with this program.
    """
    path = find_model()
    if path is None:
        raise ConfigurationError(
            f"speech cannot be found: the model {MODEL_NAME} is not installed",
            help="install it with: acoupi privacy install",
        )
    content = path.read_bytes()
    if not _is_right(content):
        raise ConfigurationError(
            f"{path} is not the model of {REQUIREMENT}",
            help="remove it, then: acoupi privacy install",
        )
    return content


def load_silero() -> "Silero":
    """Load the model.

    Raises
    ------
    ConfigurationError
        If the model or the packages that run it are missing.
    """
    from acoupi.audio.privacy.silero import Silero

    return Silero(read_model())


def install_from_wheel(wheel: Path) -> Path:
    """Take the model out of a wheel, and keep it in the home.

    Raises
    ------
    ConfigurationError
        If it is not in there.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            content = archive.read(f"{PACKAGE}/data/{MODEL_NAME}")
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise _not_in(wheel, str(error)) from error
    if not _is_right(content):
        raise _not_in(wheel, "it holds another model of that name")
    make_directory(model_path().parent)
    write_atomic(model_path(), content)
    return model_path()


def _candidates() -> Iterator[Path]:
    yield model_path()
    package = importlib.util.find_spec(PACKAGE)
    if package is not None and package.origin is not None:
        yield Path(package.origin).parent / "data" / MODEL_NAME


def _is_right(content: bytes) -> bool:
    return hashlib.sha256(content).hexdigest() == SHA256


def _not_in(wheel: Path, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"{wheel} does not give the speech model: {why}",
        help=f"give the wheel of {REQUIREMENT}, from: pip download --no-deps {REQUIREMENT}",
    )
