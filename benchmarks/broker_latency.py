# pyright: basic, reportPrivateImportUsage=false
"""Compare the embedded broker with Kombu's own local ones, in one run.

Every figure comes from the same machine within the same minute, so the ratios
mean something where the milliseconds do not. The consumer is a process of its
own, except for the memory transport, which reaches no further than its own.

    python benchmarks/broker_latency.py [--messages N]
"""

import argparse
import multiprocessing
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from kombu import Connection

from acoupi import broker

Connect = Callable[[], Connection]

PAUSE_S = 0.02  # so that the consumer is waiting, not just about to look


def embedded(folder: Path) -> Connection:
    """Open the embedded broker."""
    broker.register()
    return Connection("embedded://", transport_options={"path": str(folder / "broker.db")})


def filesystem(folder: Path) -> Connection:
    """Open Kombu's folder of files, polled as often as Kombu does."""
    options = {
        "data_folder_in": str(folder / "data"),
        "data_folder_out": str(folder / "data"),
        "control_folder": str(folder / "control"),
    }
    (folder / "data").mkdir(exist_ok=True)
    return Connection("filesystem://", transport_options=options)


def memory(folder: Path) -> Connection:
    """Open Kombu's queue in memory, polled as often as Kombu does."""
    return Connection("memory://")


def consume(connect: Connect, count: int, found: Any) -> None:
    """Receive messages that carry when they were sent; report the delays, in seconds."""
    with connect() as connection:
        queue = connection.SimpleQueue("bench")
        found.put("ready")
        for _ in range(count):
            message = queue.get(timeout=60)
            found.put(time.monotonic() - message.payload)
            message.ack()
        queue.close()


def measure(connect: Connect, count: int, in_process: bool) -> tuple[float, float]:
    """Return the median delay in ms of messages sent one by one, and messages/s of a burst."""
    context = multiprocessing.get_context("spawn")
    found: Any = context.Queue()
    start = threading.Thread if in_process else context.Process
    consumer = start(target=consume, args=(connect, 2 * count, found))
    consumer.start()
    found.get()
    with connect() as connection:
        queue = connection.SimpleQueue("bench")
        delays_s: list[float] = []
        for _ in range(count):
            time.sleep(PAUSE_S)
            queue.put(time.monotonic())
            delays_s.append(found.get())
        begun_s = time.monotonic()
        for _ in range(count):
            queue.put(time.monotonic())
        for _ in range(count):
            found.get()
        rate_hz = count / (time.monotonic() - begun_s)
        queue.close()
    consumer.join()
    return statistics.median(delays_s) * 1000, rate_hz


def main() -> None:
    """Measure each broker and print a table."""
    parser = argparse.ArgumentParser(description="Measure local brokers beside each other.")
    parser.add_argument("--messages", type=int, default=300)
    count = parser.parse_args().messages
    # The polling ones take up to a second a message: a tenth of the messages is enough.
    brokers = [
        (embedded, count, False),
        (filesystem, count // 10, False),
        (memory, count // 10, True),
    ]
    results: dict[str, tuple[float, float]] = {}
    for open_broker, messages, in_process in brokers:
        with tempfile.TemporaryDirectory() as folder:
            connect = partial(open_broker, Path(folder))
            results[open_broker.__name__] = measure(connect, messages, in_process)
    base_ms, base_hz = results["embedded"]
    lines = [f"{'broker':<12}{'median ms':>11}{'ratio':>9}{'messages/s':>12}{'ratio':>9}"]
    lines += [
        f"{name:<12}{ms:>11.2f}{ms / base_ms:>9.1f}{hz:>12.0f}{hz / base_hz:>9.3f}"
        for name, (ms, hz) in results.items()
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
