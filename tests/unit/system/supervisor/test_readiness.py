from collections.abc import Callable

import pytest

from acoupi.system import Settings
from acoupi.system.deployments import end_deployment, start_deployment
from acoupi.system.supervisor.children import Child
from acoupi.system.supervisor.readiness import Readiness, has_proven_itself, prove

MakeChild = Callable[..., Child]

NEW = Readiness(proven=False, started_s=100.0, patience_s=30.0)
PROVEN = Readiness(proven=True, started_s=100.0, patience_s=30.0)


@pytest.mark.parametrize("readiness", [NEW, PROVEN])
def test_a_sensor_has_started_when_all_its_children_have(
    make_child: MakeChild, readiness: Readiness
) -> None:
    assert readiness.is_reached([make_child("a"), make_child("b")], 101.0)
    assert not readiness.is_reached([make_child("a"), make_child("b", "starting")], 101.0)


def test_a_new_sensor_ends_when_a_child_cannot_start(make_child: MakeChild) -> None:
    children = [make_child("a"), make_child("b", "dying")]

    assert NEW.is_out_of_reach(children)
    assert not NEW.is_reached(children, 1000.0)


@pytest.mark.parametrize("state", ["dying", "given up"])
def test_one_that_has_proven_itself_goes_on_without_a_child_that_cannot_start(
    make_child: MakeChild, state: str
) -> None:
    children = [make_child("a"), make_child("b", state)]

    assert PROVEN.is_reached(children, 101.0)
    assert not PROVEN.is_out_of_reach(children)


def test_one_that_has_proven_itself_does_not_wait_for_ever_for_a_child(
    make_child: MakeChild,
) -> None:
    children = [make_child("a"), make_child("b", "starting")]

    assert PROVEN.is_reached(children, 130.0)
    assert not PROVEN.is_reached([make_child("b", "starting")], 130.0)


def test_a_sensor_proves_itself_in_each_deployment_anew(settings: Settings) -> None:
    settings.run_dir.mkdir(parents=True)
    prove(settings)
    assert not has_proven_itself(settings)  # there is no deployment

    start_deployment(settings, "meadow")
    prove(settings)
    assert has_proven_itself(settings)

    end_deployment(settings)
    start_deployment(settings, "lake")
    assert not has_proven_itself(settings)


def test_a_sensor_whose_deployment_cannot_be_read_has_not_proven_itself(
    settings: Settings,
) -> None:
    settings.run_dir.mkdir(parents=True)
    start_deployment(settings, "meadow")
    prove(settings)
    settings.deployment_file.write_text("{")

    assert not has_proven_itself(settings)
