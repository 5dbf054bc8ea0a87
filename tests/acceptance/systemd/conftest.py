"""Each test here runs inside, beside a real systemd of a user; see tests/tools.

Outside, a test is only the command that runs it inside.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[3]
TOOL = REPOSITORY / "tests" / "tools" / "user-systemd.sh"
INSIDE = "ACOUPI_TESTS_INSIDE_SYSTEMD"
TIMEOUT_S = 150


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if INSIDE in os.environ:
        return None
    requires = pyfuncitem._request.getfixturevalue("requires")
    requires(os.geteuid() == 0, "the right to make namespaces", "run the tests as root")
    systemd = shutil.which("systemctl") and shutil.which("unshare")
    requires(systemd, "systemd", "apt-get install systemd dbus-user-session util-linux")
    _run_inside(pyfuncitem.nodeid, pyfuncitem._request.getfixturevalue("tmp_path"))
    return True


def _run_inside(test: str, home: Path) -> None:
    pytest_command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test]
    done = subprocess.run(
        [TOOL, "root", "env", f"{INSIDE}=1", *pytest_command],
        cwd=REPOSITORY,
        env=os.environ | {"US_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    if done.returncode:
        pytest.fail(f"inside:\n{done.stdout}", pytrace=False)
