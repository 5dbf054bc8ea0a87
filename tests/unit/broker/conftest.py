# pyright: basic, reportPrivateImportUsage=false, reportOptionalMemberAccess=false
# Kombu and Celery have no type information.
import contextlib
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from kombu import Connection

from acoupi import broker

Connect = Callable[..., Connection]


@pytest.fixture
def broker_file(tmp_path: Path) -> Path:
    return tmp_path / "run" / "broker.db"


@pytest.fixture
def connect(broker_file: Path) -> Generator[Connect]:
    """Open connections to one broker file; they close when the test ends."""
    broker.register()
    with contextlib.ExitStack() as stack:

        def open_connection(**options: Any) -> Connection:
            options = {"path": str(broker_file), "sweep_interval": 0.2, **options}
            return stack.enter_context(Connection("embedded://", transport_options=options))

        yield open_connection
