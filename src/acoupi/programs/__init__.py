"""Programs: what a sensor does, put together from tasks."""

from typing import TYPE_CHECKING

from acoupi._lazy import attach

if TYPE_CHECKING:
    from acoupi.config.fields import NoUserPrompt as NoUserPrompt
    from acoupi.programs.core.base import (
        AcoupiProgram as AcoupiProgram,
        ProgramConfig as ProgramConfig,
    )
    from acoupi.programs.core.workers import (
        DEFAULT_WORKER_CONFIG as DEFAULT_WORKER_CONFIG,
        AcoupiWorker as AcoupiWorker,
        WorkerConfig as WorkerConfig,
    )

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "AcoupiProgram": ".core.base",
        "AcoupiWorker": ".core.workers",
        "DEFAULT_WORKER_CONFIG": ".core.workers",
        "NoUserPrompt": "acoupi.config.fields",
        "ProgramConfig": ".core.base",
        "WorkerConfig": ".core.workers",
    },
)
