# pyright: basic, reportPrivateImportUsage=false
"""Compare the embedded broker with RabbitMQ and Redis, in one run.

Each carries the same tasks to a real Celery worker, with the settings that
acoupi gives it, so RabbitMQ confirms what it was given. Every figure comes from
the same machine within the same minute, so the ratios mean something where the
milliseconds do not. Rounds alternate between the brokers; medians are shown.

    python benchmarks/broker_latency.py [--tasks N] [--rounds N]

The servers are those of Debian (scripts/install-test-parts); one that is absent
is left out.
"""

import argparse
import contextlib
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "tools"))

from crews import Broker, Crew
from real_brokers import RabbitMQ, Redis, find_rabbitmq, find_redis, running

from acoupi import broker

PAUSE_S = 0.02  # so that the worker is waiting, not just about to look
CONCURRENCY = 4
PATIENCE_S = 120


@dataclass(frozen=True)
class Figures:
    """What one round found."""

    delay_ms: float
    late_ms: float
    publish_ms: float
    rate_hz: float


def wait_until(condition: Callable[[], object], timeout_s: float = PATIENCE_S) -> None:
    """Wait, looking often: what is waited for is measured elsewhere."""
    deadline_s = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline_s:
            raise TimeoutError("it did not happen in time")
        time.sleep(0.002)


def measure(broker: Broker, folder: Path, n_tasks: int) -> Figures:
    """Send tasks one by one, and then as many at once."""
    with contextlib.closing(Crew(folder, broker, wait_until)) as crew:
        crew.start(concurrency=CONCURRENCY, log_level="warning")
        for n in range(n_tasks // 5):
            time.sleep(PAUSE_S)
            crew.app.send_task("work_app.note_delay", (time.monotonic(),))
            wait_until(lambda n=n: len(crew.noted("delays")) > n)
        delays_ms = sorted(float(text) * 1000 for text in crew.noted("delays"))
        begun_s = time.monotonic()
        for _ in range(n_tasks):
            crew.app.send_task("work_app.count_to", (n_tasks,))
        published_s = time.monotonic()
        wait_until(lambda: crew.noted("counted"))
        took_s = float(crew.noted("counted")[0]) - begun_s
    return Figures(
        delay_ms=statistics.median(delays_ms),
        late_ms=delays_ms[int(len(delays_ms) * 0.99)],
        publish_ms=(published_s - begun_s) / n_tasks * 1000,
        rate_hz=n_tasks / took_s,
    )


@contextlib.contextmanager
def brokers(folder: Path) -> Generator[dict[str, Broker]]:
    """Run every server that is installed."""
    broker.register()
    found = {"embedded": Broker("embedded://", {"path": str(folder / "run" / "broker.db")})}
    with contextlib.ExitStack() as stack:
        for name, kind, is_there in (
            ("RabbitMQ", RabbitMQ, find_rabbitmq()),
            ("Redis", Redis, find_redis()),
        ):
            if is_there:
                server = stack.enter_context(running(kind(folder / name)))
                found[name] = Broker(server.url)
        yield found


def lines(results: dict[str, list[Figures]]) -> Iterator[str]:
    """Show the medians, and how often the embedded broker's they are."""
    yield f"{'broker':<10}{'ms':>8}{'ratio':>7}{'99 %':>8}{'send ms':>9}{'tasks/s':>9}{'ratio':>7}"
    base = [statistics.median(f.delay_ms for f in results["embedded"])]
    base.append(statistics.median(f.rate_hz for f in results["embedded"]))
    for name, rounds in results.items():
        delay, late, publish, rate = (
            statistics.median(getattr(figures, what) for figures in rounds)
            for what in ("delay_ms", "late_ms", "publish_ms", "rate_hz")
        )
        ratios = delay / base[0], rate / base[1]
        yield (
            f"{name:<10}{delay:>8.2f}{ratios[0]:>7.2f}{late:>8.2f}"
            f"{publish:>9.2f}{rate:>9.0f}{ratios[1]:>7.2f}"
        )


def main() -> None:
    """Measure each broker and print a table."""
    parser = argparse.ArgumentParser(description="Measure brokers beside each other.")
    parser.add_argument("--tasks", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, brokers(Path(folder)) as found:
        results: dict[str, list[Figures]] = {name: [] for name in found}
        for n in range(options.rounds):
            for name, each in found.items():
                crew_folder = Path(folder) / f"{name}-{n}"
                results[name].append(measure(each, crew_folder, options.tasks))
    sys.stdout.write("\n".join(lines(results)) + "\n")


if __name__ == "__main__":
    main()
