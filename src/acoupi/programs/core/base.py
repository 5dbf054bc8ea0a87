"""The base of every program."""

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from functools import wraps
from typing import Any, ClassVar, Generic, TypeVar, cast, get_args, get_origin

from celery import Celery, Task
from celery.exceptions import Ignore
from celery.schedules import BaseSchedule, crontab
from pydantic import BaseModel

from acoupi.data import Deployment
from acoupi.errors import ConfigurationError
from acoupi.programs.core.codec import register_models
from acoupi.programs.core.countdown import note_waits
from acoupi.programs.core.lateness import late_by_s
from acoupi.programs.core.workers import DEFAULT_WORKER_CONFIG, WorkerConfig

__all__ = ["AcoupiProgram", "ProgramConfig", "Schedule"]

logger = logging.getLogger(__name__)

ProgramConfig = TypeVar("ProgramConfig", bound=BaseModel)

TaskFunction = Callable[..., Any]
Schedule = int | float | timedelta | crontab | BaseSchedule
"""Seconds, a time difference, or any of Celery's schedules."""

REQUEST = "acoupi.programs.core.request:TimedRequest"

register_models()
note_waits()


class AcoupiProgram(ABC, Generic[ProgramConfig]):
    """Something a sensor does: tasks, when they run, and in which process.

    Derive from it, name the class of its configuration in ``config_schema``
    and add tasks in ``setup``.

    Parameters
    ----------
    program_config
        The configuration, an instance of ``config_schema``.
    app
        The Celery app the tasks are registered with.
    """

    config_schema: ClassVar[type[BaseModel]]
    worker_config: ClassVar[WorkerConfig | None] = None

    config: ProgramConfig
    app: Celery
    tasks: dict[str, Task]
    logger: logging.Logger

    def __init__(self, program_config: ProgramConfig, app: Celery) -> None:
        self.config = program_config
        self.app = app
        self.tasks = {}
        self.logger = logging.getLogger(type(self).__module__)
        self.setup(program_config)

    @abstractmethod
    def setup(self, config: ProgramConfig) -> None:
        """Build the components and add the tasks.

        Called once in every process that takes part, before any task runs:
        open nothing here that cannot be shared by a fork.
        """

    def check(self, config: ProgramConfig) -> None:
        """Raise ``HealthCheckError`` if the program could not do its work now."""

    def notes(self, config: ProgramConfig) -> list[str]:
        """Return what its owner should know before a start, a sentence each."""
        return []

    def on_start(self, deployment: Deployment) -> None:
        """Act on the start of a deployment, before any task runs."""

    def on_end(self, deployment: Deployment) -> None:
        """Act on the end of a deployment, after the last task has run."""

    def recover(self) -> None:
        """Find work again that was interrupted; called before tasks run."""

    def prepare_worker(self, queues: Collection[str]) -> None:
        """Load what the tasks of these queues need, so that the first need not wait for it.

        Called in each process that runs such tasks, and in no other, before
        its first. What fails is logged, and keeps no task from being tried.
        """

    def explain_end(self, pids: Collection[int], reason: str) -> None:
        """Note why processes of this program ended that were not to.

        Called in the process that takes the place of theirs, before it runs tasks.
        """

    def report_trouble(self, text: str) -> None:
        """Tell whoever looks after the device what is wrong with it, in a sentence.

        Called in any process of the program, when one of its workers is given
        up, say. Here it is logged; a program that sends messages sends one.
        """
        self.logger.warning("%s", text)

    @classmethod
    def get_config_schema(cls) -> type[BaseModel]:
        """Return the class of the configuration."""
        schema = getattr(cls, "config_schema", None) or _schema_of_bases(cls)
        if schema is None:
            raise ConfigurationError(
                f"the program {cls.__module__}.{cls.__qualname__} does not say what its "
                "configuration is",
                help="give the class an attribute config_schema",
            )
        return schema

    @classmethod
    def get_worker_config(cls) -> WorkerConfig:
        """Return the processes the program wants; one, if it does not say."""
        return cls.worker_config or DEFAULT_WORKER_CONFIG

    @classmethod
    def get_workers(cls, config: BaseModel) -> WorkerConfig:
        """Return the processes it wants with a configuration; by default, always the same."""
        return cls.get_worker_config()

    @classmethod
    def get_queue_names(cls) -> list[str]:
        """Return the queues that the program's workers serve."""
        return cls.get_worker_config().queue_names

    def add_task(
        self,
        function: TaskFunction,
        callbacks: Sequence[TaskFunction] | None = None,
        schedule: Schedule | None = None,
        queue: str | None = None,
        callback_queue: str | None = None,
        name: str | None = None,
        time_limit_s: float | None = None,
    ) -> None:
        """Add a task.

        Parameters
        ----------
        function
            What to do. It runs in another process: what it takes and returns
            travels as JSON, pydantic models whole.
        callbacks
            Called with what the function returned, each as a task of its own;
            not if that is None.
        schedule
            When to run; never by itself if None. A run that could not begin
            within its interval is dropped.
        queue
            One that a worker of the program serves.
        callback_queue
            The queue of the callbacks.
        name
            What the task is called; the function's name if None.
        time_limit_s
            How long it may take before its worker is replaced; the limit of
            the Celery configuration if None.
        """
        followers = [
            self._register(callback, callback_queue, None, ()) for callback in callbacks or ()
        ]
        task = self._register(function, queue, name, followers, time_limit=time_limit_s)
        if schedule is not None:
            self._schedule(task, schedule)

    def add_task_to_queue(self, task_name: str, queue: str) -> None:
        """Send a task's runs to a queue."""
        served = [*self.get_queue_names(), *self.get_workers(self.config).queue_names]
        if queue not in served:
            raise ConfigurationError(
                f"no worker of the program serves the queue {queue!r}",
                help=f"name it in worker_config; it serves {list(dict.fromkeys(served))}",
            )
        routes = cast("dict[str, Any]", self.app.conf.task_routes or {})
        self.app.conf.task_routes = {**routes, task_name: {"queue": queue}}

    def _register(
        self,
        function: TaskFunction,
        queue: str | None,
        name: str | None,
        followers: Sequence[Task],
        **options: Any,
    ) -> Task:
        name = name or function.__name__
        if not followers and name in self.tasks:
            return self.tasks[name]
        run = _then(function, followers)
        # shared: by default, Celery would give the task to every other app of the process too
        options |= {"name": name, "shared": False, "Request": REQUEST}
        task = cast("Task", self.app.task(run, **options))
        self.tasks[name] = task
        if queue is not None:
            self.add_task_to_queue(name, queue)
        return task

    def _schedule(self, task: Task, schedule: Schedule) -> None:
        interval_s = _interval_s(schedule)
        entry: dict[str, Any] = {
            "task": task.name,
            "schedule": schedule,
            "options": {} if interval_s is None else {"expiration": interval_s},
        }
        self.app.conf.beat_schedule = {**(self.app.conf.beat_schedule or {}), task.name: entry}


def _then(function: TaskFunction, followers: Sequence[Task]) -> TaskFunction:
    """Wrap a function so that what it returns is handed on."""

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        if (late_s := late_by_s()) is not None:
            logger.info("not run, %.1f s too late: %s", late_s, function.__name__)
            raise Ignore
        result = function(*args, **kwargs)
        if result is not None:
            for follower in followers:
                follower.apply_async((result,))
        return result

    return run


def _interval_s(schedule: Schedule) -> float | None:
    if isinstance(schedule, (int, float)):
        return float(schedule)
    run_every = (
        schedule if isinstance(schedule, timedelta) else getattr(schedule, "run_every", None)
    )
    return run_every.total_seconds() if isinstance(run_every, timedelta) else None


def _schema_of_bases(cls: type) -> type[BaseModel] | None:
    """Find the configuration class in ``class Program(Template[Configuration])``."""
    for base in getattr(cls, "__orig_bases__", ()):
        for argument in get_args(base) if get_origin(base) else ():
            if isinstance(argument, type) and issubclass(argument, BaseModel):
                return argument
    return None
