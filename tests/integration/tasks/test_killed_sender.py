"""A process that is killed while it sends, at the worst moments."""

import http.server
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from acoupi.components import HTTPMessenger, SqliteMessageStore
from acoupi.data import Message

N_MESSAGES = 6

SENDER = """
import sys
from pathlib import Path
from acoupi.components import HTTPMessenger, SqliteMessageStore
from acoupi.tasks import generate_send_messages_task
store = SqliteMessageStore(Path(sys.argv[1]))
generate_send_messages_task(store, [HTTPMessenger(sys.argv[2])])()
"""


class Receiver(http.server.ThreadingHTTPServer):
    """Remembers what it is sent, and kills who sends at chosen requests."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[tuple[str, str]] = []
        self.kill_before: set[int] = set()
        self.kill_after: set[int] = set()
        self.sender: subprocess.Popen[bytes] | None = None

    def kill(self, requests: set[int]) -> None:
        if len(self.seen) in requests and self.sender is not None:
            os.kill(self.sender.pid, signal.SIGKILL)
            self.sender.wait()


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Receiver  # pyright: ignore[reportIncompatibleVariableOverride]
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.seen.append((self.headers["Idempotency-Key"], body))
        self.server.kill(self.server.kill_before)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.wfile.flush()
        self.server.kill(self.server.kill_after)

    def log_message(self, format: str, *args: object) -> None:
        pass

    def handle(self) -> None:
        with suppress(ConnectionError):
            super().handle()


@pytest.fixture
def receiver() -> Generator[Receiver]:
    with Receiver() as receiver:
        thread = threading.Thread(target=receiver.serve_forever)
        thread.start()
        yield receiver
        receiver.shutdown()
        thread.join()


def test_no_message_is_lost_and_each_keeps_its_key(tmp_path: Path, receiver: Receiver) -> None:
    receiver.kill_before, receiver.kill_after = {1, 4}, {6}
    db_path = tmp_path / "messages.db"
    url = f"http://127.0.0.1:{receiver.server_address[1]}"
    name = HTTPMessenger(url).name
    messages = [Message(content=f'{{"n": {n}}}') for n in range(N_MESSAGES)]
    with closing(SqliteMessageStore(db_path)) as store:
        for message in messages:
            store.store_message(message)
        n_runs = 0
        while store.count_undelivered([name]) and (n_runs := n_runs + 1) < 10:
            command = [sys.executable, "-c", SENDER, str(db_path), url]
            receiver.sender = subprocess.Popen(command)
            receiver.sender.wait(60)
        assert store.count_undelivered([name]) == 0
    assert set(receiver.seen) == {(str(each.id), each.content) for each in messages}
    # A receiver that goes by the key counts each once, though three were on their way twice.
    assert N_MESSAGES < len(receiver.seen) <= N_MESSAGES + 3
