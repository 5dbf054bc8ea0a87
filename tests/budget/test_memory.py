"""What a running sensor may take of a small computer's memory."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil

BUDGET_MB = 150
"""Supervisor, beat and three workers with the built-in detector, all in all."""


def processes_of(home: Path) -> list[psutil.Process]:
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("ACOUPI_HOME") == str(home):
                found.append(process)
        except psutil.Error:
            continue
    return found


def test_a_whole_sensor_stays_within_its_memory(
    tmp_path: Path, real_audio: Path, wait_until: Callable[..., None]
) -> None:
    home = tmp_path / "home"
    environment = os.environ | {"ACOUPI_HOME": str(home), "ACOUPI_SUPERVISION": "detached"}

    def acoupi(*args: str) -> None:
        command = [sys.executable, "-m", "acoupi", *args]
        subprocess.run(command, env=environment, check=True, capture_output=True)

    acoupi(
        *("setup", "--program", "acoupi.programs.activity", "--no-prompt"),
        *("--microphone.device_name", f"replay:{real_audio / 'soundscape.wav'}"),
        *("--recording.interval", "3", "--paths.tmp_audio", str(tmp_path / "tmp")),
        *("--recording.schedule_start", "00:00", "--recording.schedule_end", "00:00"),
    )
    acoupi("deployment", "start", "--name", "budget")
    try:
        kept = home / "storages" / "recordings"
        wait_until(lambda: list(kept.rglob("*.wav")), timeout_s=60)
        running = processes_of(home)
        taken_mb = sum(process.memory_full_info().pss for process in running) / 1e6
    finally:
        acoupi("deployment", "stop")
    assert len(running) == 6  # with the shell that keeps the supervisor
    assert taken_mb < BUDGET_MB
    assert processes_of(home) == []
