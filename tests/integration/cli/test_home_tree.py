"""What a set-up writes, and where."""

import os
import subprocess
import sys
from pathlib import Path

ACOUPI = (sys.executable, "-m", "acoupi")
TREE = {
    "app.py": 0o644,
    "bin/acoupi-beat.sh": 0o755,
    "bin/acoupi-workers-restart.sh": 0o755,
    "bin/acoupi-workers-start.sh": 0o755,
    "bin/acoupi-workers-stop.sh": 0o755,
    "config/celery.json": 0o600,
    "config/env": 0o600,
    "config/history/000001.json": 0o600,
    "config/name": 0o644,
    "config/program.json": 0o600,
}


def everything_below(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


def test_a_set_up_writes_the_tree_of_a_home_and_nothing_elsewhere(tmp_path: Path) -> None:
    person, home = tmp_path / "person", tmp_path / "some" / "where"
    person.mkdir()
    options = {
        "microphone.device_name": "default",
        "messaging.http.base_url": "http://127.0.0.1:9/heard",
        "messaging.http.timeout": "7",
        "paths.tmp_audio": str(tmp_path / "tmp"),
    }
    flags = [word for key, value in options.items() for word in (f"--{key}", value)]
    subprocess.run(
        [*ACOUPI, "setup", "--no-prompt", "--program", "acoupi.programs.connected", *flags],
        env=os.environ | {"ACOUPI_HOME": str(home), "HOME": str(person)},
        cwd=person,
        check=True,
        capture_output=True,
    )
    written = {path: path.stat().st_mode & 0o777 for path in everything_below(home)}
    files = {str(path.relative_to(home)): mode for path, mode in written.items() if path.is_file()}
    assert files == TREE
    assert {path.name for path in home.iterdir()} == {"app.py", "bin", "config", "log", "run"}
    assert home.stat().st_mode & 0o777 == 0o700
    assert everything_below(person) == set()
    assert {path.name for path in tmp_path.iterdir()} == {"person", "some"}
