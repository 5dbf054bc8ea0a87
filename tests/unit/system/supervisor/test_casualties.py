from acoupi.system.supervisor.casualties import MAX_REMEMBERED, Casualties


def test_a_task_under_which_three_processes_died_is_abandoned_once() -> None:
    abandoned: list[str] = []
    casualties = Casualties(abandoned.append)

    casualties.count(["poison", "bystander"])
    casualties.count(["poison"])
    assert abandoned == []
    casualties.count(["poison", "other"])

    assert abandoned == ["poison"]


def test_deaths_of_long_ago_are_forgotten() -> None:
    abandoned: list[str] = []
    casualties = Casualties(abandoned.append)

    casualties.count(["old"])
    casualties.count(["old"])
    casualties.count(f"task-{i}" for i in range(MAX_REMEMBERED))
    casualties.count(["old"])

    assert abandoned == []
