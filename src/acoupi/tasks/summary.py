"""Sum up what was found, as messages."""

import logging
from collections.abc import Callable, Sequence

from acoupi._clock import utc_now
from acoupi.components.types import MessageStore, Summariser
from acoupi.tasks.detection import as_list

__all__ = ["generate_summariser_task"]

module_logger = logging.getLogger(__name__)


def generate_summariser_task(
    summarisers: Sequence[Summariser],
    message_store: MessageStore,
    logger: logging.Logger = module_logger,
) -> Callable[[], None]:
    """Build the task that puts every summary into the outbox."""

    def summary_task() -> None:
        now = utc_now()
        for summariser in summarisers:
            try:
                messages = as_list(summariser.build_summary(now))
            except Exception:
                logger.exception("%s: no summary", type(summariser).__name__)
                continue
            for message in messages:
                message_store.store_message(message)

    return summary_task
