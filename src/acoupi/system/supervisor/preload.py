"""What every child needs, imported before the fork so that it is in memory once."""

import contextlib
import gc
import importlib

__all__ = ["freeze", "preload"]

# None of these opens anything when imported.
MODULES = (
    "acoupi.broker.transport",
    "acoupi.tasks",
    "billiard.pool",
    "celery.app.amqp",
    "celery.app.control",
    "celery.app.events",
    "celery.app.log",
    "celery.apps.worker",
    "celery.backends.rpc",
    "celery.beat",
    "celery.concurrency.thread",
    "celery.events.receiver",
    "celery.fixups.django",
    "celery.worker.autoscale",
    "celery.worker.components",
    "celery.worker.consumer.agent",
    "celery.worker.consumer.delayed_delivery",
    "celery.worker.control",
    "celery.worker.heartbeat",
    "celery.worker.loops",
    "celery.worker.pidbox",
    "celery.worker.strategy",
    "concurrent.futures.thread",
    "kombu.asynchronous.hub",
    "kombu.transport.virtual",
    "sqlite3",
)


def preload() -> None:
    """Import what Celery would import when it starts."""
    for name in MODULES:
        with contextlib.suppress(ImportError):  # other versions have other modules
            importlib.import_module(name)


def freeze() -> None:
    """Keep the collector off what there is now, so that its pages stay shared."""
    gc.collect()
    gc.freeze()
