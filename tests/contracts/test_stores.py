"""The stores of acoupi keep what every store must."""

from pathlib import Path

from acoupi.components import SqliteMessageStore, SqliteStore
from acoupi.testing import (
    EffortLogContract,
    OutboxContract,
    ProcessingLogContract,
    StoreContract,
)


class TestSqliteStore(StoreContract, ProcessingLogContract, EffortLogContract):
    def make_store(self, tmp_path: Path) -> SqliteStore:
        return SqliteStore(tmp_path / "metadata.db")


class TestSqliteMessageStore(OutboxContract):
    def make_message_store(self, tmp_path: Path) -> SqliteMessageStore:
        return SqliteMessageStore(tmp_path / "messages.db")
