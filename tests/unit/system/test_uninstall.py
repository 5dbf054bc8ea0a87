import os
from pathlib import Path

import pytest

from acoupi.audio.privacy.model_file import MODEL_NAME
from acoupi.components.stores.sqlite import SqliteStore
from acoupi.data import Deployment, Recording
from acoupi.errors import ServiceError, StoreError
from acoupi.system import Settings, setup_program
from acoupi.system.belongings import Kind, belongings
from acoupi.system.deployments import start_deployment
from acoupi.system.services import get_user_unit_dir, install_services
from acoupi.system.supervisor.locks import acquire
from acoupi.system.uninstall import plan_uninstallation, uninstall

WAITING = "20260501_220000_9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d.wav"


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """Return a home with all that a sensor leaves, and data beside it."""
    data = tmp_path / "data"
    flags = {
        "microphone.device_name": "hw:9,9",
        "paths.tmp_audio": data / "waiting",
        "paths.recordings": data / "recordings",
        "paths.db_metadata": data / "metadata.db",
        "messaging.messages_db": data / "messages.db",
    }
    args = [word for name, value in flags.items() for word in (f"--{name}", str(value))]
    setup_program(settings, "acoupi.programs.connected", args)
    install_services(settings)
    for path in (
        *(settings.run_dir / name for name in ("supervisor.lock", "beat.pid", "proven")),
        settings.broker_file,
        settings.home / "__pycache__" / "app.cpython-311.pyc",
        settings.log_file("recording"),
        settings.log_dir / "recording.log.1",
        data / "messages.db",
        settings.home / "models" / MODEL_NAME,
        data / "waiting" / WAITING,
        data / "waiting" / f"{WAITING}.private",
        data / "waiting" / ".space.json",
        data / "recordings" / "2026" / "05" / "kept.wav",
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    store = SqliteStore(data / "metadata.db")
    (data / "metadata.db.microphone-0123456789ab.json").write_text("{}")
    deployment = Deployment(name="lake")
    store.store_deployment(deployment)
    kept = data / "recordings" / "2026" / "05" / "kept.wav"
    recording = Recording(path=kept, duration=3, samplerate=48_000, deployment=deployment)
    store.store_recording(recording)
    store.close()
    return settings


def everything_below(*folders: Path) -> set[Path]:
    """Return all but what SQLite keeps beside a database that somebody looks at."""
    found = {path for folder in folders for path in folder.rglob("*")}
    return {path for path in found if not path.name.endswith(("-wal", "-shm"))}


def test_what_was_installed_goes_and_what_was_heard_stays(
    settings: Settings, tmp_path: Path
) -> None:
    data = everything_below(tmp_path / "data")
    config = everything_below(settings.program_config_file.parent)
    logs = everything_below(settings.log_dir)

    uninstall(settings, plan_uninstallation(settings))

    assert everything_below(tmp_path / "data") == data
    left = everything_below(settings.home)
    assert left == config | logs | {settings.log_dir, settings.program_config_file.parent}
    assert not list(get_user_unit_dir().glob("acoupi*"))


def test_the_second_time_there_is_nothing_to_remove(settings: Settings) -> None:
    uninstall(settings, plan_uninstallation(settings))

    plan = plan_uninstallation(settings)

    assert plan.removed == []
    uninstall(settings, plan)


def test_all_of_it_goes_where_all_is_named(settings: Settings, tmp_path: Path) -> None:
    uninstall(settings, plan_uninstallation(settings, set(Kind)))

    assert not settings.home.exists()
    assert everything_below(tmp_path / "data") == set()
    assert plan_uninstallation(settings, set(Kind)).removed == []


@pytest.mark.parametrize("kind", [Kind.CONFIG, Kind.LOGS, Kind.DATA])
def test_only_what_is_named_goes_beside_what_was_installed(settings: Settings, kind: Kind) -> None:
    before = {each.kind: each.files for each in belongings(settings)}

    uninstall(settings, plan_uninstallation(settings, {kind}))

    for other in {Kind.CONFIG, Kind.LOGS, Kind.DATA} - {kind}:
        assert all(path.exists() for path in before[other])
    assert not any(path.exists() for path in before[kind])


def test_files_of_others_stay_wherever_they_lie(settings: Settings, tmp_path: Path) -> None:
    data = tmp_path / "data"
    others = (
        settings.home / "notes.txt",
        settings.home / "bin" / "backup.sh",
        settings.run_dir / "notes.txt",
        settings.broker_dir / "notes.txt",
        settings.log_dir / "notes.txt",
        settings.program_config_file.with_name("notes.txt"),
        data / "waiting" / "song.wav",
        data / "recordings" / "2026" / "song.wav",
        data / "recordings" / WAITING,
        data / "metadata.db.mine",
        get_user_unit_dir() / "bats.service",
    )
    for path in others:
        path.write_text("mine")

    uninstall(settings, plan_uninstallation(settings, set(Kind)))

    assert {path for path in others if path.is_file()} == set(others)


def test_a_folder_that_acoupi_was_never_set_up_in_is_left_alone(tmp_path: Path) -> None:
    files = [tmp_path / "run" / "sshd.pid", tmp_path / "log" / "syslog.log", tmp_path / "app.py"]
    for path in files:
        path.parent.mkdir(exist_ok=True)
        path.touch()
    settings = Settings(home=tmp_path)

    uninstall(settings, plan_uninstallation(settings, set(Kind)))

    assert all(path.is_file() for path in files)


def test_queues_in_memory_go_with_their_folder(settings: Settings, tmp_path: Path) -> None:
    memory = tmp_path / "memory"
    settings.broker_file.unlink()
    settings.broker_dir.rmdir()
    settings.broker_dir.symlink_to(memory)
    memory.mkdir()
    (memory / "broker.db-wal").touch()

    uninstall(settings, plan_uninstallation(settings))

    assert not memory.exists()
    assert not settings.run_dir.exists()


def test_a_sensor_that_runs_is_not_taken_apart(settings: Settings) -> None:
    plan = plan_uninstallation(settings)
    assert acquire(settings.lock_file) is not None

    with pytest.raises(ServiceError, match="runs"):
        uninstall(settings, plan)

    assert settings.beat_script_path.exists()
    assert plan_uninstallation(settings).runs


def test_a_deployment_counts_as_running_though_no_process_does(settings: Settings) -> None:
    start_deployment(settings, "lake")

    assert plan_uninstallation(settings).runs


def test_a_program_that_says_nothing_of_its_data_loses_none(home: Path) -> None:
    settings = Settings()
    setup_program(settings, "acoupi.programs.test")

    kinds = {each.kind for each in belongings(settings)}

    assert kinds == {Kind.INSTALLED, Kind.CONFIG}


def test_a_damaged_database_stops_only_those_who_want_to_lose_it(
    settings: Settings, tmp_path: Path
) -> None:
    for path in (tmp_path / "data").glob("metadata.db*"):
        path.write_bytes(b"\0 no database" * 1000)

    with pytest.raises(StoreError):
        plan_uninstallation(settings, {Kind.DATA})

    uninstall(settings, plan_uninstallation(settings))
    assert (tmp_path / "data" / "metadata.db").exists()


@pytest.mark.usefixtures("as_root")
@pytest.mark.parametrize(("uid", "named"), [(65534, "nobody"), (64_321, "'#64321'")])
def test_the_sensor_of_another_user_is_left_to_them(
    settings: Settings, uid: int, named: str
) -> None:
    os.chown(settings.home, uid, -1)

    with pytest.raises(ServiceError, match="is one of the user") as refused:
        plan_uninstallation(settings)

    assert f"sudo -u {named} env" in (refused.value.help or "")
