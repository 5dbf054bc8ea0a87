"""What all tests may use."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no reason to fail: what is measured lies in benchmarks/.
# What random examples find is found at a desk; a gate gives the same answer twice.
settings.register_profile(
    "steady",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=os.environ.get("CI") == "true",
)
settings.load_profile("steady")

REPOSITORY = Path(__file__).parent.parent


def need(present: object, part: str, how: str) -> None:
    """Skip the test when a part is absent; fail when all tests were asked for."""
    if present:
        return
    if os.environ.get("ACOUPI_TEST_ALL") == "1":
        pytest.fail(f"{part} is absent: {how}")
    pytest.skip(f"{part} is absent: {how}")


@pytest.fixture(scope="session", autouse=True)
def hear_interrupts() -> None:
    """Let what the tests start hear Ctrl-C, which a shell in the background ignores."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def requires() -> Callable[[object, str, str], None]:
    """``requires(present, part, how)``: skip, or fail when ``ACOUPI_TEST_ALL=1``."""
    return need


@pytest.fixture(scope="session")
def as_root() -> None:
    """Skip the test for others, or fail when ``ACOUPI_TEST_ALL=1``."""
    need(os.geteuid() == 0, "the right to mount and to give files away", "run the tests as root")


@pytest.fixture(scope="session")
def real_audio() -> Path:
    """The folder of real recordings: ``soundscape.wav`` and ``bats/``."""
    folder = REPOSITORY / "audio"
    need((folder / "soundscape.wav").is_file(), "real audio", "run scripts/fetch-audio")
    return folder


def _wait_until(condition: Callable[[], object], timeout_s: float = 20) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"still not true after {timeout_s:g} s")
        time.sleep(0.01)


@pytest.fixture(scope="session")
def wait_until() -> Callable[..., None]:
    """``wait_until(condition, timeout_s=20)``: wait for what happens in another process."""
    return _wait_until
