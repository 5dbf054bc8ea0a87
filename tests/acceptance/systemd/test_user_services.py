"""A deployment under a real systemd of a user."""

from collections.abc import Callable
from pathlib import Path

import pytest

from acoupi.system import (
    Settings,
    get_status,
    restart_workers,
    setup_program,
    start_program,
    stop_program,
    stop_workers,
)
from acoupi.system.lifecycle import RunMode
from acoupi.system.services import (
    ServiceStatus,
    get_acoupi_beat_service_status,
    get_acoupi_service_status,
    uninstall_services,
)
from acoupi.system.supervisor.locks import holders
from acoupi.system.systemctl import run_systemctl

Wait = Callable[..., None]
PROGRAM = Path(__file__).parents[2] / "integration" / "system" / "tiny_program.py"


@pytest.fixture
def settings() -> Settings:
    settings = Settings(stop_timeout_s=20)
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    (settings.home / "tiny_program.py").write_bytes(PROGRAM.read_bytes())
    return settings


@pytest.fixture
def trace(settings: Settings) -> Path:
    return settings.home / "trace"


def deploy(settings: Settings, trace: Path) -> RunMode:
    setup_program(settings, "tiny_program", ["--trace", str(trace)])
    return start_program(settings, "lake").mode


def ticks(trace: Path) -> int:
    return trace.read_text().count("tick") if trace.exists() else 0


def is_active(settings: Settings) -> bool:
    status = {get_acoupi_service_status(settings), get_acoupi_beat_service_status(settings)}
    return status == {ServiceStatus.ACTIVE}


def main_pid(unit: str) -> int:
    return int(run_systemctl(["show", "--property=MainPID", "--value", unit]))


def records_again(settings: Settings, trace: Path, wait_until: Wait) -> None:
    wait_until(lambda: is_active(settings), timeout_s=15)
    before = ticks(trace)
    wait_until(lambda: ticks(trace) > before + 2, timeout_s=15)


def test_a_deployment_runs_as_services_and_stops_without_a_trace(
    settings: Settings, trace: Path, wait_until: Wait
) -> None:
    assert deploy(settings, trace) is RunMode.SYSTEMD
    records_again(settings, trace, wait_until)

    status = get_status(settings)
    assert status.services.acoupi is status.services.beat is ServiceStatus.ACTIVE
    assert status.supervisor.pid == main_pid("acoupi.service")
    shown = run_systemctl(["show", "--property=StatusText", "--value", "acoupi.service"])
    assert shown.strip() == "running: recording, detection"
    assert run_systemctl(["is-enabled", "acoupi.service"]).strip() == "enabled"

    stop_program(settings)

    assert get_acoupi_service_status(settings) is ServiceStatus.INACTIVE
    assert get_acoupi_beat_service_status(settings) is ServiceStatus.INACTIVE
    assert holders(settings.lock_file) | holders(settings.beat_lock_file) == set()
    assert run_systemctl(["is-enabled", "acoupi.service"], check=False).strip() == "disabled"
    uninstall_services(settings)
    assert get_acoupi_service_status(settings) is ServiceStatus.UNINSTALLED


def test_workers_that_are_stopped_by_hand_stay_stopped(
    settings: Settings, trace: Path, wait_until: Wait
) -> None:
    deploy(settings, trace)

    restart_workers(settings)
    records_again(settings, trace, wait_until)

    assert stop_workers(settings)
    assert holders(settings.lock_file) == set()
    assert get_acoupi_service_status(settings) is ServiceStatus.INACTIVE
    assert not stop_workers(settings)
    stop_program(settings)
