import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from acoupi.components.messengers import MQTTMessenger, MQTTTransport
from acoupi.data import Message, MessageType, ResponseStatus
from acoupi.errors import HealthCheckError

DETECTION = Message(content='{"species": "Wren ✓"}', message_type=MessageType.DETECTION)
HEARTBEAT = Message(content=b"\x00\xff", message_type=MessageType.HEARTBEAT)
UNTYPED = Message(content="{}")
TOPIC = "wood/box-7"
WAIT_S = 5


@pytest.fixture
def messenger(broker: Any) -> Iterator[MQTTMessenger]:
    with closing(MQTTMessenger("127.0.0.1", TOPIC, port=broker.port)) as messenger:
        yield messenger


def password_file(folder: Path, **passwords: str) -> str:
    path = folder / "passwords"
    path.touch(mode=0o600)
    for user, password in passwords.items():
        subprocess.run(
            ["mosquitto_passwd", "-b", str(path), user, password], check=True, capture_output=True
        )
    return f"password_file {path}"


def test_a_message_is_published_as_it_is(broker: Any, messenger: MQTTMessenger) -> None:
    with broker.listening() as heard:
        response = messenger.send_message(DETECTION)
        message = heard.get(timeout=WAIT_S)
    assert response.status == ResponseStatus.SUCCESS
    assert response.message == DETECTION
    assert (message.topic, message.qos) == (TOPIC, 1)
    assert message.payload == str(DETECTION.content).encode()


def test_the_topic_ends_with_the_message_type_when_asked(broker: Any) -> None:
    messenger = MQTTMessenger("127.0.0.1", TOPIC, port=broker.port, use_message_type=True)
    with closing(messenger), broker.listening() as heard:
        for message in (DETECTION, HEARTBEAT, UNTYPED):
            assert messenger.send_message(message).status == ResponseStatus.SUCCESS
        topics = [heard.get(timeout=WAIT_S).topic for _ in range(3)]
    assert topics == [f"{TOPIC}/detection", f"{TOPIC}/heartbeat", TOPIC]


def test_many_messages_use_one_connection(broker: Any, messenger: MQTTMessenger) -> None:
    connections = set[int]()
    with broker.listening() as heard:
        for n in range(50):
            assert messenger.send_message(Message(content=str(n))).status == ResponseStatus.SUCCESS
            connections.add(id(messenger._connect()))
        payloads = [heard.get(timeout=WAIT_S).payload for _ in range(50)]
    assert payloads == [str(n).encode() for n in range(50)]
    assert len(connections) == 1


def test_a_broker_that_is_down_is_an_error_until_it_is_back(
    broker: Any, messenger: MQTTMessenger
) -> None:
    broker.stop()
    response = messenger.send_message(DETECTION)
    assert response.status == ResponseStatus.ERROR
    assert "refused" in str(response.content)
    broker.start()
    assert messenger.send_message(DETECTION).status == ResponseStatus.SUCCESS


def test_a_connection_that_broke_is_opened_again(
    broker: Any, messenger: MQTTMessenger, wait_until: Any
) -> None:
    assert messenger.send_message(DETECTION).status == ResponseStatus.SUCCESS
    connection = messenger._connect()
    broker.restart()
    wait_until(lambda: not connection.is_open)
    assert messenger.send_message(DETECTION).status == ResponseStatus.SUCCESS


def test_a_broker_that_hangs_is_a_timeout(broker: Any, messenger: MQTTMessenger) -> None:
    messenger.timeout = 0.3
    assert messenger.send_message(DETECTION).status == ResponseStatus.SUCCESS
    os.kill(broker.process.pid, signal.SIGSTOP)
    try:
        assert messenger.send_message(DETECTION).status == ResponseStatus.TIMEOUT
        assert messenger.send_message(DETECTION).status == ResponseStatus.TIMEOUT
    finally:
        os.kill(broker.process.pid, signal.SIGCONT)
    messenger.timeout = 5
    assert messenger.send_message(DETECTION).status == ResponseStatus.SUCCESS


def test_a_server_that_never_speaks_is_a_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with closing(MQTTMessenger("127.0.0.1", TOPIC, port=port, timeout=0.2)) as messenger:
            started = time.monotonic()
            assert messenger.send_message(DETECTION).status == ResponseStatus.TIMEOUT
            assert time.monotonic() - started < 3


def test_a_wrong_password_is_an_error_that_says_so(broker: Any, tmp_path: Path) -> None:
    broker.restart("allow_anonymous false", password_file(tmp_path, bat="echo"))
    messenger = MQTTMessenger("127.0.0.1", TOPIC, broker.port, username="bat", password="wrong")
    response = messenger.send_message(DETECTION)
    assert response.status == ResponseStatus.ERROR
    assert "Not authorized" in str(response.content)
    with pytest.raises(HealthCheckError, match="Not authorized") as caught:
        messenger.check()
    assert "wrong" not in str(caught.value)


