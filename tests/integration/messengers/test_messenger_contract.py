"""The messengers of acoupi keep what every messenger must, with a real far side."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from acoupi.components.messengers import HTTPMessenger, MQTTMessenger
from acoupi.components.types import Messenger
from acoupi.data import ResponseStatus
from acoupi.testing import FakeMessenger, MessengerContract

NOBODY = 9
"""The port of a service that no computer offers any more."""


class TestHTTPMessenger(MessengerContract):
    @pytest.fixture
    def messenger(self, httpserver: HTTPServer) -> Messenger:
        httpserver.expect_request("/messages", method="POST").respond_with_data("thanks")
        return HTTPMessenger(httpserver.url_for("/messages"))

    def make_unreachable_messenger(self, tmp_path: Path) -> Messenger:
        return HTTPMessenger(f"http://127.0.0.1:{NOBODY}/", timeout=1)


class TestMQTTMessenger(MessengerContract):
    @pytest.fixture
    def messenger(self, broker: Any) -> Iterator[Messenger]:
        with closing(MQTTMessenger("127.0.0.1", "wood", port=broker.port)) as messenger:
            yield messenger

    def make_unreachable_messenger(self, tmp_path: Path) -> Messenger:
        return MQTTMessenger("127.0.0.1", "wood", port=NOBODY, timeout=1)


class TestFakeMessenger(MessengerContract):
    def make_messenger(self, tmp_path: Path) -> Messenger:
        return FakeMessenger()

    def make_unreachable_messenger(self, tmp_path: Path) -> Messenger:
        return FakeMessenger(status=ResponseStatus.TIMEOUT)
