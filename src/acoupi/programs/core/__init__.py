"""What every program is made of."""

from typing import TYPE_CHECKING

from acoupi._lazy import attach

if TYPE_CHECKING:
    from acoupi.config.fields import NoUserPrompt as NoUserPrompt
    from acoupi.programs.core.base import AcoupiProgram as AcoupiProgram
    from acoupi.programs.core.workers import (
        DEFAULT_WORKER_CONFIG as DEFAULT_WORKER_CONFIG,
        AcoupiWorker as AcoupiWorker,
        WorkerConfig as WorkerConfig,
    )

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "AcoupiProgram": ".base",
        "AcoupiWorker": ".workers",
        "DEFAULT_WORKER_CONFIG": ".workers",
        "NoUserPrompt": "acoupi.config.fields",
        "WorkerConfig": ".workers",
    },
)
