"""The command line: one module a command group, loaded when it is called."""

from typing import TYPE_CHECKING

from acoupi._lazy import attach

if TYPE_CHECKING:
    from acoupi.cli.commands.config import config as config
    from acoupi.cli.commands.deployment import deployment as deployment
    from acoupi.cli.commands.task import task as task
    from acoupi.cli.commands.workers import workers as workers
    from acoupi.cli.root import acoupi as acoupi, main as main

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "acoupi": ".root",
        "config": ".commands.config",
        "deployment": ".commands.deployment",
        "main": ".root",
        "task": ".commands.task",
        "workers": ".commands.workers",
    },
)
