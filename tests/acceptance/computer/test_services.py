"""A sensor under a real systemd: what is killed comes back, also the whole computer."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from computers import HOME, UID, Computer, Sensor

Wait = Callable[..., None]
UNITS = ("acoupi.service", "acoupi-beat.service")
REBOOT_S = 10


def properties(sensor: Sensor, unit: str) -> dict[str, str]:
    shown = sensor.systemctl("show", unit).splitlines()
    return dict(line.split("=", 1) for line in shown if "=" in line)


def test_a_user_who_never_logged_in_gets_services_that_start_with_the_computer(
    sensor: Sensor,
) -> None:
    assert sensor.computer.root("ls", "/var/lib/systemd/linger").split() == ["bat"]
    for unit in UNITS:
        shown = properties(sensor, unit)
        assert (shown["ActiveState"], shown["UnitFileState"]) == ("active", "enabled")
        assert shown["NRestarts"] == "0"
    assert int(properties(sensor, "acoupi.service")["MainPID"]) == sensor.pid("supervisor")
    journal = sensor.computer.user("journalctl", "--user", "--unit=acoupi*", "--no-pager")
    assert "acoupi[" in journal
    assert "Started acoupi-beat.service - acoupi sensor: schedule." in journal
    assert "Unknown key" not in journal
    queues = sensor.computer.root("readlink", f"{HOME}/run/broker")
    assert queues.startswith(f"/run/user/{UID}/acoupi-")


@pytest.mark.parametrize("runtime_dir", [None, "/run/user/0", "/gone"])
def test_its_systemd_is_found_whatever_runtime_directory_is_named(
    sensor: Sensor, runtime_dir: str | None
) -> None:
    status = sensor.status(runtime_dir=runtime_dir)

    assert status["services"] == {"acoupi": "active", "beat": "active"}
    assert status["health"] == "ok"


@pytest.mark.parametrize("name", ["recording", "default", "beat", "supervisor"])
def test_a_process_that_is_killed_comes_back_and_recording_goes_on(
    sensor: Sensor, wait_until: Wait, name: str
) -> None:
    killed = sensor.pid(name)
    supervisor = sensor.pid("supervisor")

    sensor.kill(name)
    wait_until(lambda: sensor.pid(name) not in {0, killed}, timeout_s=15)

    sensor.records()
    assert (sensor.pid("supervisor") == supervisor) is (name != "supervisor")


def test_a_supervisor_that_hangs_is_replaced(sensor: Sensor, wait_until: Wait) -> None:
    hung = sensor.pid("supervisor")

    sensor.kill("supervisor", "STOP")
    wait_until(lambda: sensor.pid("supervisor") not in {0, hung}, timeout_s=30)

    sensor.records()
    journal = sensor.computer.user("journalctl", "--user", "--unit=acoupi", "--no-pager")
    assert "Watchdog timeout" in journal


def begun_on(sensor: Sensor) -> dt.datetime:
    """Return when the user's systemd was started."""
    shown = sensor.computer.root(
        *("systemctl", "show", f"user@{UID}.service", "--timestamp=us+utc"),
        *("--property=ExecMainStartTimestamp", "--value"),
    )
    moment = shown.strip().removesuffix(" UTC").partition(" ")[2]
    return dt.datetime.fromisoformat(moment).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize("way", ["cut_power_and_boot", "shut_down_and_boot"])
def test_a_deployment_goes_on_soon_after_a_boot(
    sensor: Sensor, wait_until: Wait, way: str
) -> None:
    before = sensor.recordings()

    getattr(sensor.computer, way)()
    booted = dt.datetime.now(dt.UTC)
    wait_until(lambda: _newest(sensor) > booted, timeout_s=30)

    took_s = (_newest(sensor) - begun_on(sensor)).total_seconds()
    assert took_s < REBOOT_S
    assert sensor.recordings() > before
    assert sensor.status()["deployment"]["name"] == "lake"
    sensor.records()


def _newest(sensor: Sensor) -> dt.datetime:
    return dt.datetime.fromisoformat(sensor.newest()[1]).replace(tzinfo=dt.UTC)


def test_stopped_it_stays_stopped_and_uninstalled_only_the_data_stay(sensor: Sensor) -> None:
    count = sensor.recordings()
    sensor.acoupi("deployment", "stop")
    for unit in UNITS:
        shown = properties(sensor, unit)
        assert (shown["ActiveState"], shown["UnitFileState"]) == ("inactive", "disabled")
        assert shown["Result"] == "success"

    told = sensor.acoupi("uninstall", "--yes")

    assert "removed    services, 2 files" in told
    assert sensor.recordings() >= count
    assert properties(sensor, "acoupi.service")["LoadState"] == "not-found"
    assert "removed" not in sensor.acoupi("uninstall", "--yes")
    sensor.acoupi("uninstall", "--yes", "--purge", "all")
    left = sensor.computer.root("find", "/home/bat", "/dev/shm", "-mindepth", "1", "-type", "f")
    skeleton = {path.name for path in Path("/etc/skel").iterdir()}
    ours = [path for path in map(Path, left.splitlines()) if path.name not in skeleton]
    assert [path.name for path in ours] == ["quick.conf"]


def test_a_user_who_may_not_linger_is_told_the_one_command_that_is_missing(
    computer: Computer,
) -> None:
    home = "/home/moth/.acoupi"
    start = ("deployment", "start", "--name", "heath", "--no-check")

    def acoupi(*args: str) -> str:
        done = computer.acoupi("moth", home, *args)
        return done.stdout.decode() + done.stderr.decode()

    computer.root("useradd", "--create-home", "moth")
    computer.root("chmod", "700", "/usr/bin/loginctl")
    acoupi("setup", "--program", "acoupi.programs.test", "--no-prompt")
    told = acoupi(*start)
    computer.root("chmod", "755", "/usr/bin/loginctl")
    _, _, command = told.partition("run once, then stop and start the deployment: sudo ")
    assert command.strip() == "loginctl enable-linger moth"

    computer.root(*command.split())
    acoupi("deployment", "stop")
    assert "no systemd" not in acoupi(*start)
    ask = ("systemctl", "--user", "--machine=moth@", "is-active", *UNITS)
    assert set(computer.root(*ask).split()) == {"active"}

    acoupi("uninstall", "--yes", "--purge", "all")
    assert computer.root("find", "/home/moth", "-name", "*acoupi*", "!", "-name", "*.d") == ""
