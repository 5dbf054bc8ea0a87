"""Choose a program for a home, and configure it."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from acoupi._files import write_atomic
from acoupi.config import parse_config_from_args, walk
from acoupi.config.documents import unknown_names
from acoupi.config.values import Json
from acoupi.config.versions import migrated
from acoupi.errors import ConfigurationError, DeploymentError
from acoupi.system.brokers import prepare_broker_dir
from acoupi.system.celery_config import load_celery_config
from acoupi.system.config_file import (
    config_files,
    keep_present,
    note_config,
    noted_version,
)
from acoupi.system.deployments import get_current_deployment
from acoupi.system.earlier import Earlier, read_earlier
from acoupi.system.home import naming_home, write_home
from acoupi.system.pending import PRIVATE_FILE_MODE, HomeFile, finish_writing
from acoupi.system.program_folder import folder_of
from acoupi.system.programs import find_program_class, render_program_file
from acoupi.system.scripts import SCRIPT_MODE, render_scripts
from acoupi.system.settings import Settings
from acoupi.system.setup_report import SetupReport, is_first_unnamed, what_differs
from acoupi.system.supervisor.locks import is_held
from acoupi.system.takeover import modern_celery_config
from acoupi.system.templates import render_template

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = ["restore_generated", "set_up", "setup_program"]


def setup_program(
    settings: Settings,
    program_name: str,
    args: list[str] | None = None,
    prompt: bool = False,
    keep: bool = True,
) -> SetupReport:
    """Choose a program for a home, and configure it.

    Nothing is written before everything is known to be right. What an earlier
    set-up wrote is replaced, except what its owner added to ``celery.json`` and
    ``env``; a home of acoupi 0.6 to 0.8 is taken over.

    Parameters
    ----------
    settings
        Of the home.
    program_name
        The program's module, or the name its package announces. The module may
        lie in the working folder, which is then noted.
    args
        The configuration, as command line options.
    prompt
        Whether to ask for what is not given.
    keep
        Whether values of an earlier set-up of the same program come before defaults.

    Raises
    ------
    ConfigurationError
        If there is no such program, the configuration is not valid, or the
        home cannot be written.
    DeploymentError
        If a program of this home is running.
    """

    def configure(schema: "type[BaseModel]", kept: Json) -> "BaseModel":
        return parse_config_from_args(schema, args or [], prompt=prompt, kept=kept)

    return set_up(
        settings, program_name, configure, keep, f"acoupi setup --program {program_name}"
    )


def set_up(
    settings: Settings,
    program_name: str,
    configure: "Callable[[type[BaseModel], Json], BaseModel]",
    keep: bool,
    command: str,
) -> SetupReport:
    """Do the same with a configuration from anywhere.

    Parameters
    ----------
    configure
        Makes the configuration, given its schema and the values to keep.
    command
        What the history says about it.
    """
    with naming_home(settings):
        finish_writing(settings)
        _refuse_while_running(settings)
        earlier = read_earlier(settings)
        celery_file = _celery_file(settings, earlier)
    program_class = find_program_class(settings, program_name)
    schema = program_class.get_config_schema()
    kept = earlier.config if keep and earlier.is_of(program_class) else None
    if kept is not None:
        kept = migrated(schema, kept, noted_version(settings))
    config = configure(schema, kept)
    left_out = unknown_names(walk(schema), kept)
    backups = earlier.backups(settings, config_is_replaced=kept is None or bool(left_out))
    files = [*backups, celery_file, *_home_files(settings, program_name, config)]
    write_home(settings, files, check=lambda: _last_look(settings, earlier))
    _note_folder(settings, folder_of(program_class, Path.cwd()))
    prepare_broker_dir(settings)
    note_config(settings, command)
    return SetupReport(
        kept=kept is not None,
        left_out=left_out,
        backups=[backup.path for backup in backups],
        differences=what_differs(earlier, config, program_class),
        is_first_unnamed=is_first_unnamed(config),
    )


def restore_generated(settings: Settings) -> None:
    """Write the scripts and ``app.py`` again where they were taken away."""
    name = settings.program_name_file.read_text().strip()
    files = [HomeFile(path, text, SCRIPT_MODE) for path, text in render_scripts(settings).items()]
    for file in (HomeFile(settings.program_file, render_program_file(name)), *files):
        if not file.path.exists():
            file.write()


def _last_look(settings: Settings, earlier: Earlier) -> None:
    """Refuse to write over what another command has written since this one began."""
    now = read_earlier(settings)
    if (now.config, now.program_name) != (earlier.config, earlier.program_name):
        raise ConfigurationError(
            f"{settings.program_config_file} was changed by another command meanwhile",
            help="nothing was written; run the command again",
        )
    _refuse_while_running(settings)
    with contextlib.suppress(ConfigurationError):  # of a version that cannot be told
        keep_present(settings)


def _refuse_while_running(settings: Settings) -> None:
    running = get_current_deployment(settings)
    if running is not None or is_held(settings.lock_file):
        raise DeploymentError(
            f"the program in {settings.home} is running",
            help="stop it first with: acoupi deployment stop",
        )


def _home_files(settings: Settings, program_name: str, config: "BaseModel") -> list[HomeFile]:
    scripts = render_scripts(settings).items()
    # The program's name comes last: with it the home is set up.
    return [
        *config_files(settings, config),
        HomeFile(settings.env_file, _env_text(settings), PRIVATE_FILE_MODE),
        HomeFile(settings.program_file, render_program_file(program_name)),
        *(HomeFile(path, text, SCRIPT_MODE) for path, text in scripts),
        HomeFile(settings.program_name_file, program_name + "\n"),
    ]


def _note_folder(settings: Settings, folder: Path | None) -> None:
    """Note where the workers find a program that is not installed."""
    if folder is None:
        settings.program_folder_file.unlink(missing_ok=True)
    else:
        write_atomic(settings.program_folder_file, f"{folder}\n")


def _celery_file(settings: Settings, earlier: Earlier) -> HomeFile:
    """Return the file of the owner, if it is one that we can use."""
    path = settings.celery_config_file
    if earlier.old_celery is None:
        config = load_celery_config(path)
        text = path.read_text() if path.exists() else None
    else:
        config, text = modern_celery_config(earlier.old_celery), None
    return HomeFile(path, text or config.model_dump_json(indent=2) + "\n", PRIVATE_FILE_MODE)


def _env_text(settings: Settings) -> str:
    """Return the environment of the services; what its owner has added stays."""
    needed = render_template("env.jinja2", home=settings.home)
    path = settings.env_file
    present = path.read_text() if path.exists() else ""
    return present if needed in present else needed
