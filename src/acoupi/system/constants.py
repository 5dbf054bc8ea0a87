"""The settings of the system and of Celery, under the names programs know."""

from acoupi.system.celery_config import CeleryConfig
from acoupi.system.settings import Settings

__all__ = ["CeleryConfig", "Settings"]
