"""Whether messages arrive."""

import contextlib
import logging
from collections.abc import Generator, Iterator
from typing import cast

from acoupi.components.optional import call_if_there
from acoupi.components.types import Messenger
from acoupi.data import Message, MessageType, ResponseStatus
from acoupi.devices import get_device_id
from acoupi.errors import AcoupiError, HealthCheckError, PermanentSendError
from acoupi.system.checks.findings import Finding, failed, ok, skipped, warning
from acoupi.system.checks.subject import Subject
from acoupi.tasks.heartbeat import Heartbeat

__all__ = ["check_messengers"]

HINT = "check the address and the credentials; acoupi check --send sends a message to be sure"


def check_messengers(subject: Subject) -> Iterator[Finding]:
    """Reach each receiver with its credentials; if asked to, send it a message."""
    found = cast("list[Messenger]", subject.part("messengers") or [])
    if not found and subject.part("needs_messenger"):
        error = HealthCheckError(
            "no way to send messages is configured",
            help="configure messaging.http or messaging.mqtt, or both",
        )
        yield failed("messengers", error)
    elif not found:
        yield skipped("messengers", "none is configured: nothing is sent")
    for messenger in found:
        yield _check(messenger, subject.sends)


def _check(messenger: Messenger, sends: bool) -> Finding:
    what = "messengers"
    try:
        with _warnings() as warnings:
            call_if_there(messenger, "check")
            if sends:
                _send(messenger)
    except AcoupiError as error:
        return failed(what, error)
    finally:
        call_if_there(messenger, "close")
    if sends:
        return ok(what, f"{messenger.name} has taken a message")
    if warnings:
        return warning(what, warnings[0], HINT)
    return ok(what, f"{messenger.name} is reached")


def _send(messenger: Messenger) -> None:
    message = _test_message()
    response = messenger.send_message(message)
    if response.status is not ResponseStatus.SUCCESS:
        raise PermanentSendError(
            f"{messenger.name} did not take a message: {response.content or response.status.name}",
            help="check the address, the credentials, and what the receiver logs",
        )


def _test_message() -> Message:
    """Make a heartbeat that does not say that all is well."""
    heartbeat = Heartbeat(device_id=get_device_id(), status="CHECK")
    return Message(message_type=MessageType.HEARTBEAT, content=heartbeat.model_dump_json())


@contextlib.contextmanager
def _warnings() -> Generator[list[str]]:
    """Collect what is logged as a warning: what a messenger finds odd though not wrong."""
    found: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(record.getMessage())

    root, handler = logging.getLogger(), Collector(logging.WARNING)
    root.addHandler(handler)
    try:
        yield found
    finally:
        root.removeHandler(handler)
