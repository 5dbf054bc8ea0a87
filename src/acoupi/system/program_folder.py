"""Programs that are not installed: modules in the home, or in the folder of their set-up."""

import sys
from pathlib import Path
from typing import Any

from acoupi.system.settings import Settings

__all__ = ["folder_of", "import_from", "import_from_home"]


def import_from(folder: Path) -> None:
    """Let modules in a folder be imported; what is installed goes first."""
    if str(folder) not in sys.path:
        sys.path.append(str(folder))


def import_from_home(settings: Settings) -> None:
    """Let a program lie in the home, or in the folder that was noted when it was set up."""
    import_from(settings.home)
    if settings.program_folder_file.is_file():
        import_from(Path(settings.program_folder_file.read_text().strip()))


def folder_of(program_class: type[Any], folder: Path) -> Path | None:
    """Return ``folder`` if the program was imported from there."""
    top_name = program_class.__module__.partition(".")[0]
    file = getattr(sys.modules.get(top_name), "__file__", None)
    here = (folder / f"{top_name}.py", folder / top_name / "__init__.py")
    return folder if file is not None and Path(file) in here else None
