"""Makes ``embedded://`` known to Kombu."""

from kombu.transport import TRANSPORT_ALIASES

__all__ = ["ALIAS", "register"]

ALIAS = "embedded"


def register() -> None:
    """Let Kombu, and so Celery, open ``embedded://`` addresses."""
    TRANSPORT_ALIASES[ALIAS] = "acoupi.broker.transport:Transport"
