"""Which processes of a sensor live, told from its own files: nobody is asked."""

from pydantic import BaseModel

from acoupi.errors import AcoupiError
from acoupi.system.celery import CeleryState, CeleryStatus, WorkerState, WorkerStatus
from acoupi.system.programs import load_worker_config
from acoupi.system.settings import Settings
from acoupi.system.supervisor.locks import holders, is_held, noted_pid
from acoupi.system.supervisor.run_files import RESERVED_NAMES

__all__ = ["BeatStatus", "see_beat", "see_workers"]


class BeatStatus(BaseModel):
    """What rings the tasks."""

    state: WorkerState = WorkerState.NOTOK
    pid: int | None = None


def see_workers(settings: Settings) -> CeleryStatus:
    """Return which workers run here; of those on other machines nothing is known."""
    living = holders(settings.lock_file) if is_held(settings.lock_file) else set[int]()
    names = (_running_names(settings) if living else []) or _chosen_names(settings)
    workers = [
        WorkerStatus(worker_name=name, state=_state(settings, name, living)) for name in names
    ]
    runs = any(worker.state is WorkerState.OK for worker in workers)
    state = CeleryState.AVAILABLE if runs else CeleryState.UNAVAILABLE
    return CeleryStatus(state=state, workers=workers)


def see_beat(settings: Settings) -> BeatStatus:
    """Return whether beat runs, alone or as a child of the supervisor."""
    if not is_held(settings.beat_lock_file):
        return BeatStatus()
    return BeatStatus(state=WorkerState.OK, pid=noted_pid(settings.pid_file("beat")))


def _state(settings: Settings, name: str, living: set[int]) -> WorkerState:
    runs = noted_pid(settings.pid_file(name)) in living
    return WorkerState.OK if runs else WorkerState.NOTOK


def _running_names(settings: Settings) -> list[str]:
    """Return what was started here, perhaps before the program was changed."""
    noted = {path.stem for path in settings.run_dir.glob("*.pid")} - RESERVED_NAMES
    return [name for name in _program_names(settings) if name in noted] or sorted(noted)


def _chosen_names(settings: Settings) -> list[str]:
    """Return what should run here."""
    chosen = settings.workers
    return [name for name in _program_names(settings) if not chosen or name in chosen]


def _program_names(settings: Settings) -> list[str]:
    try:
        return [worker.name for worker in load_worker_config(settings).workers]
    except AcoupiError:
        return []
