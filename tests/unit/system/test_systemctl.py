import os
from collections.abc import Callable
from pathlib import Path

import pytest

from acoupi.system import linger
from acoupi.system.linger import (
    enable_linger,
    enable_linger_command,
    lingers,
    runtime_dir,
    user_name,
)
from acoupi.system.systemctl import environment_for


def bus_of(directory: Path) -> str:
    return f"unix:path={directory}/bus"


def test_without_a_runtime_directory_ours_is_named(tmp_path: Path) -> None:
    found = environment_for({"PATH": "/bin"}, tmp_path)

    assert found == {
        "PATH": "/bin",
        "XDG_RUNTIME_DIR": str(tmp_path),
        "DBUS_SESSION_BUS_ADDRESS": bus_of(tmp_path),
    }


def test_one_that_is_ours_is_believed(tmp_path: Path) -> None:
    chosen = {"XDG_RUNTIME_DIR": str(tmp_path), "DBUS_SESSION_BUS_ADDRESS": "unix:path=/x"}

    assert environment_for(chosen, tmp_path / "other") == chosen


def test_that_of_somebody_else_is_not(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    if os.getuid() == 0:
        os.chown(theirs, 4321, 4321)
    else:
        theirs = Path("/")

    found = environment_for({"XDG_RUNTIME_DIR": str(theirs)}, tmp_path)

    assert found["XDG_RUNTIME_DIR"] == str(tmp_path)
    assert found["DBUS_SESSION_BUS_ADDRESS"] == bus_of(tmp_path)


def test_one_that_is_gone_is_not_believed_either(tmp_path: Path) -> None:
    found = environment_for({"XDG_RUNTIME_DIR": str(tmp_path / "gone")}, tmp_path)

    assert found["XDG_RUNTIME_DIR"] == str(tmp_path)


def test_where_there_is_none_nothing_is_changed() -> None:
    assert environment_for({"XDG_RUNTIME_DIR": "/gone"}, None) == {"XDG_RUNTIME_DIR": "/gone"}


def test_only_a_folder_of_ours_is_our_runtime_directory(tmp_path: Path) -> None:
    assert runtime_dir(tmp_path) is None

    (tmp_path / str(os.getuid())).mkdir()

    assert runtime_dir(tmp_path) == tmp_path / str(os.getuid())


def test_who_lingers_is_told_from_logind(tmp_path: Path) -> None:
    assert not lingers(tmp_path)

    (tmp_path / user_name()).touch()

    assert lingers(tmp_path)


@pytest.fixture
def loginctl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """``loginctl(script)``: let that be what is called, on a computer that systemd runs."""
    for name in ("BOOTED", "LINGER_DIR"):
        (tmp_path / name).mkdir()
        monkeypatch.setattr(linger, name, tmp_path / name)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    def write(script: str) -> None:
        (tmp_path / "loginctl").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "loginctl").chmod(0o755)

    return write


def test_lingering_is_switched_on_by_name_and_nobody_is_asked(
    loginctl: Callable[[str], None], tmp_path: Path
) -> None:
    loginctl(f'echo "$*" > {tmp_path}/called; touch {tmp_path}/LINGER_DIR/{user_name()}')

    assert enable_linger()

    called = (tmp_path / "called").read_text().strip()
    assert called == f"--no-ask-password enable-linger {user_name()}"


@pytest.mark.parametrize("script", ["echo Access denied >&2; exit 1", "sleep 60"])
def test_where_we_may_not_the_one_command_that_is_missing_is_told(
    loginctl: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    monkeypatch.setattr(linger, "TIMEOUT_S", 0.2)
    loginctl(script)

    assert not enable_linger()
    assert enable_linger_command() == f"sudo loginctl enable-linger {user_name()}"


def test_without_systemd_nothing_is_tried(loginctl: Callable[[str], None], tmp_path: Path) -> None:
    loginctl(f"touch {tmp_path}/called")
    (tmp_path / "BOOTED").rmdir()

    assert not enable_linger()
    assert not (tmp_path / "called").exists()
