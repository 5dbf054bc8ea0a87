"""How tasks travel, as ``config/celery.json`` says."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from acoupi.errors import ConfigurationError

__all__ = ["EMBEDDED_BROKER_URL", "CeleryConfig", "load_celery_config"]

EMBEDDED_BROKER_URL = "embedded://"

# A server that has stopped answering is given up after this; without it, for ever waited for.
NETWORK_PATIENCE_S = 30
# Redis hands a task that takes longer to a second worker.
VISIBILITY_S = 3600

RABBITMQ_OPTIONS = {
    # A server that is killed loses what it has not confirmed.
    "confirm_publish": True,
    "read_timeout": NETWORK_PATIENCE_S,
    "write_timeout": NETWORK_PATIENCE_S,
}
REDIS_OPTIONS = {
    "socket_timeout": NETWORK_PATIENCE_S,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    # Look for tasks of workers that are gone at each interval, not at every tenth.
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
}


class CeleryConfig(BaseModel):
    """Settings of Celery; any other of its settings may be added."""

    model_config = ConfigDict(extra="allow")

    enable_utc: bool = True
    timezone: str = "UTC"

    broker_url: str = EMBEDDED_BROKER_URL
    broker_connection_retry_on_startup: bool = True
    broker_connection_max_retries: int | None = None
    broker_heartbeat: int = NETWORK_PATIENCE_S
    result_backend: str | None = "rpc://"
    result_persistent: bool = False
    result_serializer: str = "json"
    accept_content: list[str] = Field(default_factory=lambda: ["json"])

    task_serializer: str = "json"
    task_ignore_result: bool = True
    task_acks_late: bool = True
    task_reject_on_worker_lost: bool = True
    task_soft_time_limit: int | None = None
    task_time_limit: int = 600

    worker_prefetch_multiplier: int = 1
    worker_enable_prefetch_count_reduction: bool = False
    worker_hijack_root_logger: bool = False
    worker_redirect_stdouts: bool = False

    beat_max_loop_interval: int = 1

    @property
    def is_redis(self) -> bool:
        """Whether tasks go through Redis, or a server that speaks its language."""
        return self.broker_url.startswith(("redis", "sentinel"))

    def to_celery(self) -> dict[str, Any]:
        """Return what ``Celery.conf.update`` takes."""
        values = self.model_dump()
        given: dict[str, Any] = values.get("broker_transport_options") or {}
        options = self._usual_options() | given
        return values | ({"broker_transport_options": options} if options else {})

    def _usual_options(self) -> dict[str, Any]:
        """Return what this kind of server needs to lose nothing, and to hang nobody."""
        if self.broker_url.startswith(("amqp", "pyamqp")):
            return RABBITMQ_OPTIONS
        if self.is_redis:
            return REDIS_OPTIONS | {
                "visibility_timeout": max(VISIBILITY_S, 2 * self.task_time_limit)
            }
        return {}


def load_celery_config(path: Path) -> CeleryConfig:
    """Read the settings of Celery; the defaults if there is no such file."""
    try:
        return CeleryConfig.model_validate_json(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return CeleryConfig()
    except ValidationError as error:
        problem = error.errors()[0]
        field = ".".join(map(str, problem["loc"])) or "the file"
        raise ConfigurationError(
            f"{path} cannot be used: {field}: {problem['msg']}",
            help="correct it, or remove it and run acoupi setup again",
        ) from error
