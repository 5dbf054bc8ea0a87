"""Where in somebody's program a fault is."""

import traceback
from pathlib import Path
from sysconfig import get_path

__all__ = ["describe_fault"]

LIBRARIES = (*map(Path, {get_path("stdlib"), get_path("purelib")}), Path(__file__).parent)


def describe_fault(error: BaseException) -> str:
    """Say what an exception is, and in which line of the program it came up."""
    place = _place(error)
    if isinstance(error, SyntaxError):  # its text has the place already, but not the folder
        return f"{type(error).__name__}: {error.msg}" + (f" ({place})" if place else "")
    told = f"{type(error).__name__}: {error}".removesuffix(": ")
    return f"{told} ({place})" if place else told


def _place(error: BaseException) -> str:
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}, line {error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if _is_own(frame.filename)]
    return f"{own[-1].filename}, line {own[-1].lineno}" if own else ""


def _is_own(filename: str) -> bool:
    """Tell whether a file is somebody's own, and no library's."""
    path = Path(filename)
    return path.is_file() and not any(path.is_relative_to(folder) for folder in LIBRARIES)
