"""Several microphones in one program: each as if it were the only one."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, cast

from pydantic import BaseModel

from acoupi.components.audio_recorder import MicrophoneConfig
from acoupi.programs.core.workers import AcoupiWorker, WorkerConfig
from acoupi.programs.templates.configuration import FurtherMicrophone

__all__ = [
    "RECORDING_QUEUE",
    "has_model_of_its_own",
    "microphone_name",
    "name_for",
    "recording_queue",
    "views_of",
    "with_microphones",
]

C = TypeVar("C", bound=BaseModel)

RECORDING_QUEUE = "recording"


def views_of(config: C) -> list[C]:
    """Return a configuration for each microphone, the first one's first.

    In each, ``microphone`` is the one it is for, and what that microphone says
    of its own stands where it is looked for. One that names no further
    microphones is the only one, and is returned itself.
    """
    further = cast("Sequence[FurtherMicrophone]", getattr(config, "further_microphones", ()))
    return [config, *(_view(config, microphone) for microphone in further)]


def microphone_name(config: BaseModel) -> str:
    """Return what the microphone of a configuration is called; often nothing."""
    # Programs written for acoupi 0.8 may have a microphone of their own kind.
    return str(getattr(getattr(config, "microphone", None), "name", ""))


def name_for(config: BaseModel, name: str) -> str:
    """Return what a task or a queue is called for the microphone of a configuration."""
    is_further = isinstance(getattr(config, "microphone", None), FurtherMicrophone)
    return f"{name}_{microphone_name(config)}" if is_further else name


def recording_queue(config: BaseModel, view: BaseModel) -> str:
    """Return the queue on which a microphone is recorded: that of its device.

    Parameters
    ----------
    config
        Of the program.
    view
        Of the microphone.
    """
    views = views_of(config)
    return name_for(next((v for v in views if _device(v) == _device(view)), view), RECORDING_QUEUE)


def has_model_of_its_own(config: BaseModel) -> bool:
    """Tell whether the microphone of a configuration says more than what and when to record."""
    microphone: Any = getattr(config, "microphone", None)
    if not isinstance(microphone, FurtherMicrophone):
        return False
    return any(name not in FurtherMicrophone.model_fields for name in _own(microphone, config))


def with_microphones(workers: WorkerConfig, config: BaseModel) -> WorkerConfig:
    """Add a process for each further device, so that no microphone waits for another.

    Those that are channels of one device share a process, with a thread each.
    """
    counts = Counter(recording_queue(config, view) for view in views_of(config))
    served = [_with_threads(worker, counts) for worker in workers.workers]
    known = {queue for worker in served for queue in worker.queues}
    added = [
        AcoupiWorker(name=queue, queues=[queue], concurrency=count)
        for queue, count in counts.items()
        if queue not in known and queue != RECORDING_QUEUE
    ]
    return WorkerConfig(workers=[*served, *added])


def _with_threads(worker: AcoupiWorker, counts: Mapping[str, int]) -> AcoupiWorker:
    wanted = max((counts.get(queue, 1) for queue in worker.queues), default=1)
    if worker.concurrency is None or worker.concurrency >= wanted:
        return worker
    return worker.model_copy(update={"concurrency": wanted})


def _device(view: BaseModel) -> object:
    return getattr(getattr(view, "microphone", None), "device_name", None)


def _view(config: C, microphone: FurtherMicrophone) -> C:
    return config.model_copy(update={"microphone": microphone, **_own(microphone, config)})


def _own(microphone: FurtherMicrophone, config: BaseModel) -> dict[str, Any]:
    """Return what a microphone says instead of the configuration."""
    names = type(microphone).model_fields.keys() - MicrophoneConfig.model_fields.keys()
    said = {name: getattr(microphone, name) for name in names & type(config).model_fields.keys()}
    return {name: value for name, value in said.items() if value is not None}
