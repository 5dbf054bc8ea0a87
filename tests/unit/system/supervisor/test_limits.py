import math

import pytest

from acoupi.programs import AcoupiWorker
from acoupi.system import Settings
from acoupi.system.supervisor.foreground import limits_of
from acoupi.system.supervisor.memory_use import SHARE, machine_mb


@pytest.mark.parametrize(
    ("variable", "own_mb", "expected_mb"),
    [
        ("", None, SHARE * machine_mb()),
        ("700", None, 700),
        ("700", 300, 300),
        ("0", None, math.inf),
        ("700", 0, math.inf),
    ],
)
def test_a_worker_may_have_what_it_says_itself_or_else_what_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, variable: str, own_mb: float | None, expected_mb: float
) -> None:
    monkeypatch.setenv("ACOUPI_WORKER_MEMORY_MB", variable)
    worker = AcoupiWorker(name="detection", memory_mb=own_mb)

    assert limits_of(Settings(), worker).memory_mb == expected_mb


@pytest.mark.parametrize(("pool", "busy_stall_s"), [("threads", 180), ("solo", math.inf)])
def test_a_loop_that_runs_tasks_itself_may_stand_still_while_it_does(
    pool: str, busy_stall_s: float
) -> None:
    settings = Settings(celery_pool_type=pool, hang_timeout_s=60)  # type: ignore[arg-type]

    limits = limits_of(settings, AcoupiWorker(name="detection"))

    assert (limits.stall_s, limits.busy_stall_s) == (60, busy_stall_s)
