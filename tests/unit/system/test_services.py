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


def test_a_unit_that_acoupi_never_wrote_is_left_alone(settings: Settings, tmp_path: Path) -> None:
    unit = tmp_path / "acoupi.service"
    unit.write_text("[Service]\nExecStart=/usr/local/bin/bats\n")

    with pytest.raises(ServiceError, match="not written by acoupi"):
        install_services(settings, tmp_path)
    uninstall_services(settings, tmp_path)

    assert "bats" in unit.read_text()
    assert [path.name for path in tmp_path.glob("*.service")] == [unit.name]


def test_units_of_an_old_acoupi_are_known_as_those_of_their_home(
    settings: Settings, tmp_path: Path
) -> None:
    for name in ("acoupi.service", "acoupi-beat.service"):
        text = f"[Unit]\nDescription=Acoupi Service\n[Service]\nWorkingDirectory={settings.home}\n"
        (tmp_path / name).write_text(text)

    assert services_are_installed(settings, tmp_path)
    uninstall_services(settings, tmp_path)
    assert not list(tmp_path.glob("*.service"))


def test_links_that_enable_the_units_go_with_them_and_no_others(
    settings: Settings, tmp_path: Path
) -> None:
    install_services(settings, tmp_path)
    wants = tmp_path / "default.target.wants"
    wants.mkdir()
    for name in ("acoupi.service", "acoupi-beat.service", "bats.service"):
        (wants / name).symlink_to(tmp_path / name)

    uninstall_services(settings, tmp_path)

    assert [link.name for link in wants.iterdir()] == ["bats.service"]


def test_a_home_that_systemd_cannot_be_told_of_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match="two") as refused:
        install_services(Settings(home=tmp_path / "two\nlines"), tmp_path)

    assert "ACOUPI_HOME" in (refused.value.help or "")
    assert not list(tmp_path.glob("*.service"))


ODD_NAMES = ["home", "a home with 100% \"blanks'", "ä $HOME [x]* \\z; a=b\\ "]


@pytest.mark.parametrize("name", ODD_NAMES)
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
