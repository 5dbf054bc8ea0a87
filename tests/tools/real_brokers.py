# pyright: basic, reportPrivateImportUsage=false
# Kombu has no type information.
"""Real brokers in folders of their own, to be killed and started again."""

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Generator, Mapping
from pathlib import Path

from kombu import Connection

__all__ = ["RabbitMQ", "Redis", "Server", "find_rabbitmq", "find_redis", "running"]

START_TIMEOUT_S = 60
# Below the ports that the kernel gives to clients: one that reconnects there can meet itself.
PORTS = range(20_000, 32_000)

RABBITMQ_CONFIG = """
loopback_users = none
disk_free_limit.absolute = 1MB
log.console = false
"""


def find_redis() -> Path | None:
    """Return the server of Redis, if it is installed."""
    return _found(shutil.which("redis-server"))


def find_rabbitmq() -> Path | None:
    """Return the server of RabbitMQ; what Debian has on PATH would become another user."""
    return _found("/usr/lib/rabbitmq/bin/rabbitmq-server")


class Server:
    """A server that keeps what it was given, whatever happens to it.

    Parameters
    ----------
    folder
        Where it keeps its data, and logs.
    host
        The address it listens on.
    within
        A command to run it by, such as one that enters a network namespace.
    """

    scheme = ""

    def __init__(
        self, folder: Path, host: str = "127.0.0.1", within: tuple[str, ...] = ()
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.host = host
        self.port = free_port()
        self._within = within
        self._processes: list[subprocess.Popen[bytes]] = []

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"{self.scheme}://{self.host}:{self.port}//"

    def start(self) -> None:
        """Start it, and return when it answers."""
        self._launch()
        deadline_s = time.monotonic() + START_TIMEOUT_S
        while not self.answers():
            if time.monotonic() > deadline_s or self._processes[-1].poll() is not None:
                raise RuntimeError(f"{self.url} does not answer:\n{self.log()}")
            time.sleep(0.05)

    def answers(self) -> bool:
        """Tell whether it takes connections."""
        with contextlib.suppress(Exception), Connection(self.url) as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=2)
            connection.default_channel.close()
            return True
        return False

    def kill(self) -> None:
        """End it with SIGKILL, with everything it has started."""
        for process in reversed(self._processes):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._processes.clear()

    def log(self) -> str:
        """Return what it said."""
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("*.log")))

    def _launch(self) -> None:
        raise NotImplementedError

    def _run(self, *command: str | Path, env: Mapping[str, str] | None = None) -> None:
        """Start a process that ends with this one."""
        with (self.folder / "server.log").open("ab") as log:
            process = subprocess.Popen(
                [*self._within, "setpriv", "--pdeathsig", "KILL", *command],
                cwd=self.folder,
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._processes.append(process)


class Redis(Server):
    """Redis that appends every change to a file, and flushes it each second."""

    scheme = "redis"

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"redis://{self.host}:{self.port}/0"

    def _launch(self) -> None:
        address = ["--bind", self.host, "--port", str(self.port), "--protected-mode", "no"]
        keeping = ["--dir", str(self.folder), "--appendonly", "yes", "--save", ""]
        full = ["--maxmemory-policy", "noeviction"]
        self._run("redis-server", *address, *keeping, *full)


class RabbitMQ(Server):
    """RabbitMQ, with the daemon that tells its nodes where they are."""

    scheme = "amqp"

    def __init__(
        self, folder: Path, host: str = "127.0.0.1", within: tuple[str, ...] = ()
    ) -> None:
        super().__init__(folder, host, within)
        self._node = f"acoupi{self.port}@localhost"
        (folder / "rabbitmq.conf").write_text(RABBITMQ_CONFIG)
        (folder / "plugins").write_text("[].\n")

    def _launch(self) -> None:
        env = self._environment()
        server = find_rabbitmq()
        if server is None:
            raise FileNotFoundError("rabbitmq-server")
        self._run("epmd", "-address", "127.0.0.1", "-port", env["ERL_EPMD_PORT"])
        self._run(server, env=env)

    def _environment(self) -> dict[str, str]:
        epmd, distribution = free_port(), free_port()
        return {
            "HOME": str(self.folder),  # of the cookie
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(epmd),
            "RABBITMQ_DIST_PORT": str(distribution),
            "RABBITMQ_NODENAME": self._node,
            "RABBITMQ_NODE_IP_ADDRESS": self.host,
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder),
            "RABBITMQ_PID_FILE": str(self.folder / "pid"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
            # Run by this process itself, not by a shell that waits for it.
            "RABBITMQ_ALLOW_INPUT": "1",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-noinput",
        }


@contextlib.contextmanager
def running(server: Server) -> Generator[Server]:
    """Run a server for as long as the block."""
    try:
        server.start()
        yield server
    finally:
        server.kill()


def free_port() -> int:
    """Return a port that nobody listens on."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("", port))
            return port


def _found(path: str | None) -> Path | None:
    return Path(path) if path and Path(path).exists() else None
