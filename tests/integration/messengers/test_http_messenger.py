import logging
import os
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response as Answer

from acoupi.components.messengers import HTTPMessenger
from acoupi.data import Message, ResponseStatus
from acoupi.errors import HealthCheckError

MESSAGE = Message(content='{"species": "Wren \u2713"}')


@pytest.fixture
def refused_url() -> str:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{unused.getsockname()[1]}/messages"


@pytest.fixture
def silent_url() -> Iterator[str]:
    """Accept connections, and never answer."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/messages"


@pytest.fixture
def broken_url() -> Iterator[str]:
    """Accept connections, and hang up."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_hang_up, args=(server,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/messages"
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def _hang_up(server: socket.socket) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        connection.recv(1)
        connection.close()


def test_a_message_is_posted_as_it_is_with_its_id(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/messages", method="POST").respond_with_data("thanks", status=201)
    messenger = HTTPMessenger(
        httpserver.url_for("/messages"),
        base_params={"device": "a b"},
        headers={"Authorization": "Bearer key"},
    )
    response = messenger.send_message(MESSAGE)

    ((request, _),) = httpserver.log
    assert request.get_data() == str(MESSAGE.content).encode()
    assert request.headers["Idempotency-Key"] == str(MESSAGE.id)
    assert request.headers["Authorization"] == "Bearer key"
    assert request.headers["Content-Type"] == "application/json"
    assert request.args.to_dict() == {"device": "a b"}
    assert (response.status, response.content) == (ResponseStatus.SUCCESS, "thanks")
    assert response.message == MESSAGE


def test_bytes_are_posted_as_they_are(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/", method="POST").respond_with_data()
    messenger = HTTPMessenger(httpserver.url_for("/"), content_type="application/octet-stream")
    assert messenger.send_message(Message(content=b"\x00\xff")).status == ResponseStatus.SUCCESS
    ((request, _),) = httpserver.log
    assert request.get_data() == b"\x00\xff"
    assert request.headers["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (200, ResponseStatus.SUCCESS),
        (204, ResponseStatus.SUCCESS),
        (400, ResponseStatus.FAILED),
        (404, ResponseStatus.FAILED),
        (422, ResponseStatus.FAILED),
        (408, ResponseStatus.ERROR),
        (425, ResponseStatus.ERROR),
        (429, ResponseStatus.ERROR),
        (500, ResponseStatus.ERROR),
        (503, ResponseStatus.ERROR),
    ],
)
def test_the_answer_decides_the_status(
    httpserver: HTTPServer, code: int, status: ResponseStatus
) -> None:
    httpserver.expect_request("/").respond_with_data("" if code == 204 else "why", status=code)
    response = HTTPMessenger(httpserver.url_for("/")).send_message(MESSAGE)
    assert response.status == status
    if status != ResponseStatus.SUCCESS:
        assert response.content == f"{code} why"


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_login_page_does_not_swallow_a_message(httpserver: HTTPServer, code: int) -> None:
    login = {"Location": httpserver.url_for("/login")}
    httpserver.expect_request("/messages").respond_with_data("", status=code, headers=login)
    httpserver.expect_request("/login").respond_with_data("please log in")
    response = HTTPMessenger(httpserver.url_for("/messages")).send_message(MESSAGE)
    assert response.status == ResponseStatus.ERROR
    assert [request.path for request, _ in httpserver.log] == ["/messages"]


def test_a_refused_port_is_an_error(refused_url: str) -> None:
    response = HTTPMessenger(refused_url).send_message(MESSAGE)
    assert response.status == ResponseStatus.ERROR
    assert "refused" in str(response.content)


def test_a_host_that_does_not_exist_is_an_error() -> None:
    response = HTTPMessenger("http://nowhere.invalid/").send_message(MESSAGE)
    assert response.status in {ResponseStatus.ERROR, ResponseStatus.TIMEOUT}


def test_a_server_that_stays_silent_is_a_timeout(silent_url: str) -> None:
    started = time.monotonic()
    response = HTTPMessenger(silent_url, timeout=0.2).send_message(MESSAGE)
    assert response.status == ResponseStatus.TIMEOUT
    assert time.monotonic() - started < 2


def test_a_server_that_answers_too_late_is_a_timeout(httpserver: HTTPServer) -> None:
    release = threading.Event()

    def answer_late(request: Request) -> Answer:
        release.wait(10)
        return Answer("late")

    httpserver.expect_request("/").respond_with_handler(answer_late)
    response = HTTPMessenger(httpserver.url_for("/"), timeout=0.2).send_message(MESSAGE)
    release.set()
    assert response.status == ResponseStatus.TIMEOUT


def test_a_server_that_hangs_up_is_an_error(broken_url: str) -> None:
    assert HTTPMessenger(broken_url).send_message(MESSAGE).status == ResponseStatus.ERROR


def test_a_long_answer_is_cut(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data("x" * 1_000_000)
    response = HTTPMessenger(httpserver.url_for("/")).send_message(MESSAGE)
    assert response.status == ResponseStatus.SUCCESS
    assert len(str(response.content)) <= 2000


def test_messages_share_a_session_until_the_process_forks(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    httpserver.expect_request("/").respond_with_data("ok")
    messenger = HTTPMessenger(httpserver.url_for("/"))
    parent = messenger._get_session()
    assert messenger.send_message(MESSAGE).status == ResponseStatus.SUCCESS
    assert messenger._get_session() is parent

    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert messenger._get_session() is not parent
    assert messenger.send_message(MESSAGE).status == ResponseStatus.SUCCESS


@pytest.mark.parametrize("code", [200, 204, 405, 404, 500])
def test_the_check_is_content_with_any_answer_and_sends_no_data(
    httpserver: HTTPServer, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    httpserver.expect_request("/messages").respond_with_data("", status=code)
    with caplog.at_level(logging.INFO):
        HTTPMessenger(httpserver.url_for("/messages")).check()
    ((request, _),) = httpserver.log
    assert (request.method, request.get_data()) == ("OPTIONS", b"")
    assert f"answers {code}" in caplog.text


def test_the_check_names_the_url_that_nobody_answers_at(refused_url: str) -> None:
    secret = refused_url.replace("http://", "http://me:secret@") + "?token=secret"
    with pytest.raises(HealthCheckError) as caught:
        HTTPMessenger(secret).check()
    assert refused_url in str(caught.value)
    assert "secret" not in str(caught.value)
    assert caught.value.help is not None


def test_the_check_waits_no_longer_than_the_timeout(silent_url: str) -> None:
    started = time.monotonic()
    with pytest.raises(HealthCheckError, match="nobody answers"):
        HTTPMessenger(silent_url, timeout=0.2).check()
    assert time.monotonic() - started < 2
