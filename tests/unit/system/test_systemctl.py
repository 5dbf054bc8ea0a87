import os
from pathlib import Path

from acoupi.system.linger import lingers, runtime_dir, user_name
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
