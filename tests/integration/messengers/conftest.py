"""A real MQTT broker for each test that asks for one."""

import contextlib
import itertools
import random
import shutil
import socket
import subprocess
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from time import monotonic

import pytest
from paho.mqtt.client import Client, MQTTMessage, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion

START_S = 10


def free_port() -> int:
    """Find a port below those that outgoing connections take while a broker restarts."""
    for port in random.sample(range(20_000, 32_000), 100):
        with socket.socket() as unused, contextlib.suppress(OSError):
            unused.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no free port")


@dataclass
class Broker:
    """A mosquitto in a folder of its own."""

    folder: Path
    port: int = field(default_factory=free_port)
    settings: list[str] = field(default_factory=lambda: ["allow_anonymous true"])
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        config = self.folder / "mosquitto.conf"
        config.write_text(
            "\n".join(["user root", f"listener {self.port} 127.0.0.1", *self.settings]) + "\n"
        )
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(["mosquitto", "-c", str(config)], stderr=log)
        self._wait_until_it_listens()

    def restart(self, *settings: str) -> None:
        """Start again, with other settings if there are any."""
        self.stop()
        self.settings = list(settings) or self.settings
        self.start()

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:  # it was told before it could hear
                self.process.kill()
                self.process.wait()
            self.process = None

    @contextlib.contextmanager
    def listening(self, topic: str = "#", **login: str) -> Generator["SimpleQueue[MQTTMessage]"]:
        """Collect what is published."""
        heard: SimpleQueue[MQTTMessage] = SimpleQueue()
        subscribed: SimpleQueue[int] = SimpleQueue()
        client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv5)
        if login:
            client.username_pw_set(login["username"], login["password"])
        client.on_message = lambda _client, _data, message: heard.put(message)
        client.on_subscribe = lambda _client, _data, mid, _reasons, _properties: subscribed.put(
            mid
        )
        client.on_connect = lambda _client, *_: client.subscribe(topic, qos=1)
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        subscribed.get(timeout=START_S)
        yield heard
        client.disconnect()
        client.loop_stop()

    def _wait_until_it_listens(self) -> None:
        deadline = monotonic() + START_S
        for _ in itertools.count():
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            if monotonic() > deadline:
                raise RuntimeError((self.folder / "log").read_text())


@pytest.fixture
def broker(tmp_path: Path, requires: Callable[[object, str, str], None]) -> Iterator[Broker]:
    """Run a broker that lets everybody in."""
    requires(shutil.which("mosquitto"), "mosquitto", "apt install mosquitto")
    broker = Broker(tmp_path)
    broker.start()
    yield broker
    broker.stop()
