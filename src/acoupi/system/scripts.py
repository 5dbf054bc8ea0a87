"""The scripts in ``bin/``, for people and for whatever starts programs on their computer."""

import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from acoupi._files import write_atomic
from acoupi.system.celery import get_celery_bin
from acoupi.system.settings import Settings
from acoupi.system.templates import render_template

if TYPE_CHECKING:
    from acoupi.programs import WorkerConfig

__all__ = [
    "SCRIPT_MODE",
    "get_celery_bin",
    "give_executable_permissions",
    "render_scripts",
    "write_beat_script",
    "write_scripts",
    "write_workers_restart_script",
    "write_workers_start_script",
    "write_workers_stop_script",
]

SCRIPT_MODE = 0o755


def render_scripts(settings: Settings, celery_bin: Path | None = None) -> dict[Path, str]:
    """Return the text of each script, by its path.

    Parameters
    ----------
    settings
        Of the home.
    celery_bin
        A ``celery`` command: the Python beside it is used instead of this one.
    """
    python = celery_bin.with_name("python") if celery_bin else Path(sys.executable)
    paths = (
        settings.start_script_path,
        settings.stop_script_path,
        settings.restart_script_path,
        settings.beat_script_path,
    )
    templates = ("workers-start", "workers-stop", "workers-restart", "beat")
    return {
        path: render_template(f"acoupi-{name}.sh.jinja2", home=settings.home, python=python)
        for path, name in zip(paths, templates, strict=True)
    }


def write_scripts(
    config: "WorkerConfig", settings: Settings, celery_bin: Path | None = None
) -> None:
    """Write all scripts; which workers they start is read when they run."""
    for path, text in render_scripts(settings, celery_bin).items():
        write_atomic(path, text, SCRIPT_MODE)


def write_workers_start_script(
    config: "WorkerConfig", settings: Settings, celery_bin: Path | None = None
) -> None:
    """Write the script that starts the workers."""
    _write(settings, celery_bin, lambda s: s.start_script_path)


def write_workers_stop_script(
    config: "WorkerConfig", settings: Settings, celery_bin: Path | None = None
) -> None:
    """Write the script that stops the workers."""
    _write(settings, celery_bin, lambda s: s.stop_script_path)


def write_workers_restart_script(
    config: "WorkerConfig", settings: Settings, celery_bin: Path | None = None
) -> None:
    """Write the script that stops the workers and starts them again."""
    _write(settings, celery_bin, lambda s: s.restart_script_path)


def write_beat_script(settings: Settings, celery_bin: Path | None = None) -> None:
    """Write the script that rings the tasks when they are due."""
    _write(settings, celery_bin, lambda s: s.beat_script_path)


def give_executable_permissions(path: Path) -> None:
    """Let whoever may read a file also run it."""
    mode = path.stat().st_mode
    path.chmod(mode | (mode & (stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)) >> 2)


def _write(settings: Settings, celery_bin: Path | None, which: Callable[[Settings], Path]) -> None:
    path = which(settings)
    write_atomic(path, render_scripts(settings, celery_bin)[path], SCRIPT_MODE)
