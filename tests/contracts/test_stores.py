"""The stores of acoupi keep what every store must."""

from pathlib import Path
from uuid import uuid4

from acoupi.components import SqliteMessageStore, SqliteStore
from acoupi.components.heard import HeardInMemory
from acoupi.components.types import HeardLog
from acoupi.data import Heard
from acoupi.testing import (
    EffortLogContract,
    HeardLogContract,
    OutboxContract,
    ProcessingLogContract,
    StoreContract,
    samples,
)


class TestSqliteStore(StoreContract, ProcessingLogContract, EffortLogContract):
    def make_store(self, tmp_path: Path) -> SqliteStore:
        return SqliteStore(tmp_path / "metadata.db")


class TestSqliteStoreAsHeardLog(HeardLogContract):
    def make_log(self, tmp_path: Path) -> HeardLog:
        return SqliteStore(tmp_path / "metadata.db")

    def test_what_was_heard_is_there_for_who_opens_the_store_next(
        self, log: HeardLog, tmp_path: Path
    ) -> None:
        output = samples.output(samples.recording(samples.deployment()))
        heard = [Heard(samples.STARTED_ON, "wren")]
        log.remember("t", output, heard, samples.STARTED_ON)
        again = SqliteStore(tmp_path / "metadata.db")
        other = output.model_copy(
            update={"recording": output.recording.model_copy(update={"id": uuid4()})}
        )
        found = again.recall("t", other, {"wren"}, samples.STARTED_ON, samples.STARTED_ON)
        assert found == heard
        again.close()


class TestHeardInMemory(HeardLogContract):
    def make_log(self, tmp_path: Path) -> HeardLog:
        return HeardInMemory()


class TestSqliteMessageStore(OutboxContract):
    def make_message_store(self, tmp_path: Path) -> SqliteMessageStore:
        return SqliteMessageStore(tmp_path / "messages.db")
