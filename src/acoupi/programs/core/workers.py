"""Which processes a program wants, and which queues each of them serves."""

from pydantic import BaseModel, Field, field_validator

__all__ = ["DEFAULT_WORKER_CONFIG", "AcoupiWorker", "WorkerConfig"]


class AcoupiWorker(BaseModel):
    """One process that runs tasks."""

    name: str
    queues: list[str] = Field(default_factory=list[str])
    """The queues it serves; none means Celery's own, ``celery``."""
    concurrency: int | None = Field(default=None, gt=0)
    """How many tasks it runs at once; None leaves it to Celery (one a core)."""
    memory_mb: float | None = Field(default=None, ge=0)
    """How much memory it may have before it is ended, with all it has started.

    None leaves it to ``ACOUPI_WORKER_MEMORY_MB``; 0 lets it have any.
    """


class WorkerConfig(BaseModel):
    """All the processes of a program."""

    workers: list[AcoupiWorker] = Field(default_factory=list[AcoupiWorker])

    @field_validator("workers")
    @classmethod
    def _distinct_names(cls, workers: list[AcoupiWorker]) -> list[AcoupiWorker]:
        names = [worker.name for worker in workers]
        if len(set(names)) != len(names):
            raise ValueError(f"two workers share a name: {', '.join(sorted(names))}")
        return workers

    @property
    def queue_names(self) -> list[str]:
        """Every queue that some worker serves."""
        return list(dict.fromkeys(queue for worker in self.workers for queue in worker.queues))


DEFAULT_WORKER_CONFIG = WorkerConfig(workers=[AcoupiWorker(name="acoupi")])
