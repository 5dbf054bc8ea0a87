"""A network as small as one can be."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from small_batdetect2 import SMALL_SETTINGS, small_batdetect2, small_parameters

from acoupi.models.batdetect2.settings import Settings


@pytest.fixture(scope="session")
def parameters() -> Mapping[str, Any]:
    """The parameters of a network with few channels."""
    return small_parameters()


@pytest.fixture(scope="session")
def settings() -> Settings:
    """Settings as those of the published network, for an image of fewer rows."""
    return SMALL_SETTINGS


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the network is installed."""
    return small_batdetect2(tmp_path_factory.mktemp("model"))
