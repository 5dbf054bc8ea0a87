"""Whether tasks can be handed over."""

from collections.abc import Iterator
from typing import Any, cast

from acoupi.system.brokers import create_app, reaching_broker
from acoupi.system.celery_config import EMBEDDED_BROKER_URL
from acoupi.system.checks.findings import Finding, ok
from acoupi.system.settings import Settings

__all__ = ["check_broker"]

TIMEOUT_S = 3


def check_broker(settings: Settings) -> Iterator[Finding]:
    """Connect to the broker."""
    app = create_app(settings)
    connection = cast("Any", app.connection_for_write())
    with reaching_broker(settings), connection:
        connection.ensure_connection(max_retries=1, timeout=TIMEOUT_S)
        url: str = connection.as_uri()  # without its password
    embedded = url.startswith(EMBEDDED_BROKER_URL)
    yield ok("broker", "the embedded one works" if embedded else f"{url} answers")
