"""Say that the device is alive."""

import logging
from collections.abc import Callable, Sequence

from pydantic import BaseModel, Field

from acoupi._clock import utc_now
from acoupi.components.types import MessageStore, Messenger
from acoupi.data import Message, MessageType, Metric, ResponseStatus
from acoupi.data.times import Instant
from acoupi.errors import DeviceUnavailableError, StoreError

__all__ = ["Heartbeat", "generate_heartbeat_task", "store_or_send"]

module_logger = logging.getLogger(__name__)


class Heartbeat(BaseModel):
    """That a device was alive at an instant, and how it was."""

    sent_on: Instant = Field(default_factory=utc_now)
    device_id: str
    status: str = "OK"
    metrics: list[Metric] = Field(default_factory=list[Metric])


def _to_json(heartbeat: Heartbeat) -> str:
    return heartbeat.model_dump_json()


def generate_heartbeat_task(
    messengers: Sequence[Messenger],
    metrics: Sequence[Callable[[], Metric]] | None = None,
    serializer: Callable[[Heartbeat], str | bytes] = _to_json,
    logger: logging.Logger = module_logger,
    message_store: MessageStore | None = None,
    status: Callable[[], str] | None = None,
    measure_more: Callable[[], Sequence[Metric]] | None = None,
) -> Callable[[], None]:
    """Build the task that makes one heartbeat.

    With a ``message_store`` it waits there like any other message and is
    delivered when there is a way out; without one, or if it cannot be stored,
    it is sent at once, or lost.

    Parameters
    ----------
    messengers
        The ways out.
    metrics
        What is measured each time; what cannot be is left out.
    serializer
        Makes the content of the message.
    logger
        Where it says what happened.
    message_store
        Where the message waits.
    status
        Says how the sensor is; "OK" if None.
    measure_more
        Measures what cannot be known beforehand to be there.
    """

    def heartbeat_task() -> None:
        message = Message(message_type=MessageType.HEARTBEAT, content=serializer(beat()))
        store_or_send(message, message_store, messengers, logger)

    def beat() -> Heartbeat:
        from acoupi.devices import get_device_id

        return Heartbeat(
            device_id=get_device_id(),
            status=_ask(status, logger),
            metrics=[*_measure(metrics or (), logger), *_measure_more(measure_more, logger)],
        )

    return heartbeat_task


def store_or_send(
    message: Message,
    message_store: MessageStore | None,
    messengers: Sequence[Messenger],
    logger: logging.Logger = module_logger,
) -> bool:
    """Let a message wait in the outbox; send it at once if that is full or there is none.

    Returns
    -------
    bool
        Whether it waits, or a messenger has delivered it.
    """
    if message_store is not None:
        try:
            message_store.store_message(message)
        except StoreError as error:
            logger.warning("a message is sent at once: it cannot wait: %s", error)
        else:
            return True
    return any([_send(messenger, message, logger) for messenger in messengers])


def _send(messenger: Messenger, message: Message, logger: logging.Logger) -> bool:
    try:
        return messenger.send_message(message).status is ResponseStatus.SUCCESS
    except Exception:
        logger.exception("%s: message %s was not sent", messenger.name, message.id)
        return False


def _ask(status: Callable[[], str] | None, logger: logging.Logger) -> str:
    """Return how the sensor is; a sensor that cannot tell is not well."""
    if status is None:
        return "OK"
    try:
        return status()
    except StoreError as error:
        logger.warning("the status is not known: %s", error)
        return f"UNKNOWN: {error}"
    except Exception as error:
        logger.exception("the status could not be told")
        return f"UNKNOWN: {error}"


def _measure(metrics: Sequence[Callable[[], Metric]], logger: logging.Logger) -> list[Metric]:
    """Take every metric that can be taken."""
    taken: list[Metric] = []
    for metric in metrics:
        try:
            taken.append(metric())
        except DeviceUnavailableError as error:
            logger.info("a metric is left out: %s", error)
        except Exception:
            logger.exception("a metric could not be taken")
    return taken


def _measure_more(
    measure: Callable[[], Sequence[Metric]] | None, logger: logging.Logger
) -> Sequence[Metric]:
    try:
        return measure() if measure else ()
    except Exception:
        logger.exception("some metrics could not be taken")
        return ()
