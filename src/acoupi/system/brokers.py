"""How processes of one home reach each other through Celery."""

import contextlib
import os
import zlib
from collections.abc import Generator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acoupi._home import in_memory
from acoupi.errors import ConfigurationError, ServiceError
from acoupi.system.celery_config import EMBEDDED_BROKER_URL, CeleryConfig, load_celery_config
from acoupi.system.linger import lingers, runtime_dir
from acoupi.system.settings import Settings

if TYPE_CHECKING:
    from celery import Celery

__all__ = ["create_app", "move_broker_to_memory", "prepare_broker_dir", "reaching_broker"]


def create_app(settings: Settings) -> "Celery":
    """Build a Celery app that talks to the broker of this home; it has no tasks."""
    from celery import Celery, signals

    from acoupi.broker import register

    register()
    config = load_celery_config(settings.celery_config_file)
    _require_known(config.broker_url, settings.celery_config_file)
    if config.is_redis:
        _require_redis(config.broker_url)
        signals.worker_init.connect(_allow_for_longest_task, weak=False)
    app = Celery(settings.app_name, set_as_current=False)
    app.conf.update(config.to_celery() | _embedded_options(settings, config))
    return app


@contextlib.contextmanager
def reaching_broker(settings: Settings) -> Generator[None]:
    """Say that the broker is out of reach, and which file names it."""
    from amqp.exceptions import AMQPError
    from kombu.exceptions import OperationalError

    try:
        yield
    except (OperationalError, AMQPError) as error:
        raise ServiceError(
            f"the broker cannot be reached: {error}",
            help=f"start it, or correct broker_url in {settings.celery_config_file}",
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
        owner = settings.home.stat().st_uid
        if link.is_symlink() and not _revive(link.readlink(), owner):
            link.unlink()
        if not link.exists():
            _make(link, memory or _lasting_memory(owner), settings.home)
            _give_to(owner, link.parent, link)
    return link


def move_broker_to_memory(settings: Settings, memory: Path | None = None) -> None:
    """Begin with new queues in memory if they are on the card, and memory lasts by now.

    What waits in them is forgotten, so nothing of the sensor may run.

    Parameters
    ----------
    settings
        Of the home.
    memory
        A folder in memory that is there whenever the sensor runs; found if None.
    """
    folder = settings.broker_dir
    memory = memory or _lasting_memory(settings.home.stat().st_uid)
    if memory is None or folder.is_symlink() or not folder.is_dir():
        return
    with contextlib.suppress(OSError):  # they are as good where they are
        for file in folder.glob(f"{settings.broker_file.name}*"):
            file.unlink()
        folder.rmdir()
    prepare_broker_dir(settings, memory)


def _embedded_options(settings: Settings, config: CeleryConfig) -> dict[str, Any]:
    if config.broker_url != EMBEDDED_BROKER_URL:
        return {}
    prepare_broker_dir(settings)
    given: dict[str, Any] = config.model_dump().get("broker_transport_options") or {}
    return {"broker_transport_options": {"path": str(settings.broker_file), **given}}


def _require_known(url: str, file: Path) -> None:
    from kombu.transport import TRANSPORT_ALIASES

    kind = url.partition(":")[0].partition("+")[0]
    if kind not in TRANSPORT_ALIASES:
        raise ConfigurationError(
            f"{file}: broker_url begins with {kind!r}, which is no kind of broker",
            help="it is embedded://, amqp://user:password@host:5672// or redis://host:6379/0",
        )


def _require_redis(url: str) -> None:
    if find_spec("redis") is None:
        raise ConfigurationError(
            f"the broker {url.partition(':')[0]}:// needs a package that is not installed",
            help="pip install 'acoupi[redis]' brings it",
        )


def _allow_for_longest_task(sender: Any, **_: Any) -> None:
    """Let Redis wait longer than any task may take, or a second worker would begin it too."""
    limits_s = [task.time_limit or 0 for task in sender.app.tasks.values()]
    options = sender.app.conf.broker_transport_options
    known_s = options.get("visibility_timeout", 0)
    options["visibility_timeout"] = max(known_s, 2 * max(limits_s))


def _make(link: Path, memory: Path | None, home: Path) -> None:
    if memory is None:
        link.mkdir(mode=0o700, exist_ok=True)
        return
    target = memory / f"acoupi-{zlib.crc32(str(home).encode()):08x}"
    target.mkdir(mode=0o700, exist_ok=True)
    with contextlib.suppress(FileExistsError):  # another process was faster
        link.symlink_to(target)


def _give_to(owner: int, *paths: Path) -> None:
    """Let what root makes belong to the user of the sensor."""
    for path in paths if os.getuid() == 0 else ():
        os.chown(path, owner, -1, follow_symlinks=False)


def _revive(target: Path, owner: int) -> bool:
    """Make a folder in memory again that a reboot has emptied away.

    Root, who looks after the sensor of another, uses that one's folder or none.
    """
    try:
        if os.getuid() == owner:
            target.mkdir(mode=0o700, exist_ok=True)
        return target.stat().st_uid == owner
    except OSError:
        return False


def _lasting_memory(owner: int) -> Path | None:
    directory = runtime_dir()
    is_ours = os.getuid() == owner
    return directory if directory and is_ours and lingers() and in_memory(directory) else None


@contextlib.contextmanager
def _reporting(directory: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigurationError(
            f"the broker's folder {directory} cannot be made: {error.strerror}",
            help="check that ACOUPI_HOME can be written by this user",
        ) from error