def test_the_right_password_is_let_in(broker: Any, tmp_path: Path) -> None:
    broker.restart("allow_anonymous false", password_file(tmp_path, bat="echo"))
    messenger = MQTTMessenger("127.0.0.1", TOPIC, broker.port, username="bat", password="echo")
    with closing(messenger):
        messenger.check()
        assert messenger.send_message(DETECTION).status == ResponseStatus.SUCCESS


def test_a_topic_that_is_not_ours_is_refused_for_good(broker: Any, tmp_path: Path) -> None:
    acl = tmp_path / "acl"
    acl.write_text("topic readwrite ours/#\n")
    acl.chmod(0o600)
    broker.restart("allow_anonymous true", f"acl_file {acl}")
    for topic, status in [("theirs", ResponseStatus.FAILED), ("ours/x", ResponseStatus.SUCCESS)]:
        with closing(MQTTMessenger("127.0.0.1", topic, broker.port)) as messenger:
            assert messenger.send_message(DETECTION).status == status
            assert messenger.send_message(DETECTION).status == status


@pytest.mark.parametrize(
    ("limit", "refusals"),
    [
        ("max_packet_size 1000", {ResponseStatus.FAILED}),
        ("message_size_limit 1000", {ResponseStatus.FAILED, ResponseStatus.ERROR}),
    ],
)
def test_a_message_that_is_too_large_is_never_a_success(
    broker: Any, limit: str, refusals: set[ResponseStatus]
) -> None:
    broker.restart("allow_anonymous true", limit)
    with closing(MQTTMessenger("127.0.0.1", TOPIC, broker.port, timeout=1)) as messenger:
        large = Message(content="x" * 5_000)
        assert messenger.send_message(large).status in refusals
        assert messenger.send_message(DETECTION).status == ResponseStatus.SUCCESS


def test_a_socket_file_carries_messages(broker: Any, tmp_path: Path) -> None:
    path = tmp_path / "mqtt.sock"
    broker.restart("allow_anonymous true", f"listener 0 {path}", "allow_anonymous true")
    messenger = MQTTMessenger(str(path), TOPIC, transport=MQTTTransport.UNIX)
    with closing(messenger), broker.listening() as heard:
        assert messenger.send_message(DETECTION).status == ResponseStatus.SUCCESS
        assert heard.get(timeout=WAIT_S).topic == TOPIC


def test_a_websocket_carries_messages(broker: Any) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    broker.restart("allow_anonymous true", f"listener {port} 127.0.0.1", "protocol websockets")
    messenger = MQTTMessenger("127.0.0.1", TOPIC, port, transport="websockets")
    with closing(messenger), broker.listening() as heard:
        assert messenger.send_message(DETECTION).status == ResponseStatus.SUCCESS
        assert heard.get(timeout=WAIT_S).topic == TOPIC


def test_the_check_finds_the_broker_and_publishes_nothing(
    broker: Any, messenger: MQTTMessenger
) -> None:
    with broker.listening() as heard:
        messenger.check()
        assert messenger.send_message(UNTYPED).status == ResponseStatus.SUCCESS
        assert heard.get(timeout=WAIT_S).payload == b"{}"
    assert heard.empty()


def test_the_check_names_the_broker_that_is_not_there(
    broker: Any, messenger: MQTTMessenger
) -> None:
    broker.stop()
    with pytest.raises(HealthCheckError, match=f"127.0.0.1:{broker.port}.*refused") as caught:
        messenger.check()
    assert caught.value.help is not None


def test_a_forked_process_opens_a_connection_of_its_own(
    broker: Any, messenger: MQTTMessenger, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert messenger.send_message(UNTYPED).status == ResponseStatus.SUCCESS
    parents = messenger._connect()
    with monkeypatch.context() as forked:
        forked.setattr(os, "getpid", lambda: -1)
        assert messenger.send_message(UNTYPED).status == ResponseStatus.SUCCESS
        assert messenger._connect() is not parents
        messenger.close()
    assert parents.is_open
    parents.close()


def make_certificate(folder: Path) -> tuple[Path, Path]:
    certificate, key = folder / "cert.pem", folder / "key.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=broker"
    name = "subjectAltName=IP:127.0.0.1"
    subprocess.run(
        [*command.split(), "-addext", name, "-out", str(certificate), "-keyout", str(key)],
        check=True,
        capture_output=True,
    )
    return certificate, key


# paho leaves the socket of a failed handshake to the garbage collector
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_tls_needs_a_certificate_that_is_trusted(
    broker: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = make_certificate(tmp_path)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    broker.restart(
        "allow_anonymous true",
        f"listener {port} 127.0.0.1",
        f"certfile {certificate}",
        f"keyfile {key}",
    )
    with closing(MQTTMessenger("127.0.0.1", TOPIC, port, use_tls=True)) as messenger:
        response = messenger.send_message(DETECTION)
        assert response.status == ResponseStatus.ERROR
        assert "certificate verify failed" in str(response.content)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert messenger.send_message(DETECTION).status == ResponseStatus.SUCCESS
