from collections.abc import Callable, Iterator

import pytest

from acoupi._clock import monotonic_s
from acoupi._systemd import NotifySocket
from acoupi.system import Settings
from acoupi.system.supervisor.children import Child
from acoupi.system.supervisor.readiness import Readiness
from acoupi.system.supervisor.reports import Reporter
from acoupi.system.supervisor.run_files import RunFiles

MakeChild = Callable[..., Child]


@pytest.fixture
def systemd(monkeypatch: pytest.MonkeyPatch) -> Iterator[NotifySocket]:
    socket = NotifySocket()
    monkeypatch.setenv("NOTIFY_SOCKET", socket.address)
    monkeypatch.setenv("WATCHDOG_USEC", "1")
    yield socket
    socket.close()


def heard(systemd: NotifySocket) -> dict[str, str]:
    """Return all that was said by now."""
    said: dict[str, str] = {}
    while news := systemd.receive(0.01):
        said |= news
    return said


def reporter(settings: Settings) -> Reporter:
    settings.run_dir.mkdir(parents=True)
    readiness = Readiness(proven=False, started_s=0.0, patience_s=30.0)
    return Reporter(RunFiles(settings), readiness, lambda: None)


@pytest.mark.parametrize("state", ["running", "starting", "dying", "given up"])
def test_systemd_hears_that_we_turn_whatever_a_child_is_at(
    settings: Settings, systemd: NotifySocket, make_child: MakeChild, state: str
) -> None:
    reporter(settings).report([make_child("recording"), make_child("detection", state)])

    assert "WATCHDOG" in heard(systemd)


def test_systemd_hears_nothing_while_a_child_outlives_its_end(
    settings: Settings, systemd: NotifySocket, make_child: MakeChild
) -> None:
    stuck = make_child("detection")
    stuck.killed_s = monotonic_s() - 60

    reporter(settings).report([make_child("recording"), stuck])

    assert "STATUS" in (said := heard(systemd))
    assert "WATCHDOG" not in said
