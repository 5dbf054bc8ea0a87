"""``acoupi uninstall`` as a person types it."""

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

from small_models import install_small_birdnet

Run = Callable[..., CompletedProcess[str]]


def files_below(home: Path) -> set[Path]:
    return {path for path in home.rglob("*") if path.is_file()}


def test_it_tells_what_it_would_do_and_does_nothing(ready: Run, home: Path) -> None:
    before = files_below(home)

    told = ready("uninstall", "--dry-run")

    assert (told.returncode, told.stderr) == (0, "")
    assert f"to remove  scripts, 4 files: {home}/bin" in told.stdout
    assert "to keep    configuration" in told.stdout
    assert files_below(home) == before


def test_it_says_what_it_removed_and_what_it_kept(ready: Run, home: Path) -> None:
    done = ready("uninstall", "--yes")

    assert done.returncode == 0
    assert f"removed    scripts, 4 files: {home}/bin" in done.stdout
    assert f"kept       configuration, 5 files: {home}/config" in done.stdout
    assert {path.name for path in home.iterdir()} == {"config"}


def test_the_second_time_it_says_that_there_is_nothing_and_that_is_no_error(
    ready: Run, home: Path
) -> None:
    ready("uninstall", "--purge", "all", "--yes")

    again = ready("uninstall", "--purge", "all", "--yes")

    assert (again.returncode, again.stdout) == (0, "")
    assert f"nothing of acoupi is installed in {home}" in again.stderr


def test_without_a_yes_nothing_is_changed(ready: Run, home: Path) -> None:
    before = files_below(home)

    declined = ready("uninstall", input="n\n")
    unanswered = ready("uninstall", input="")

    assert (declined.returncode, unanswered.returncode) == (0, 1)
    assert "nothing was changed" in declined.stderr
    assert declined.stdout == ""
    assert files_below(home) == before


def test_what_is_kept_can_be_set_up_again_as_it_was(ready: Run, home: Path) -> None:
    before = files_below(home)
    config = (home / "config" / "program.json").read_text()
    ready("uninstall", "--yes")

    ready("setup", "--program", "acoupi.programs.connected", "--no-prompt")

    assert files_below(home) == before
    assert (home / "config" / "program.json").read_text() == config


def test_only_known_things_are_purged(ready: Run) -> None:
    refused = ready("uninstall", "--purge", "everything")

    assert refused.returncode == 2
    assert "'config', 'logs', 'data', 'all'" in refused.stderr


def test_models_go_with_the_configuration(ready: Run, home: Path) -> None:
    folder = install_small_birdnet(home)
    (home / "models" / ".lock").touch()
    ready("uninstall", "--yes")
    assert (folder / "classifier.onnx").is_file()
    ready("uninstall", "--purge", "config", "--yes")
    assert not (home / "models").exists()
