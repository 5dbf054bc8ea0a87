"""Where installed models are kept."""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Generator
from pathlib import Path
from tempfile import mkdtemp

from acoupi._files import make_directory, sync_directory
from acoupi._home import home_dir
from acoupi.errors import ModelError

__all__ = ["alone", "filling", "models_dir"]

LOCK = ".lock"
UNFINISHED = ".unfinished-"


def models_dir() -> Path:
    """Return the folder with one folder for each model."""
    return home_dir() / "models"


@contextlib.contextmanager
def alone(folder: Path) -> Generator[None]:
    """Let one process at a time change which models are installed.

    Raises
    ------
    ModelError
        If nothing can be changed there, or not all of it: the disk may be full.
    """
    try:
        make_directory(folder)
        with (folder / LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for left in folder.glob(f"{UNFINISHED}*"):
                shutil.rmtree(left)
            yield
    except OSError as error:
        raise ModelError(
            f"the models in {folder} cannot be changed: {error.strerror or error}",
            help="it must be a folder that you may write to, with room for the model",
        ) from error


@contextlib.contextmanager
def filling(place: Path) -> Generator[Path]:
    """Give a new folder that takes the place of another when the block ends well.

    What a cut leaves is removed by whoever is alone next.
    """
    folder = Path(mkdtemp(prefix=UNFINISHED, dir=place.parent))
    try:
        folder.chmod(0o755)
        yield folder
        _replace(folder, place)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _replace(folder: Path, place: Path) -> None:
    for file in folder.iterdir():
        with file.open("rb") as written:
            os.fsync(written.fileno())
    sync_directory(folder)
    if place.exists():
        shutil.rmtree(place)
    folder.rename(place)
    sync_directory(place.parent)
