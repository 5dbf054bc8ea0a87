import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from acoupi.errors import ServiceError
from acoupi.system import Settings
from acoupi.system.services import (
    ServiceStatus,
    get_acoupi_beat_service_status,
    get_acoupi_service_status,
    get_user_unit_dir,
    install_services,
    services_are_installed,
    start_services,
    uninstall_services,
)


def test_units_are_installed_and_removed(settings: Settings, tmp_path: Path) -> None:
    install_services(settings, tmp_path)
    assert services_are_installed(settings, tmp_path)

    uninstall_services(settings, tmp_path)
    assert not services_are_installed(settings, tmp_path)


def test_without_units_nothing_is_asked_of_systemd(settings: Settings) -> None:
    assert get_acoupi_service_status(settings) is ServiceStatus.UNINSTALLED
    assert get_acoupi_beat_service_status(settings) is ServiceStatus.UNINSTALLED
    with pytest.raises(ServiceError, match="not installed"):
        start_services(settings)


def test_the_units_of_another_sensor_are_left_alone(tmp_path: Path) -> None:
    first, second = Settings(home=tmp_path / "first"), Settings(home=tmp_path / "second")
    first.home.mkdir()
    install_services(first, tmp_path)

    with pytest.raises(ServiceError, match=str(first.home)):
        install_services(second, tmp_path)
    assert not services_are_installed(second, tmp_path)

    first.home.rmdir()
    install_services(second, tmp_path)
    assert services_are_installed(second, tmp_path)


def test_units_are_where_the_user_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    assert get_user_unit_dir() == tmp_path / "systemd" / "user"


@pytest.mark.parametrize("name", ["home", "a home with 100% \"blanks'"])
def test_systemd_finds_nothing_wrong_with_the_units(
    tmp_path: Path, requires: Callable[..., None], name: str
) -> None:
    requires(shutil.which("systemd-analyze"), "systemd-analyze", "apt-get install systemd")
    install_services(Settings(home=tmp_path / name), tmp_path)

    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", "--man=no", *tmp_path.glob("*.service")],
        env={"PATH": "/usr/bin:/bin", "XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
