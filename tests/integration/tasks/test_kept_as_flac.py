"""Recordings that become FLAC when they are kept, whatever happens meanwhile."""

import subprocess
import sys
from pathlib import Path

TOOL = Path(__file__).parents[2] / "tools" / "cut_keeping.py"


def test_a_process_killed_at_any_line_leaves_the_sound_once_and_whole(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, str(TOOL), str(tmp_path), "7"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) > 20
