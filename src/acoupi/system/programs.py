"""The program that is set up in a home."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acoupi._files import write_atomic
from acoupi.errors import (
    AcoupiError,
    ConfigurationError,
    HealthCheckError,
    NotConfiguredError,
)
from acoupi.system.brokers import create_app
from acoupi.system.config_file import load_home_config
from acoupi.system.pending import finish_writing
from acoupi.system.program_classes import load_program_class
from acoupi.system.program_folder import import_from, import_from_home
from acoupi.system.settings import Settings
from acoupi.system.supervisor.locks import is_held
from acoupi.system.templates import render_template

if TYPE_CHECKING:
    from pydantic import BaseModel

    from acoupi.programs import AcoupiProgram, WorkerConfig

__all__ = [
    "ProgramState",
    "find_program_class",
    "get_program_state",
    "load_config_schema",
    "load_installed_class",
    "load_program",
    "load_program_class",
    "load_program_config",
    "load_worker_config",
    "write_program_file",
]


class ProgramState(StrEnum):
    """How the program is."""

    OK = "ok"
    UNHEALTHY = "unhealthy"
    ERROR = "error"


def load_installed_class(settings: Settings) -> "type[AcoupiProgram[Any]]":
    """Return the class of the program that is set up.

    Raises
    ------
    NotConfiguredError
        If none is.
    """
    finish_writing(settings)
    if not settings.program_name_file.is_file():
        raise NotConfiguredError(
            f"no program is set up in {settings.home}",
            help="run: acoupi setup --program MODULE (or set ACOUPI_HOME to another home)",
        )
    import_from_home(settings)
    return load_program_class(settings.program_name_file.read_text().strip())


def find_program_class(settings: Settings, program_name: str) -> "type[AcoupiProgram[Any]]":
    """Find a program that is installed, or a module in the home or the current folder."""
    import_from_home(settings)
    import_from(Path.cwd())
    return load_program_class(program_name)


def load_config_schema(settings: Settings) -> "type[BaseModel]":
    """Return the class of the configuration of the program that is set up."""
    return load_installed_class(settings).get_config_schema()


def load_program_config(settings: Settings) -> "BaseModel":
    """Read the configuration of the program that is set up."""
    return load_home_config(settings, load_config_schema(settings))


def load_worker_config(settings: Settings) -> "WorkerConfig":
    """Return the processes that the program wants; one if it wants none."""
    from acoupi.programs import DEFAULT_WORKER_CONFIG

    program_class = load_installed_class(settings)
    try:
        config = program_class.get_workers(load_program_config(settings))
    except ConfigurationError:  # a broken one is told of by those who need it
        config = program_class.get_worker_config()
    return config if config.workers else DEFAULT_WORKER_CONFIG


def load_program(settings: Settings) -> "AcoupiProgram[Any]":
    """Build the program that is set up, with its configuration and a Celery app."""
    program_class = load_installed_class(settings)
    config = load_home_config(settings, program_class.get_config_schema())
    return program_class(config, create_app(settings))


def write_program_file(program_name: str, settings: Settings) -> None:
    """Write ``app.py``, through which ``celery -A app`` finds the program."""
    write_atomic(settings.program_file, render_program_file(program_name))


def render_program_file(program_name: str) -> str:
    """Return the text of ``app.py``."""
    return render_template("app.py.jinja2", program_name=program_name)


def get_program_state(settings: Settings) -> ProgramState:
    """Tell whether the program could do its work; a running one is not disturbed."""
    try:
        if is_held(settings.lock_file):
            load_program_config(settings)
        else:
            program = load_program(settings)
            program.check(program.config)
    except HealthCheckError:
        return ProgramState.UNHEALTHY
    except (AcoupiError, OSError):
        return ProgramState.ERROR
    return ProgramState.OK
