"""The supervisor in the background: started until it is ready, stopped until it is gone.

A keeper starts it again should it be killed meanwhile.
"""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from acoupi._clock import monotonic_s
from acoupi._systemd import NotifySocket
from acoupi.errors import ServiceError
from acoupi.system.settings import Settings
from acoupi.system.supervisor.keeper import kept
from acoupi.system.supervisor.locks import (
    acquire,
    holders,
    is_held,
    noted_pid,
    supervisor_pid,
    wait_until,
    wait_until_free,
)
from acoupi.system.supervisor.own_log import MAX_LOG_BYTES
from acoupi.system.supervisor.run_files import RESERVED_NAMES, RunFiles

__all__ = ["brings_beat", "start_detached", "stop_detached"]

POLL_S = 0.1
LOG_LINES = 12
STOP_SLACK_S = 15.0

_started: "list[subprocess.Popen[bytes]]" = []
"""Supervisors that this process started; it must reap them if it outlives them."""


def start_detached(settings: Settings, beat: bool = True) -> bool:
    """Start the supervisor in the background, and return when all workers are ready.

    Returns
    -------
    bool
        False if it was running already.

    Raises
    ------
    ServiceError
        If it did not become ready; the message has the end of its log.
    """
    if supervisor_pid(settings) is not None:
        return False
    ready = NotifySocket()
    try:
        process = _spawn(settings, beat, ready.address)
        _started.append(process)
        return _wait_until_ready(settings, process, ready)
    finally:
        ready.close()


def stop_detached(settings: Settings) -> bool:
    """Stop the supervisor, wherever it was started, and return when all processes are gone.

    Returns
    -------
    bool
        False if nothing was running.
    """
    ran = is_held(settings.lock_file)
    while is_held(settings.lock_file) or not _forget(settings):
        _end(settings)
    _reap()
    return ran


def _end(settings: Settings) -> None:
    """Ask to stop who runs, and whoever takes its place meanwhile; then insist."""
    seen: set[int | None] = set()
    asked: set[int] = set()

    def is_free() -> bool:
        if not is_held(settings.lock_file):
            return True
        noted = noted_pid(settings.pid_file("supervisor"))
        if noted not in seen:
            seen.add(noted)
            _ask_to_stop(settings, asked)
        return False

    if not wait_until(is_free, settings.stop_timeout_s + STOP_SLACK_S):
        for each in holders(settings.lock_file):
            _signal(each, signal.SIGKILL)
        wait_until_free(settings.lock_file, STOP_SLACK_S)


def _ask_to_stop(settings: Settings, asked: set[int]) -> None:
    """Ask each process once: a second signal would end it at once, amid its last words."""
    pid = supervisor_pid(settings)
    if pid is None:  # it was killed: its keeper must not start another
        settings.pid_file("supervisor").unlink(missing_ok=True)
    for each in sorted(({pid} if pid else holders(settings.lock_file)) - asked):
        asked.add(each)
        _signal(each, signal.SIGTERM)


def _forget(settings: Settings) -> bool:
    """Remove the notes of processes that were killed; False if one was started again by now."""
    lock = acquire(settings.lock_file)
    if lock is None:
        return False
    try:
        files = RunFiles(settings)
        files.forget_workers()
        files.forget(["supervisor"] if is_held(settings.beat_lock_file) else RESERVED_NAMES)
    finally:
        os.close(lock)
    return True


def brings_beat(settings: Settings) -> bool:
    """Tell whether the supervisor that runs has beat as a child."""
    return noted_pid(settings.pid_file("beat")) in holders(settings.lock_file)


def _spawn(settings: Settings, beat: bool, address: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-P", "-m", "acoupi", "run", *([] if beat else ["--no-beat"])]
    log_path = settings.log_file("supervisor")
    log_path.parent.mkdir(parents=True, exist_ok=True)
    _shorten(log_path)
    with log_path.open("ab") as log:
        return subprocess.Popen(
            kept(command, settings.pid_file("supervisor")),
            cwd=settings.home,
            env=_environment(settings, address),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _environment(settings: Settings, address: str) -> Mapping[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("WATCHDOG_")}
    return kept | {
        "ACOUPI_HOME": str(settings.home),
        "ACOUPI_LOG_LEVEL": settings.log_level,
        "ACOUPI_CELERY_POOL_TYPE": settings.celery_pool_type,
        "ACOUPI_WORKERS": ",".join(settings.workers),
        "NOTIFY_SOCKET": address,
    }


def _wait_until_ready(
    settings: Settings, process: "subprocess.Popen[bytes]", ready: NotifySocket
) -> bool:
    deadline_s = monotonic_s() + settings.start_timeout_s
    while ready.receive(POLL_S).get("READY") != "1":
        if process.poll() == ServiceError.exit_code and supervisor_pid(settings) is not None:
            return False  # a keeper was faster
        if process.poll() is not None:
            raise _not_started(settings, f"it exited with code {process.returncode}")
        if monotonic_s() > deadline_s:
            os.killpg(process.pid, signal.SIGKILL)  # with its keeper
            process.wait()
            wait_until_free(settings.lock_file, STOP_SLACK_S)
            raise _not_started(
                settings, f"it was not ready after {settings.start_timeout_s:.0f} s"
            )
    return True


def _not_started(settings: Settings, why: str) -> ServiceError:
    path = settings.log_file("supervisor")
    lines = path.read_text(errors="replace").splitlines()[-LOG_LINES:]
    return ServiceError(
        "\n  ".join([f"the workers could not be started: {why}", *lines]),
        help=f"see the logs in {settings.log_dir}",
    )


def _reap() -> None:
    for process in _started:
        with contextlib.suppress(subprocess.TimeoutExpired):
            # A lock is free a moment before its last process has ended.
            process.wait(STOP_SLACK_S)
    _started[:] = [process for process in _started if process.poll() is None]


def _shorten(path: Path) -> None:
    if path.exists() and path.stat().st_size > MAX_LOG_BYTES:
        path.replace(path.with_name(path.name + ".1"))


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
    except PermissionError as error:
        raise ServiceError(
            f"process {pid} belongs to another user and cannot be stopped",
            help="run the command as the user who started the sensor",
        ) from error
