import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Result = subprocess.CompletedProcess[str]
Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def run(home: Path, tmp_path: Path) -> Run:
    """Run the command line in a process of its own, with a home of its own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ACOUPI_", "COVERAGE"))}

    def call(*args: str, input: str = "", **env: str) -> Result:
        return subprocess.run(
            [sys.executable, "-m", "acoupi", *args],
            env=kept | {"ACOUPI_HOME": str(home), "HOME": str(tmp_path)} | env,
            input=input,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return call


@pytest.fixture
def ready(run: Run, home: Path) -> Run:
    """Run it in a home that is set up."""
    result = run(
        "setup", "--program", "acoupi.programs.connected", "--no-prompt",
        "--microphone.device_name", "hw:9,9",
        "--messaging.mqtt.host=localhost", "--messaging.mqtt.password=hushhush",
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return run
