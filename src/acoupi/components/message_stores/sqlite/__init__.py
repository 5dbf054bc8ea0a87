"""The outbox in one SQLite file."""

from typing import TYPE_CHECKING

from acoupi._lazy import attach

if TYPE_CHECKING:
    from acoupi.components.message_stores.sqlite.store import (
        SqliteMessageStore as SqliteMessageStore,
    )
    from acoupi.components.message_stores.sqlite.tally import MessageTally as MessageTally

__getattr__, __dir__, __all__ = attach(
    __name__, {"MessageTally": ".tally", "SqliteMessageStore": ".store"}
)
