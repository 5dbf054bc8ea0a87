"""Where messages are kept until they are delivered."""

from typing import TYPE_CHECKING

from acoupi._lazy import attach

if TYPE_CHECKING:
    from acoupi.components.message_stores.sqlite import (
        MessageTally as MessageTally,
        SqliteMessageStore as SqliteMessageStore,
    )

__getattr__, __dir__, __all__ = attach(
    __name__, {"MessageTally": ".sqlite", "SqliteMessageStore": ".sqlite"}
)
