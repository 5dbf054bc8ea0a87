import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from acoupi.errors import (
    ConfigurationError,
    DeploymentError,
    InvalidProgramError,
    NotConfiguredError,
    ProgramNotFoundError,
)
from acoupi.system import (
    Settings,
    get_task_list,
    is_configured,
    load_program,
    run_task,
    setup_program,
    start_deployment,
)
from acoupi.system.tasks import profile_task

Write = Callable[..., str]


def tree(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(folder)): (
            stat.S_IMODE(path.lstat().st_mode),
            path.read_bytes() if path.is_file() else b"",
        )
        for path in sorted(folder.rglob("*"))
    }


def test_set_up_makes_the_whole_home(settings: Settings, write_module: Write) -> None:
    setup_program(settings, write_module("greeter"), ["--name", "bat"])

    files = tree(settings.home)
    assert {name for name, (_, content) in files.items() if content} == {
        "app.py",
        "bin/acoupi-beat.sh",
        "bin/acoupi-workers-restart.sh",
        "bin/acoupi-workers-start.sh",
        "bin/acoupi-workers-stop.sh",
        "config/celery.json",
        "config/env",
        "config/history/000001.json",
        "config/name",
        "config/program.json",
    }
    assert {"log", "run"} <= files.keys()
    assert is_configured(settings)


def test_what_may_hold_secrets_is_for_the_owner_only(
    settings: Settings, write_module: Write
) -> None:
    setup_program(settings, write_module("greeter"), ["--name", "bat"])

    assert stat.S_IMODE(settings.home.stat().st_mode) == 0o700
    for path in (settings.program_config_file, settings.celery_config_file, settings.env_file):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_program_of_a_home_runs_its_tasks(settings: Settings, write_module: Write) -> None:
    setup_program(settings, write_module("greeter"), ["--name", "bat"])

    program = load_program(settings)

    assert get_task_list(program) == ["greet"]
    assert "celery.chain" in get_task_list(program, include_celery_tasks=True)
    assert run_task(program, "greet") == "hello bat"
    assert profile_task(program, "greet").total_calls > 0  # pyright: ignore
    with pytest.raises(ConfigurationError, match="no task 'sing'"):
        run_task(program, "sing")


def test_setting_up_again_changes_no_byte_and_touches_no_file(
    settings: Settings, write_module: Write
) -> None:
    name = write_module("greeter")
    setup_program(settings, name, ["--name", "bat"])
    before = tree(settings.home)
    times = {path: path.stat().st_mtime_ns for path in settings.home.rglob("*") if path.is_file()}

    setup_program(settings, name, ["--name", "bat"])

    assert tree(settings.home) == before
    assert {path: path.stat().st_mtime_ns for path in times} == times


def test_a_celery_file_of_the_owner_is_kept(settings: Settings, write_module: Write) -> None:
    settings.celery_config_file.parent.mkdir(parents=True)
    settings.celery_config_file.write_text('{"broker_url": "amqp://me:secret@lake//"}')

    setup_program(settings, write_module("greeter"), ["--name", "bat"])

    assert "me:secret@lake" in settings.celery_config_file.read_text()


def test_what_the_owner_added_to_the_environment_is_kept(
    settings: Settings, write_module: Write
) -> None:
    name = write_module("greeter")
    setup_program(settings, name, ["--name", "bat"])
    with settings.env_file.open("a") as file:
        file.write("ACOUPI_LOG_LEVEL=DEBUG\n")

    setup_program(settings, name, ["--name", "owl"])

    assert settings.env_file.read_text().endswith("ACOUPI_LOG_LEVEL=DEBUG\n")


@pytest.mark.parametrize(
    ("module", "text", "args", "error"),
    [
        ("no_such", None, [], ProgramNotFoundError),
        ("empty", "x = 1", [], InvalidProgramError),
        ("broken", "import no_such", [], ProgramNotFoundError),
        ("greeter", "", [], ConfigurationError),
        ("greeter", "", ["--name", "x", "--seconds", "soon"], ConfigurationError),
    ],
)
def test_what_cannot_be_set_up_leaves_nothing_behind(
    settings: Settings,
    write_module: Write,
    module: str,
    text: str | None,
    args: list[str],
    error: type[Exception],
) -> None:
    if text is not None:
        write_module(module, text) if text else write_module(module)

    with pytest.raises(error):
        setup_program(settings, module, args)

    assert not settings.home.exists()


def test_a_failed_set_up_leaves_the_earlier_one(settings: Settings, write_module: Write) -> None:
    name = write_module("greeter")
    setup_program(settings, name, ["--name", "bat"])
    before = tree(settings.home)
    settings.program_name_file.chmod(0o644)
    broken = settings.model_copy(
        update={"start_script_path": settings.home / "config" / "name" / "x.sh"}
    )

    with pytest.raises(ConfigurationError, match="cannot be written"):
        setup_program(broken, name, ["--name", "owl"])

    assert tree(settings.home) == before


@pytest.mark.parametrize("where", ["a-file/home", "/proc/acoupi"])
def test_a_home_that_cannot_be_written_is_named(
    tmp_path: Path, write_module: Write, where: str
) -> None:
    (tmp_path / "a-file").write_text("")
    settings = Settings(home=tmp_path / where)

    with pytest.raises(ConfigurationError, match=str(settings.home)):
        setup_program(settings, write_module("greeter"), ["--name", "bat"])

    assert not settings.home.exists()


def test_a_program_that_runs_is_not_set_up_again(settings: Settings, write_module: Write) -> None:
    name = write_module("greeter")
    setup_program(settings, name, ["--name", "bat"])
    start_deployment(settings, "lake")

    with pytest.raises(DeploymentError, match="running"):
        setup_program(settings, name, ["--name", "owl"])


def test_a_home_without_a_program_says_so(settings: Settings) -> None:
    assert not is_configured(settings)
    with pytest.raises(NotConfiguredError, match=str(settings.home)) as caught:
        load_program(settings)
    assert "acoupi setup" in (caught.value.help or "")


def test_the_scripts_are_shell_and_may_be_run(
    tmp_path: Path, write_module: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "it's a $HOME"
    monkeypatch.setenv("ACOUPI_HOME", str(home))
    settings = Settings()
    setup_program(settings, write_module("greeter"), ["--name", "bat"])

    for script in (home / "bin").iterdir():
        subprocess.run(["sh", "-n", script], check=True)
        assert os.access(script, os.X_OK)
    printed = subprocess.run(
        [
            "sh",
            "-c",
            f'set -a; . "{settings.env_file}"; printf %s "$ACOUPI_HOME"'.replace("$H", "\\$H"),
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    assert printed.stdout == str(home)
