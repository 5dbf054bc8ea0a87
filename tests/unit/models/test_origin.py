"""Which build of a model an output is from."""

from pathlib import Path

import pytest
from small_models import Silent

from acoupi import __version__
from acoupi.data import ModelOutput
from acoupi.models.origin import version_of, with_origin
from acoupi.programs.templates.late_models import LateModel
from acoupi.testing import FakeModel
from acoupi.testing.samples import deployment as made_deployment, recording as made_recording

METADATA = "Metadata-Version: 2.1\nName: wise-owls\nVersion: 1.5\n"
OWLS = """
class Owls:
    name = "owls"
"""


class Versioned(Silent):
    version = "3b"
    sha256 = "abc"


def output(**said: str) -> ModelOutput:
    return ModelOutput(name_model="m", recording=made_recording(made_deployment()), **said)


def test_an_output_takes_what_its_model_says() -> None:
    found = with_origin(output(), Versioned())
    assert (found.model_version, found.model_hash) == ("3b", "abc")


def test_what_an_output_says_itself_stays() -> None:
    found = with_origin(output(model_version="2", model_hash="0"), Versioned())
    assert (found.model_version, found.model_hash) == ("2", "0")


def test_a_model_without_a_version_has_that_of_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    information = tmp_path / "wise_owls-1.5.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(METADATA)
    (information / "top_level.txt").write_text("owls_of_the_wood\n")
    (tmp_path / "owls_of_the_wood.py").write_text(OWLS)
    monkeypatch.syspath_prepend(tmp_path)
    import owls_of_the_wood  # pyright: ignore[reportMissingImports]

    assert version_of(owls_of_the_wood.Owls()) == "1.5"


def test_a_model_of_a_package_installed_from_its_folder_has_its_version() -> None:
    assert version_of(FakeModel()) == __version__


def test_a_model_in_no_package_has_none() -> None:
    assert version_of(Silent()) == ""


@pytest.mark.parametrize(("model", "version"), [(Versioned(), "3b"), (Silent(), "")])
def test_a_model_that_is_built_late_is_asked_and_not_what_builds_it(
    model: Silent, version: str
) -> None:
    assert version_of(LateModel(lambda: model)) == version
