"""What a program does when its model does not keep up with what is recorded."""

import logging
from collections.abc import Sequence

from acoupi.components.types import ProcessingFilter, ProcessingLog, Store
from acoupi.data import Recording
from acoupi.programs.templates.configuration import (
    BasicProgramConfiguration,
    DetectionProgramConfiguration,
)
from acoupi.programs.templates.keeping_up_configuration import Policy
from acoupi.tasks.backlog import Backlog, KeepUp, Leave, skip_oldest, thin_out

__all__ = ["describe_backlog", "keeping_up_filters", "keeps_unheard"]

MEANWHILE: dict[Policy, str] = {
    "wait": "all is heard, but late",
    "skip_oldest": "the oldest is left unheard",
    "thin_out": "only some is heard",
    "gate": "only what stands out is heard",
}
NOTHING_STOOD_OUT = "nothing stood out of the noise"


def keeping_up_filters(
    filters: Sequence[ProcessingFilter],
    config: DetectionProgramConfiguration,
    store: Store,
    logger: logging.Logger,
) -> list[ProcessingFilter]:
    """Add to a program's filters what leaves recordings unheard by the policy configured.

    The gate, which has to listen, comes last: what the others refuse anyway was
    refused as ever, and not for want of time.
    """
    chosen = config.keeping_up
    if chosen.policy == "wait" or not isinstance(store, ProcessingLog):
        return list(filters)
    backlog = Backlog(store, config.paths.tmp_audio)
    keep_up = KeepUp(store, backlog, 60 * chosen.after_min, _policy_of(config), logger)
    return [*filters, keep_up] if chosen.policy == "gate" else [keep_up, *filters]


def keeps_unheard(config: BasicProgramConfiguration) -> bool:
    """Tell whether the files of recordings that were left unheard are kept."""
    if not isinstance(config, DetectionProgramConfiguration):
        return True
    return config.keeping_up.keep_unheard


def describe_backlog(config: DetectionProgramConfiguration, store: Store) -> list[str]:
    """Say in heartbeats when more sound waits than should."""
    if not isinstance(store, ProcessingLog):
        return []
    waiting = store.get_waiting_sound(config.paths.tmp_audio)
    waiting_min = sum(length_s for _, length_s in waiting) / 60
    if waiting_min <= config.keeping_up.after_min:
        return []
    meanwhile = MEANWHILE[config.keeping_up.policy]
    return [f"{_minutes(waiting_min)} min of sound wait for the model: {meanwhile}"]


def _minutes(minutes: float) -> str:
    return f"{minutes:.1f}" if minutes < 1 else f"{minutes:.0f}"


def _policy_of(config: DetectionProgramConfiguration) -> Leave:
    if config.keeping_up.policy == "skip_oldest":
        return skip_oldest
    if config.keeping_up.policy == "thin_out":
        return thin_out(max(config.recording.duration, config.recording.interval))
    return _gate()


def _gate() -> Leave:
    from acoupi.models.gate import ActivityGate

    gate = ActivityGate()

    def leave(recording: Recording, excess: float) -> str | None:
        return None if gate.should_process_recording(recording) else NOTHING_STOOD_OUT

    return leave
