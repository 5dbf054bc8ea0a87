"""A program's tasks, run in this process."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from acoupi.errors import ParameterError

if TYPE_CHECKING:
    import pstats

    from acoupi.data import Recording
    from acoupi.programs import AcoupiProgram

__all__ = ["get_task_list", "profile_task", "run_task"]

CELERY_PREFIX = "celery."


def get_task_list(program: "AcoupiProgram[Any]", include_celery_tasks: bool = False) -> list[str]:
    """Return the names of a program's tasks, in order."""
    names = sorted(_all_tasks(program))
    return [name for name in names if include_celery_tasks or not name.startswith(CELERY_PREFIX)]


def run_task(
    program: "AcoupiProgram[Any]", task_name: str, recording: "Recording | None" = None
) -> Any:
    """Run a task here and now, and return what it returns.

    Parameters
    ----------
    program
        With the task.
    task_name
        Of the task.
    recording
        What the task is about, if it is about a recording.

    Raises
    ------
    ParameterError
        If the program has no such task.
    """
    return _find_task(program, task_name)(*([] if recording is None else [recording]))


def profile_task(
    program: "AcoupiProgram[Any]", task_name: str, recording: "Recording | None" = None
) -> "pstats.Stats":
    """Run a task here and now, and return where its time went."""
    import cProfile
    import pstats

    profile = cProfile.Profile()
    task = _find_task(program, task_name)
    profile.runcall(task, *([] if recording is None else [recording]))
    return pstats.Stats(profile)


def _all_tasks(program: "AcoupiProgram[Any]") -> dict[str, Callable[..., Any]]:
    return cast("dict[str, Callable[..., Any]]", program.app.tasks)


def _find_task(program: "AcoupiProgram[Any]", name: str) -> Callable[..., Any]:
    try:
        return _all_tasks(program)[name]
    except KeyError as error:
        raise ParameterError(
            name,
            f"the program has no task {name!r}",
            help=f"it has: {', '.join(get_task_list(program)) or 'none'}",
        ) from error
