from pathlib import Path

import pytest

from acoupi.errors import DeploymentError
from acoupi.system import (
    Settings,
    end_deployment,
    get_current_deployment,
    start_deployment,
)
from acoupi.system.deployments import load_deployment_from_file


def test_a_deployment_is_current_from_its_start_to_its_end(settings: Settings) -> None:
    assert get_current_deployment(settings) is None

    started = start_deployment(settings, "lake", latitude=51.5, longitude=-0.1)
    assert get_current_deployment(settings) == started

    ended = end_deployment(settings)
    assert get_current_deployment(settings) is None
    assert ended.id == started.id
    assert ended.ended_on is not None
    assert load_deployment_from_file(settings.deployment_file) == ended


def test_a_second_deployment_is_refused_and_the_first_goes_on(settings: Settings) -> None:
    first = start_deployment(settings, "lake")

    with pytest.raises(DeploymentError, match="'lake' is running"):
        start_deployment(settings, "wood")

    assert get_current_deployment(settings) == first


def test_no_deployment_cannot_be_ended(settings: Settings) -> None:
    with pytest.raises(DeploymentError, match="no deployment is running"):
        end_deployment(settings)


@pytest.mark.parametrize("place", [{"latitude": 91.0}, {"longitude": -181.0}])
def test_a_place_that_is_not_on_earth_is_refused(
    settings: Settings, place: dict[str, float]
) -> None:
    with pytest.raises(DeploymentError, match="itude"):
        start_deployment(settings, "lake", **place)

    assert not settings.deployment_file.exists()


def test_a_file_that_is_not_a_deployment_is_named(tmp_path: Path) -> None:
    (tmp_path / "deployment.json").write_text("{")

    for name in ("deployment.json", "absent.json"):
        with pytest.raises(DeploymentError, match=name):
            load_deployment_from_file(tmp_path / name)
