"""Take a sensor off this computer, and leave what it has heard."""

import contextlib
import os
import shlex
import signal
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from acoupi._home import storage_dir
from acoupi.errors import AcoupiError, ConfigurationError, ServiceError
from acoupi.system import lifecycle, services
from acoupi.system.belongings import Belonging, Kind, belongings
from acoupi.system.deployments import get_current_deployment
from acoupi.system.settings import Settings
from acoupi.system.supervisor.detached import stop_detached
from acoupi.system.supervisor.locks import holders, is_held, wait_until_free

__all__ = ["Uninstallation", "plan_uninstallation", "stop_all", "uninstall"]

BEAT_TIMEOUT_S = 15.0


@dataclass(frozen=True)
class Uninstallation:
    """What goes, and what stays."""

    removed: list[Belonging]
    kept: list[Belonging]
    runs: bool
    """Whether something has to be stopped first."""


def plan_uninstallation(settings: Settings, purge: Collection[Kind] = ()) -> Uninstallation:
    """Look at what is there; nothing is changed.

    Parameters
    ----------
    settings
        Of the home, which need not be set up.
    purge
        What is to go beside what was installed.

    Raises
    ------
    ServiceError
        If the sensor is somebody else's, whose systemd would not listen to us.
    AcoupiError
        If data are to go, and it cannot be told which there are.
    """
    _refuse_other_owner(settings.home)
    found = belongings(settings, strict=Kind.DATA in purge)
    goes = {Kind.INSTALLED, *purge}
    return Uninstallation(
        removed=[each for each in found if each.kind in goes],
        kept=[each for each in found if each.kind not in goes],
        runs=_runs(settings),
    )


def stop_all(settings: Settings) -> str | None:
    """End the deployment and every process of this home.

    Returns
    -------
    str or None
        Why the deployment could not be ended as it should, if it could not.

    Raises
    ------
    ServiceError
        If something goes on.
    """
    problem = _end_deployment(settings)
    if services.systemd_is_reachable():
        services.stop_services(settings)
        services.disable_services(settings)
    stop_detached(settings)
    _end_beat(settings)
    return problem


def uninstall(settings: Settings, plan: Uninstallation) -> None:
    """Remove what goes by a plan, and the folders that are empty then.

    Raises
    ------
    ServiceError
        If something runs.
    ConfigurationError
        If a file cannot be removed.
    """
    if _runs(settings):
        raise ServiceError(
            f"the sensor in {settings.home} runs", help="stop it with: acoupi deployment stop"
        )
    services.uninstall_services(settings)
    for belonging in plan.removed:
        for file in belonging.files:
            _remove(file)
        _remove_folders(settings, belonging)
    _remove_broker_dir(settings.broker_dir)
    for folder in (settings.run_dir, settings.log_dir, settings.home):
        _remove_empty(folder)


def _refuse_other_owner(home: Path) -> None:
    if home.exists() and home.stat().st_uid != os.getuid():
        owner = _owner(home)
        raise ServiceError(
            f"the sensor in {home} is one of the user {owner}",
            help=f"run: sudo -u {shlex.quote(owner)} "
            f"env ACOUPI_HOME={shlex.quote(str(home))} acoupi uninstall",
        )


def _owner(home: Path) -> str:
    try:
        return home.owner()
    except KeyError:  # as in a container; sudo knows numbers too
        return f"#{home.stat().st_uid}"


def _runs(settings: Settings) -> bool:
    held = is_held(settings.lock_file) or is_held(settings.beat_lock_file)
    if held or services.is_running(settings):
        return True
    try:
        return get_current_deployment(settings) is not None
    except AcoupiError:  # whose file cannot be read
        return False


def _end_deployment(settings: Settings) -> str | None:
    try:
        if get_current_deployment(settings) is not None:
            lifecycle.stop_program(settings)
    except ServiceError:
        raise
    except AcoupiError as error:  # as of a program that is not installed any more
        return error.message
    return None


def _end_beat(settings: Settings) -> None:
    """End a beat that somebody has started by hand."""
    for pid in holders(settings.beat_lock_file) if is_held(settings.beat_lock_file) else ():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    if not wait_until_free(settings.beat_lock_file, BEAT_TIMEOUT_S):
        raise ServiceError(
            f"beat of {settings.home} does not end", help="end the process acoupi-beat.sh started"
        )


def _remove(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"{file} cannot be removed: {error.strerror}",
            help="run the command as the user the sensor belongs to, then again",
        ) from error


def _remove_folders(settings: Settings, belonging: Belonging) -> None:
    """Remove the folders below a place that are empty now, and the place."""
    if belonging.what == "services":  # they lie beside those of others
        return
    folders = {parent for file in belonging.files for parent in _up_to(belonging.place, file)}
    for folder in sorted(folders, key=lambda folder: len(folder.parts), reverse=True):
        _remove_empty(folder)
    parent = belonging.place.parent
    if parent.is_relative_to(settings.home) or parent == storage_dir():
        _remove_empty(parent)


def _up_to(place: Path, file: Path) -> Iterable[Path]:
    return (folder for folder in file.parents if folder.is_relative_to(place))


def _remove_broker_dir(link: Path) -> None:
    """Remove the folder of the queues, which may lie in memory."""
    if link.is_symlink():
        _remove_empty(link.resolve())
        if not link.exists():
            link.unlink()
    _remove_empty(link)


def _remove_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()
