"""How the sensor is, as a table of two columns."""

import datetime as dt
from typing import TYPE_CHECKING

from acoupi.cli.render import age, counted, result, room, size
from acoupi.cli.render_rows import Row, row_lines

if TYPE_CHECKING:
    from acoupi.data import Deployment
    from acoupi.programs.templates.hearing import ChannelHearing
    from acoupi.programs.templates.microphone_states import MicrophoneState
    from acoupi.system import AcoupiStatus
    from acoupi.system.failures import FailingTask
    from acoupi.system.overview import Overview

__all__ = ["result_status", "status_text"]

UNINSTALLED = "uninstalled"
OLD_S = 600


def result_status(status: "AcoupiStatus") -> None:
    """Draw a table of how everything is."""
    result(status_text(status))


def status_text(status: "AcoupiStatus") -> str:
    """Return the table of how everything is."""
    return "\n".join(row_lines(_rows(status), room()))


def _rows(status: "AcoupiStatus") -> list[Row]:
    rows = [("program", _word(status.program)), ("health", _word(status.health))]
    rows += [(name, state) for name, state in _services(status) if state != UNINSTALLED]
    rows.append(("celery", _word(status.celery.state)))
    rows += [(f"worker {w.worker_name}", _word(w.state)) for w in status.celery.workers]
    rows.append(("beat", _word(status.beat.state)))
    if status.supervisor.pid is not None:
        rows.append(("supervisor", status.supervisor.text or f"process {status.supervisor.pid}"))
    return [*rows, *_overview(status.overview), *_deployment(status.deployment)]


def _services(status: "AcoupiStatus") -> list[Row]:
    return [
        ("service acoupi", _word(status.services.acoupi)),
        ("service acoupi-beat", _word(status.services.beat)),
    ]


def _overview(seen: "Overview") -> list[Row]:
    rows: list[Row] = []
    if seen.last_recording is not None:
        since = ", nothing to keep since" if _is_quiet(seen) else ""
        rows.append(("last recording", f"{age(seen.last_recording.age_s)} ago{since}"))
    rows += [(f"microphone {each.label}", _microphone(each)) for each in seen.microphones]
    if seen.backlog is not None:
        rows.append(("backlog", f"{seen.backlog} recordings"))
    rows += _failures(seen)
    if seen.messages is not None:
        counts = seen.messages
        rows.append(("messages", f"{counts.waiting} unsent, {counts.refused} refused"))
    if seen.queues is not None:
        waiting = ", ".join(f"{name} {count}" for name, count in seen.queues.items() if count)
        rows.append(("queues", waiting or "empty"))
    if seen.disk_free_bytes is not None:
        rows.append(("disk", f"{size(seen.disk_free_bytes)} free"))
    if seen.temperature_c is not None:
        rows.append(("temperature", f"{seen.temperature_c:.0f} °C"))
    rows += [("hearing", _hearing(each)) for each in seen.hearing]
    return [*rows, *(("problem", problem) for problem in seen.problems)]


def _is_quiet(seen: "Overview") -> bool:
    """Tell whether something was heard after the last recording, and not kept."""
    last, heard_on = seen.last_recording, seen.last_heard_on
    if last is None or heard_on is None:
        return False
    return heard_on > last.created_on + dt.timedelta(seconds=last.duration_s)


def _microphone(microphone: "MicrophoneState") -> str:
    last = "nothing recorded" if microphone.age_s is None else f"{age(microphone.age_s)} ago"
    channels = counted(microphone.audio_channels, "channel")
    how = f"{microphone.device_name}, {microphone.samplerate_hz / 1000:g} kHz, {channels}"
    gain = f", gain: {microphone.gain_note}" if microphone.gain_note else ""
    return f"{_word(microphone.health)}, {last}; {how}{gain}"


def _hearing(heard: "ChannelHearing") -> str:
    when = f", {age(heard.age_s)} ago" if heard.age_s > OLD_S else ""
    return f"{heard.name}: {heard.text}{when}"


def _failures(seen: "Overview") -> list[Row]:
    rows: list[Row] = []
    if seen.analysis_failing:
        rows.append(("keeps failing", seen.analysis_failing))
    if seen.failed_recordings:
        n_recordings = counted(seen.failed_recordings, "recording")
        rows.append(("set aside", f"{n_recordings} that a model failed on"))
    if seen.unheard_recordings:
        n_recordings = counted(seen.unheard_recordings, "recording")
        rows.append(("unheard", f"{n_recordings}: the sensor did not keep up"))
    if seen.lost_recordings:
        rows.append(("lost", f"{counted(seen.lost_recordings, 'recording')}: the file is gone"))
    if seen.failed_tasks:
        rows.append(("set aside", f"{counted(seen.failed_tasks, 'task')}: acoupi task failed"))
    return [*rows, *(("keeps failing", _failing(failing)) for failing in seen.failing_tasks)]


def _failing(failing: "FailingTask") -> str:
    since = failing.since.isoformat(sep=" ", timespec="seconds")
    return f"{failing.task}, {counted(failing.times, 'time')} since {since}: {failing.error}"


def _deployment(deployment: "Deployment | None") -> list[Row]:
    if deployment is None:
        return [("deployment", "none")]
    since = deployment.started_on.isoformat(sep=" ", timespec="seconds")
    rows = [("deployment", f"{deployment.name}, since {since}")]
    if deployment.latitude is not None and deployment.longitude is not None:
        rows.append(("place", f"{deployment.latitude:.5f}, {deployment.longitude:.5f}"))
    return rows


def _word(state: object) -> str:
    return str(getattr(state, "value", state))
