# pyright: basic, reportPrivateImportUsage=false, reportOptionalMemberAccess=false
# Celery has no type information.
"""What a program relies on, whichever broker carries its tasks: workers that come and go."""

import json
import random
import signal
import time
from collections.abc import Callable
from typing import Any

from crews import Crew, kill

WaitUntil = Callable[..., None]


def test_tasks_run_results_return_and_what_has_expired_does_not_run(
    crew: Crew, wait_until: WaitUntil
) -> None:
    crew.send("stale", expires=0.1)
    names = [str(n) for n in range(20)]
    for name in names:
        crew.send(name, expires=60)
    crew.start()
    assert crew.result_of("add", 2, 3) == 5
    assert crew.noted("done") == names
    wait_until(lambda: crew.waiting() == 0)


def test_workers_answer_and_stop_when_told(crew: Crew) -> None:
    workers: list[Any] = [crew.start(name) for name in ("a", "b")]
    answers = {"a@test": {"ok": "pong"}, "b@test": {"ok": "pong"}}
    assert first_json(crew.ask("status", "-t1", "--json")) == answers
    crew.app.control.shutdown()
    assert [worker.wait(timeout=20) for worker in workers] == [0, 0]


def test_what_a_killed_worker_ran_or_delayed_is_run_by_another(
    crew: Crew, wait_until: WaitUntil
) -> None:
    victim = crew.start("victim", concurrency=2)
    sent_s = time.time()
    crew.app.send_task("work_app.hang_once", ("work",))
    crew.send("later", countdown=1.5)
    wait_until(lambda: crew.noted("started") and crew.waiting() == 0)
    kill(victim)
    crew.start("other", wait=False)
    wait_until(lambda: set(crew.noted("done")) == {"work", "later"})
    at = dict(zip(crew.noted("started"), crew.noted_at("started"), strict=True))
    assert at["later"] - sent_s > 1.4


def test_workers_killed_at_random_lose_nothing(crew: Crew, wait_until: WaitUntil) -> None:
    chance = random.Random(20)
    names: list[str] = []
    for cycle in range(2):
        worker = crew.start(f"w{cycle}", concurrency=2, wait=False)
        for n in range(10):
            names.append(f"{cycle}-{n}")
            crew.send(names[-1], duration_s=0.05)
        done = len(crew.noted("done"))
        wait_until(lambda done=done: len(crew.noted("done")) > done)
        time.sleep(chance.uniform(0, 0.2))
        kill(worker)
    crew.start("last", concurrency=2, wait=False)
    wait_until(lambda: set(names) <= set(crew.noted("done")))


def test_a_stopped_worker_hands_back_what_it_had_not_begun(
    crew: Crew, wait_until: WaitUntil
) -> None:
    worker = crew.start("first", concurrency=2)
    names = [str(n) for n in range(12)]
    for name in names:
        crew.send(name, duration_s=0.2)
    wait_until(lambda: crew.noted("started"))
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=20) == 0
    assert len(crew.noted("done")) < len(names)
    crew.start("second", concurrency=2, wait=False)
    wait_until(lambda: len(crew.noted("done")) >= len(names))
    assert sorted(crew.noted("done"), key=int) == names


def first_json(text: str) -> Any:
    """Read the answer; how many nodes there are is told after it."""
    return json.JSONDecoder().raw_decode(text.lstrip())[0]
