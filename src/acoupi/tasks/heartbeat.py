"""Say that the device is alive."""

import logging
from collections.abc import Callable, Sequence

from pydantic import BaseModel, Field

from acoupi._clock import utc_now
from acoupi.components.types import MessageStore, Messenger
from acoupi.data import Message, MessageType, Metric
from acoupi.data.times import Instant

__all__ = ["Heartbeat", "generate_heartbeat_task"]

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
) -> Callable[[], None]:
    """Build the task that makes one heartbeat.

    With a ``message_store`` it waits there like any other message and is
    delivered when there is a way out; without one it is sent at once, or lost.
    """

    def heartbeat_task() -> None:
        message = Message(message_type=MessageType.HEARTBEAT, content=serializer(beat()))
        if message_store is not None:
            message_store.store_message(message)
            return
        for messenger in messengers:
            send(messenger, message)

    def beat() -> Heartbeat:
        from acoupi.devices import get_device_id

        return Heartbeat(device_id=get_device_id(), metrics=_measure(metrics or (), logger))

    def send(messenger: Messenger, message: Message) -> None:
        try:
            messenger.send_message(message)
        except Exception:
            logger.exception("%s: the heartbeat was not sent", messenger.name)

    return heartbeat_task


def _measure(metrics: Sequence[Callable[[], Metric]], logger: logging.Logger) -> list[Metric]:
    """Take every metric that can be taken."""
    taken: list[Metric] = []
    for metric in metrics:
        try:
            taken.append(metric())
        except Exception:
            logger.exception("a metric could not be taken")
    return taken
