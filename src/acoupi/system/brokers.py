"""How processes of one home reach each other through Celery."""

import contextlib
import os
import zlib
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acoupi._home import in_memory
from acoupi.errors import ConfigurationError, ServiceError
from acoupi.system.celery_config import EMBEDDED_BROKER_URL, CeleryConfig, load_celery_config
from acoupi.system.linger import lingers, runtime_dir
from acoupi.system.settings import Settings

if TYPE_CHECKING:
    from celery import Celery

__all__ = ["create_app", "prepare_broker_dir", "reaching_broker"]


def create_app(settings: Settings) -> "Celery":
    """Build a Celery app that talks to the broker of this home; it has no tasks."""
    from celery import Celery

    from acoupi.broker import register

    register()
    config = load_celery_config(settings.celery_config_file)
    app = Celery(settings.app_name, set_as_current=False)
    app.conf.update(config.to_celery() | _embedded_options(settings, config))
    return app


@contextlib.contextmanager
def reaching_broker(settings: Settings) -> Generator[None]:
    """Say that the broker is out of reach, and which file names it."""
    from kombu.exceptions import OperationalError

    try:
        yield
    except OperationalError as error:
        raise ServiceError(
            f"the broker cannot be reached: {error}",
            help=f"start it, or name another as broker_url in {settings.celery_config_file}",
        ) from error


def prepare_broker_dir(settings: Settings, memory: Path | None = None) -> Path:
    """Make the folder of the embedded broker, in memory where that lasts as long as we do.

    Parameters
    ----------
    settings
        Of the home.
    memory
        A folder in memory that is there whenever the sensor runs; found if None.
    """
    link = settings.broker_dir
    with _reporting(link):
        link.parent.mkdir(parents=True, exist_ok=True)
        if link.is_symlink() and not _revive(link.readlink()):
            link.unlink()
        if not link.exists():
            _make(link, memory or _lasting_memory(), settings.home)
    return link


def _embedded_options(settings: Settings, config: CeleryConfig) -> dict[str, Any]:
    if config.broker_url != EMBEDDED_BROKER_URL:
        return {}
    prepare_broker_dir(settings)
    given: dict[str, Any] = config.model_dump().get("broker_transport_options") or {}
    return {"broker_transport_options": {"path": str(settings.broker_file), **given}}


def _make(link: Path, memory: Path | None, home: Path) -> None:
    if memory is None:
        link.mkdir(mode=0o700, exist_ok=True)
        return
    target = memory / f"acoupi-{zlib.crc32(str(home).encode()):08x}"
    target.mkdir(mode=0o700, exist_ok=True)
    with contextlib.suppress(FileExistsError):  # another process was faster
        link.symlink_to(target)


def _revive(target: Path) -> bool:
    """Make a folder in memory again that a reboot has emptied away."""
    try:
        target.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        return False
    return target.stat().st_uid == os.getuid()


def _lasting_memory() -> Path | None:
    directory = runtime_dir()
    return directory if directory and lingers() and in_memory(directory) else None


@contextlib.contextmanager
def _reporting(directory: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigurationError(
            f"the broker's folder {directory} cannot be made: {error.strerror}",
            help="check that ACOUPI_HOME can be written by this user",
        ) from error
