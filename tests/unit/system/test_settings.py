from pathlib import Path

import pytest

from acoupi.system import Settings


def paths_of(settings: Settings) -> dict[str, Path]:
    return {name: value for name, value in settings if isinstance(value, Path)}


def test_every_path_follows_the_home_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACOUPI_HOME", str(tmp_path / "sensor"))

    for path in paths_of(Settings()).values():
        assert path.is_relative_to(tmp_path / "sensor")


def test_every_path_follows_a_home_that_is_given(tmp_path: Path) -> None:
    for path in paths_of(Settings(home=tmp_path)).values():
        assert path.is_relative_to(tmp_path)


def test_a_home_is_absolute_and_its_tilde_is_resolved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))

    assert Settings(home=Path("relative")).home == tmp_path / "relative"
    assert Settings(home=Path("~/x")).program_file == tmp_path / "x" / "app.py"


def test_an_empty_variable_means_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACOUPI_HOME", "")
    monkeypatch.setenv("HOME", str(tmp_path))

    assert Settings().home == tmp_path / ".acoupi"


def test_one_path_can_be_put_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACOUPI_LOG_DIR", str(tmp_path / "logs"))

    settings = Settings(home=tmp_path / "home")

    assert settings.log_file("recording") == tmp_path / "logs" / "recording.log"
    assert settings.run_dir == tmp_path / "home" / "run"


@pytest.mark.parametrize(
    ("given", "workers"),
    [
        ("", []),
        ("recording", ["recording"]),
        (" recording, detection ,", ["recording", "detection"]),
        ('["recording", "detection"]', ["recording", "detection"]),
    ],
)
def test_workers_are_named_with_commas_or_as_json(
    monkeypatch: pytest.MonkeyPatch, given: str, workers: list[str]
) -> None:
    monkeypatch.setenv("ACOUPI_WORKERS", given)

    assert Settings().workers == workers
