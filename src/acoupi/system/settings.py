"""Where everything of one sensor is kept."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from acoupi._home import home_dir

__all__ = ["LogLevel", "PoolType", "Settings", "Supervision"]

PoolType = Literal["threads", "prefork", "eventlet", "gevent", "solo", "processes"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
Supervision = Literal["auto", "systemd", "detached"]


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


def _below_home(*parts: str) -> Callable[[dict[str, Any]], Path]:
    return lambda data: data["home"].joinpath(*parts)


def _names(value: object) -> object:
    """Split what an environment variable says: ``a,b`` or ``["a", "b"]``."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        return json.loads(value)
    return [name.strip() for name in value.split(",") if name.strip()]


Names = Annotated[list[str], NoDecode, BeforeValidator(_names)]
HomePath = Annotated[Path, AfterValidator(_absolute)]


class Settings(BaseSettings):
    """Where the files of one sensor are, and how it runs.

    Every path follows ``home``. Each field can be given as an environment
    variable, ``ACOUPI_HOME`` first of all.
    """

    model_config = SettingsConfigDict(env_prefix="ACOUPI_", env_ignore_empty=True)

    home: HomePath = Field(default_factory=home_dir)
    app_name: str = "app"

    program_file: HomePath = Field(default_factory=_below_home("app.py"))
    program_name_file: HomePath = Field(default_factory=_below_home("config", "name"))
    program_folder_file: HomePath = Field(default_factory=_below_home("config", "folder"))
    program_config_file: HomePath = Field(default_factory=_below_home("config", "program.json"))
    celery_config_file: HomePath = Field(default_factory=_below_home("config", "celery.json"))
    deployment_file: HomePath = Field(default_factory=_below_home("config", "deployment.json"))
    env_file: HomePath = Field(default_factory=_below_home("config", "env"))

    run_dir: HomePath = Field(default_factory=_below_home("run"))
    broker_dir: HomePath = Field(default_factory=_below_home("run", "broker"))
    log_dir: HomePath = Field(default_factory=_below_home("log"))
    log_level: LogLevel = "INFO"

    start_script_path: HomePath = Field(
        default_factory=_below_home("bin", "acoupi-workers-start.sh")
    )
    stop_script_path: HomePath = Field(
        default_factory=_below_home("bin", "acoupi-workers-stop.sh")
    )
    restart_script_path: HomePath = Field(
        default_factory=_below_home("bin", "acoupi-workers-restart.sh")
    )
    beat_script_path: HomePath = Field(default_factory=_below_home("bin", "acoupi-beat.sh"))

    acoupi_service_file: str = "acoupi.service"
    acoupi_beat_service_file: str = "acoupi-beat.service"

    supervision: Supervision = "auto"
    """What keeps the program running: systemd wherever it is reachable, unless said otherwise."""
    celery_pool_type: PoolType = "threads"
    start_timeout_s: float = Field(default=60, gt=0)
    """How long workers started in the background may take to be ready."""
    stop_timeout_s: float = Field(default=120, ge=0)
    """How long a running task may take to finish when the sensor is stopped."""
    hang_timeout_s: float = Field(default=60, gt=0)
    """How long a worker or beat may stand still, beside its tasks, before it is replaced."""
    worker_memory_mb: float | None = Field(default=None, ge=0)
    """How much memory a worker may have; three quarters of the machine's if not given, 0: any."""
    workers: Names = Field(default_factory=list[str])
    """Which of the program's workers run on this machine; all if empty."""

    @property
    def broker_file(self) -> Path:
        """The database of the embedded broker."""
        return self.broker_dir / "broker.db"

    @property
    def lock_file(self) -> Path:
        """Held by the supervisor and all its children."""
        return self.run_dir / "supervisor.lock"

    @property
    def beat_lock_file(self) -> Path:
        """Held by the one beat of this home."""
        return self.run_dir / "beat.lock"

    @property
    def status_file(self) -> Path:
        """What the supervisor last said about itself, as one line."""
        return self.run_dir / "supervisor.status"

    @property
    def proof_file(self) -> Path:
        """The id of the deployment in which all workers were once ready."""
        return self.run_dir / "proven"

    def pid_file(self, name: str) -> Path:
        """Return where the process id of the supervisor, beat or a worker is noted."""
        return self.run_dir / f"{name}.pid"

    def log_file(self, name: str) -> Path:
        """Return where the supervisor, beat or a worker logs."""
        return self.log_dir / f"{name}.log"
