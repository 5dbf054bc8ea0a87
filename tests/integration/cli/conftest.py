import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

Result = subprocess.CompletedProcess[str]
Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ACOUPI_")}
    return kept | {"ACOUPI_HOME": str(home), "HOME": str(home.parent)} | more


def call(home: Path, *args: str, input: str = "", **env: str) -> Result:
    return subprocess.run(
        [sys.executable, "-m", "acoupi", *args],
        env=environment(home, **env),
        input=input,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def run(home: Path) -> Run:
    """Run the command line in a process of its own, with a home of its own."""
    return partial(call, home)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home that is set up, for tests to copy."""
    home = tmp_path_factory.mktemp("prepared") / "home"
    result = call(
        home,
        *("setup", "--program", "acoupi.programs.connected", "--no-prompt"),
        *("--microphone.device_name", "hw:9,9"),
        *("--paths.tmp_audio", str(home.parent / "tmp")),
        *("--messaging.mqtt.host=localhost", "--messaging.mqtt.password=hushhush"),
    )
    assert result.returncode == 0, result.stderr
    return home


@pytest.fixture
def ready(run: Run, home: Path, prepared: Path) -> Run:
    """Run it in a home that is set up; data of the tests before are not taken along."""
    shutil.copytree(prepared, home, symlinks=True, ignore=shutil.ignore_patterns("storages"))
    return run


@pytest.fixture
def home_with_stores(home: Path, prepared: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set a home up whose databases are beside it, and not made yet."""
    shutil.copytree(prepared, home, symlinks=True, ignore=shutil.ignore_patterns("storages"))
    config = home / "config" / "program.json"
    document = json.loads(config.read_text())
    document["paths"]["db_metadata"] = str(home.parent / "metadata.db")
    document["messaging"]["messages_db"] = str(home.parent / "messages.db")
    config.write_text(json.dumps(document))
    monkeypatch.setenv("ACOUPI_HOME", str(home))
    return home
