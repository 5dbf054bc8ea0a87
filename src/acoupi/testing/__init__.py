"""For tests of programs and components: stand-ins, and what every component must keep.

A contract is a class of tests. Derive from it in a test module, say how to
make your component, and pytest runs it::

    from acoupi.testing import StoreContract

    class TestMyStore(StoreContract):
        def make_store(self, tmp_path):
            return MyStore(tmp_path / "my.db")

The stand-ins need nothing but acoupi; the contracts need pytest.
"""

from typing import TYPE_CHECKING

from acoupi._lazy import attach

if TYPE_CHECKING:
    from acoupi.testing.contracts.decisions import (
        ConditionContract as ConditionContract,
        ProcessingFilterContract as ProcessingFilterContract,
        SavingFilterContract as SavingFilterContract,
        SchedulerContract as SchedulerContract,
    )
    from acoupi.testing.contracts.effort import EffortLogContract as EffortLogContract
    from acoupi.testing.contracts.heard import HeardLogContract as HeardLogContract
    from acoupi.testing.contracts.managers import SavingManagerContract as SavingManagerContract
    from acoupi.testing.contracts.message_stores import (
        MessageStoreContract as MessageStoreContract,
        OutboxContract as OutboxContract,
    )
    from acoupi.testing.contracts.messengers import MessengerContract as MessengerContract
    from acoupi.testing.contracts.models import ModelContract as ModelContract
    from acoupi.testing.contracts.outputs import (
        CleanerContract as CleanerContract,
        MessageBuilderContract as MessageBuilderContract,
        SummariserContract as SummariserContract,
    )
    from acoupi.testing.contracts.processing import ProcessingLogContract as ProcessingLogContract
    from acoupi.testing.contracts.recorders import RecorderContract as RecorderContract
    from acoupi.testing.contracts.stores import StoreContract as StoreContract
    from acoupi.testing.fakes import (
        Answer as Answer,
        FakeMessenger as FakeMessenger,
        FakeModel as FakeModel,
        FakeRecorder as FakeRecorder,
    )
    from acoupi.testing.sounds import (
        write_calls as write_calls,
        write_silence as write_silence,
    )

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "Answer": ".fakes",
        "CleanerContract": ".contracts.outputs",
        "ConditionContract": ".contracts.decisions",
        "EffortLogContract": ".contracts.effort",
        "FakeMessenger": ".fakes",
        "FakeModel": ".fakes",
        "FakeRecorder": ".fakes",
        "HeardLogContract": ".contracts.heard",
        "MessageBuilderContract": ".contracts.outputs",
        "MessageStoreContract": ".contracts.message_stores",
        "MessengerContract": ".contracts.messengers",
        "ModelContract": ".contracts.models",
        "OutboxContract": ".contracts.message_stores",
        "ProcessingFilterContract": ".contracts.decisions",
        "ProcessingLogContract": ".contracts.processing",
        "RecorderContract": ".contracts.recorders",
        "SavingFilterContract": ".contracts.decisions",
        "SavingManagerContract": ".contracts.managers",
        "SchedulerContract": ".contracts.decisions",
        "StoreContract": ".contracts.stores",
        "SummariserContract": ".contracts.outputs",
        "write_calls": ".sounds",
        "write_silence": ".sounds",
    },
)
