"""An environment of its own that has what this one has, but for some packages."""

import subprocess
import sys
import sysconfig
from collections.abc import Collection
from importlib.metadata import distribution
from pathlib import Path

__all__ = ["environment_without"]


def environment_without(folder: Path, packages: Collection[str]) -> Path:
    """Make it, without copying or fetching anything, and return its interpreter."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin" / "python"
    left_out = {top for package in packages for top in _tops(package)}
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if entry.name not in left_out and not entry.name.startswith("__"):
            (_site(python) / entry.name).symlink_to(entry)
    return python


def _tops(package: str) -> set[str]:
    """Return what a package has in the folder of all of them."""
    return {file.parts[0] for file in distribution(package).files or [] if ".." not in file.parts}


def _site(python: Path) -> Path:
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    said = subprocess.run([python, "-c", code], check=True, capture_output=True, text=True)
    return Path(said.stdout.strip())
