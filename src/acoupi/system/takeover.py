"""What becomes of a home that acoupi 0.6 to 0.8 set up."""

from collections.abc import Mapping
from typing import Any

from acoupi.system.celery_config import EMBEDDED_BROKER_URL, CeleryConfig

__all__ = ["OLD_BROKER_URL", "asks_for_pickle", "modern_celery_config"]

OLD_BROKER_URL = "pyamqp://guest@localhost//"

OLD_DEFAULTS: Mapping[str, Any] = {
    "broker_url": OLD_BROKER_URL,
    "task_soft_time_limit": 30,
    "task_time_limit": 60,
}
"""What was in every ``celery.json``, chosen or not, and is different today."""

SERIALIZERS = ("task_serializer", "result_serializer", "accept_content")


def asks_for_pickle(celery: Mapping[str, Any]) -> bool:
    """Tell whether tasks would travel in a form that can run code."""
    wanted = [celery.get("task_serializer"), celery.get("result_serializer")]
    return "pickle" in (*wanted, *(celery.get("accept_content") or ()))


def modern_celery_config(celery: Mapping[str, Any]) -> CeleryConfig:
    """Return the settings of today, with what the owner had chosen."""
    chosen = {
        name: value
        for name, value in celery.items()
        if name not in SERIALIZERS and OLD_DEFAULTS.get(name) != value
    }
    return CeleryConfig.model_validate({"broker_url": EMBEDDED_BROKER_URL, **chosen})
