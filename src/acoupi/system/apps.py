"""The Celery app of the program that is set up."""

from typing import TYPE_CHECKING

from acoupi.system.programs import load_program
from acoupi.system.settings import Settings

if TYPE_CHECKING:
    from celery import Celery

__all__ = ["get_celery_app"]


def get_celery_app(settings: Settings) -> "Celery":
    """Return an app with the program's tasks and schedules.

    Raises
    ------
    NotConfiguredError
        If no program is set up in this home.
    """
    return load_program(settings).app
