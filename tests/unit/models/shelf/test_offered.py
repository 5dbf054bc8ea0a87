"""Models that packages offer."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from small_models import install_small_birdnet

from acoupi.cli import acoupi
from acoupi.errors import ModelError
from acoupi.models.shelf import find_any, open_model
from acoupi.models.shelf.offered import offered_names

METADATA = "Metadata-Version: 2.1\nName: owls\nVersion: 1.5\n"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ACOUPI_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def offer(folder: Path, monkeypatch: pytest.MonkeyPatch, points: str) -> None:
    information = folder / "packages" / "owls-1.5.dist-info"
    information.mkdir(parents=True)
    (information / "METADATA").write_text(METADATA)
    (information / "entry_points.txt").write_text(f"[acoupi.models]\n{points}\n")
    monkeypatch.syspath_prepend(folder / "packages")


def test_a_package_offers_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(tmp_path, monkeypatch, "owls = small_models:Silent")
    assert offered_names() == ["activity", "owls"]
    assert open_model("owls").name == "silent-1"
    assert find_any("owls").title == "from owls 1.5"
    assert find_any("owls").rate_hz == 48_000


def test_it_is_listed_and_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(tmp_path, monkeypatch, "owls = small_models:Silent")
    listed = CliRunner().invoke(acoupi, ["models", "list", "--json"])
    assert {"name": "owls", "title": "from owls 1.5"} in json.loads(listed.stdout)
    assert "owls" in CliRunner().invoke(acoupi, ["models", "list"]).stdout
    assert CliRunner().invoke(acoupi, ["models", "verify", "owls"]).exit_code == 0


def test_what_is_installed_here_goes_first(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(tmp_path, monkeypatch, "birdnet = small_models:Silent")
    install_small_birdnet(home)
    assert open_model("birdnet").name != "silent-1"


def test_a_model_that_cannot_be_imported_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(tmp_path, monkeypatch, "owls = no_such_module:Owls\nlost = small_models:Lost")
    for name in ("owls", "lost"):
        with pytest.raises(ModelError, match=f"the model {name}, .* cannot be imported"):
            open_model(name)


def test_options_that_a_model_does_not_take_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(tmp_path, monkeypatch, "owls = small_models:Silent")
    with pytest.raises(ModelError, match="the model owls cannot be made"):
        open_model("owls", {"threshold": 0.5})
