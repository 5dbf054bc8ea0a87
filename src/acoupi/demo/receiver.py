"""A small HTTP server that takes messages and remembers how often each came."""

import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

__all__ = ["Receiver"]


class Receiver:
    """The far side of the demo: takes every POST, and counts them by message.

    Use it as a context manager; it listens on a free port of this computer.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    @property
    def n_messages(self) -> int:
        """How many different messages came."""
        return len(self.counts)

    @property
    def n_repeats(self) -> int:
        """How many came that had come before."""
        return self.counts.total() - len(self.counts)

    def __enter__(self) -> "Receiver":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        counts = self.counts

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                counts[self.headers.get("Idempotency-Key") or body.decode()] += 1
                self.answer(200)

            def do_HEAD(self) -> None:
                self.answer(204)

            def do_OPTIONS(self) -> None:
                self.answer(204)

            def answer(self, status: int) -> None:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler
