"""Trying again, when somebody asks for it, what was set aside."""

import logging
from collections.abc import Sequence
from contextlib import closing
from uuid import UUID

from acoupi.errors import AcoupiError, ParameterError
from acoupi.system.brokers import create_app, reaching_broker
from acoupi.system.failing import send_again
from acoupi.system.failures import FailedTask, failures_of
from acoupi.system.places import find_places
from acoupi.system.settings import Settings
from acoupi.system.stores import current_messages, current_metadata
from acoupi.system.supervisor.locks import supervisor_pid

__all__ = ["retry_messages", "retry_recordings", "retry_tasks"]

logger = logging.getLogger(__name__)


def retry_recordings(settings: Settings, ids: Sequence[UUID] | None = None) -> int:
    """Let recordings that a model failed on or never heard be processed again, and count them.

    All of them if no ``ids`` are given. A sensor that runs begins at once;
    another, when it is started.

    Raises
    ------
    MigrationError
        If they are in a store of an older acoupi, and the sensor runs.
    ParameterError
        If there are ``ids``, and with none of them a recording to be tried again.
    """
    from acoupi.components.stores import SqliteStore

    db_path, _ = current_metadata(settings, find_places(settings), logger.info)
    n_recordings = 0
    if db_path.exists():
        with closing(SqliteStore(db_path)) as store:
            n_recordings = store.retry_failed(ids)
    _require_some(n_recordings, ids, "recording", "failed")
    if n_recordings and supervisor_pid(settings) is not None:
        _ring(settings)
    return n_recordings


def retry_messages(settings: Settings, ids: Sequence[UUID] | None = None) -> int:
    """Let messages that were refused be sent again, and count them.

    All of them if no ``ids`` are given.

    Raises
    ------
    MigrationError
        If they are in a store of an older acoupi, and the sensor runs.
    ParameterError
        If there are ``ids``, and with none of them a message to be sent again.
    """
    from acoupi.components.message_stores import SqliteMessageStore

    db_path = current_messages(settings, find_places(settings), logger.info)
    n_messages = 0
    if db_path.exists():
        with closing(SqliteMessageStore(db_path)) as store:
            n_messages = store.retry_refused(ids)
    _require_some(n_messages, ids, "message", "refused")
    return n_messages


def retry_tasks(settings: Settings, ids: Sequence[str] | None = None) -> list[FailedTask]:
    """Send tasks that were set aside to their queues again, and return them.

    All of them if no ``ids`` are given.

    Raises
    ------
    ParameterError
        If no task was set aside with one of the ``ids``.
    ServiceError
        If the broker cannot be reached.
    """
    failures = failures_of(settings)
    chosen = failures.choose(ids)
    if chosen:
        app = create_app(settings)
        with reaching_broker(settings):
            for failed in chosen:
                send_again(app, failures, failed)
    return chosen


def _ring(settings: Settings) -> None:
    """Ring for what is due; a program that cannot now does so by itself before long."""
    from acoupi.system.programs import load_program

    try:
        ring_again = getattr(load_program(settings), "ring_again", None)
        if ring_again is not None:
            with reaching_broker(settings):
                ring_again()
    except AcoupiError as error:
        logger.warning("the sensor was not told: %s", error)


def _require_some(n_found: int, ids: Sequence[UUID] | None, what: str, state: str) -> None:
    if ids and not n_found:
        raise ParameterError(
            ids[0],
            f"no {what} with the id {ids[0]} can be tried again",
            help=f"acoupi {what}s --state {state} --json lists those that can, with their ids",
        )
