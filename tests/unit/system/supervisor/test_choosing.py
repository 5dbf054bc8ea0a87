import pytest

from acoupi.errors import ConfigurationError
from acoupi.programs import AcoupiWorker
from acoupi.system.supervisor.choosing import choose_workers, refuse_greenlets

WORKERS = [AcoupiWorker(name=name) for name in ("recording", "detection", "messaging")]


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        ([], ["recording", "detection", "messaging"]),
        (["detection"], ["detection"]),
        (["messaging", "recording"], ["recording", "messaging"]),
    ],
)
def test_the_workers_that_are_named_run_in_the_order_of_the_program(
    names: list[str], chosen: list[str]
) -> None:
    assert [worker.name for worker in choose_workers(WORKERS, names)] == chosen


def test_a_worker_that_there_is_not_is_named_with_those_there_are() -> None:
    with pytest.raises(ConfigurationError, match="no worker 'detektion'") as caught:
        choose_workers(WORKERS, ["recording", "detektion"])

    assert caught.value.help == "it has: recording, detection, messaging"


@pytest.mark.parametrize("name", ["beat", "supervisor", "a/b"])
def test_a_worker_whose_name_cannot_be_a_file_of_its_own_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be called"):
        choose_workers([AcoupiWorker(name=name)], [])


def test_a_pool_in_which_nothing_would_ever_run_is_refused() -> None:
    for pool in ("threads", "solo", "prefork", "processes"):
        refuse_greenlets(pool)

    with pytest.raises(ConfigurationError, match="'gevent'"):
        refuse_greenlets("gevent")
