import errno
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner, Result

from acoupi.cli import acoupi
from acoupi.cli.base import Command, Group
from acoupi.errors import AcoupiError, DeviceError, HealthCheckError


def group_that(function: object) -> Group:
    """Return a group whose command ``do`` calls a function."""

    @click.group(cls=Group)
    @click.option("--debug", is_flag=True)
    def root(debug: bool) -> None:
        """Try things."""

    @root.command(cls=Command, examples=("root do",))
    def do() -> object:
        """Do it."""
        return function() if callable(function) else function

    return root


def outcome(function: object, *args: str) -> Result:
    return CliRunner().invoke(group_that(function), [*args, "do"])


def failing(error: BaseException) -> object:
    def fail() -> None:
        raise error

    return fail


@pytest.mark.parametrize(("returned", "code"), [(None, 0), (0, 0), (3, 3), ("text", 0)])
def test_what_a_command_returns_is_its_exit_code(returned: object, code: int) -> None:
    assert outcome(returned).exit_code == code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (AcoupiError("broken"), 1),
        (DeviceError("broken"), 4),
        (HealthCheckError("broken"), 5),
        (RuntimeError("broken"), 70),
        (OSError(errno.ENOSPC, "broken"), 70),
        (click.UsageError("broken"), 2),
        (KeyboardInterrupt(), 130),
        (click.Abort(), 130),
        (EOFError(), 1),
    ],
)
def test_an_error_ends_with_its_own_code_and_nothing_on_stdout(
    error: BaseException, code: int
) -> None:
    result = outcome(failing(error))
    assert result.exit_code == code
    assert result.stdout == ""


def test_an_error_is_one_line_and_its_hint_another() -> None:
    result = outcome(failing(DeviceError("the microphone is gone", help="plug it in")))
    assert result.stderr == "error: the microphone is gone\nhint: plug it in\n"


def test_an_error_without_a_hint_or_a_message_still_says_what_it_is() -> None:
    assert outcome(failing(DeviceError())).stderr == "error: DeviceError\n"


def test_what_should_not_happen_names_its_type_its_line_and_the_way_to_know_more() -> None:
    result = outcome(failing(RuntimeError("the sky fell")))
    assert result.stderr.startswith(f"error: RuntimeError: the sky fell ({__file__}, line ")
    assert "\nhint: " in result.stderr
    assert "--debug" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("error", [DeviceError("gone"), RuntimeError("gone")])
def test_debug_shows_where_an_error_comes_from(error: Exception) -> None:
    result = outcome(failing(error), "--debug")
    assert "Traceback" in result.stderr
    assert "in fail" in result.stderr
    assert "gone\n" in result.stderr


def test_an_error_is_red_on_a_terminal_but_not_under_no_color() -> None:
    root = group_that(failing(DeviceError("gone")))
    red = CliRunner().invoke(root, ["do"], color=True)
    plain = CliRunner(env={"NO_COLOR": "1"}).invoke(root, ["do"])
    assert "\x1b[31m" in red.stderr
    assert "\x1b" not in plain.stderr


def test_a_message_that_is_no_utf_8_can_still_be_said() -> None:
    assert "\\udcff" in outcome(failing(DeviceError("the file \udcff"))).stderr


def commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """Yield every command of a tree with the words that call it."""
    yield name, command
    if isinstance(command, click.Group):
        ctx = click.Context(command)
        for child in command.list_commands(ctx):
            found = command.get_command(ctx, child)
            assert found is not None
            yield from commands(found, f"{name} {child}".strip())


TREE = dict(commands(acoupi, ""))


def test_the_commands_people_know_are_all_there() -> None:
    assert set(TREE) >= {
        "setup", "check", "config get", "config set", "deployment start", "deployment stop",
        "deployment status", "task list", "task run", "task profile", "workers start",
        "workers restart", "workers stop", "workers purge", "celery", "run", "demo",
    }  # fmt: skip


def test_the_short_help_kept_at_the_root_is_the_commands_own() -> None:
    for name, (_, text) in acoupi.lazy.items():
        assert TREE[name].get_short_help_str(limit=80) == text


@pytest.mark.parametrize("name", TREE)
def test_every_command_says_what_it_does_in_a_sentence_and_fits_the_terminal(name: str) -> None:
    result = CliRunner().invoke(acoupi, [*name.split(), "--help"])
    assert result.exit_code == 0
    assert (TREE[name].help or "").split("\n\n")[0].rstrip().endswith((".", ":"))
    assert all(len(line) <= 80 for line in result.stdout.splitlines())


@pytest.mark.parametrize(
    "name", [name for name, command in TREE.items() if not isinstance(command, click.Group)]
)
def test_every_command_has_an_example_and_every_option_is_explained(name: str) -> None:
    command = TREE[name]
    assert isinstance(command, Command)
    assert any(f"acoupi {name}" in example for example in command.examples)
    assert all(p.help for p in command.params if isinstance(p, click.Option))


def test_the_groups_can_be_imported_by_name() -> None:
    from acoupi.cli import config, deployment, task, workers

    assert [g.name for g in (config, deployment, task, workers)] == [
        "config",
        "deployment",
        "task",
        "workers",
    ]
