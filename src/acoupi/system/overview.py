"""What the sensor has on its hands: recordings, tasks, messages, disk, temperature."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import BaseModel

from acoupi.broker.status import queue_sizes
from acoupi.devices.metrics import get_remaining_storage, get_temperature
from acoupi.errors import DeviceUnavailableError, StoreError
from acoupi.programs.templates.hearing import ChannelHearing
from acoupi.programs.templates.microphone_states import MicrophoneState
from acoupi.system.celery_config import EMBEDDED_BROKER_URL, load_celery_config
from acoupi.system.failures import FailingTask, failures_of
from acoupi.system.places import Places
from acoupi.system.settings import Settings

if TYPE_CHECKING:
    from acoupi.components.stores.sqlite.glance import StoreGlance

__all__ = ["LastRecording", "MessageCounts", "Overview", "look_around"]


class LastRecording(BaseModel):
    """The newest recording in the store."""

    id: UUID
    created_on: dt.datetime
    duration_s: float
    age_s: float
    """Seconds since its end."""

    path: Path | None


class MessageCounts(BaseModel):
    """Messages that are not delivered."""

    waiting: int
    refused: int


class Overview(BaseModel):
    """What there is, and what waits; None where it cannot be told."""

    last_recording: LastRecording | None = None
    last_heard_on: dt.datetime | None = None
    """When the last sample was heard, also if it was not to be kept."""

    backlog: int | None = None
    """Recordings that wait for a model."""

    failed_recordings: int | None = None
    """Recordings that a model failed on for good."""

    unheard_recordings: int | None = None
    """Recordings that were left because the sensor did not keep up."""

    analysis_failing: str | None = None
    """Why models failed on all of the latest recordings; None if they did not."""

    lost_recordings: int | None = None
    """Recordings whose file is gone, as sound in memory is after a power cut."""

    failed_tasks: int = 0
    """Tasks that were set aside with what they were handed."""

    failing_tasks: list[FailingTask] = []
    """Scheduled tasks that have failed each time for a while; without their tracebacks."""

    messages: MessageCounts | None = None
    queues: dict[str, int] | None = None
    """Tasks that wait for a worker, by queue; of the embedded broker only."""

    disk_free_bytes: int | None = None
    """Where recordings are kept."""

    temperature_c: float | None = None
    hearing: list[ChannelHearing] = []
    """How well each channel of the microphones hears, of those that are measured."""

    microphones: list[MicrophoneState] = []
    """How each does, where there are several."""

    problems: list[str] = []
    """Why something could not be told."""


def look_around(settings: Settings, places: Places, now: dt.datetime) -> Overview:
    """Look at the stores, the queues and the board; nothing is made or changed."""
    found = Overview(
        disk_free_bytes=_disk_free_bytes(places.recordings_dir or settings.home),
        temperature_c=_temperature_c(),
    )
    for look in (_add_recordings, _add_failures, _add_messages, _add_queues):
        try:
            look(found, settings, places, now)
        except StoreError as error:
            found.problems.append(error.message)
    return found


def _add_recordings(found: Overview, _: Settings, places: Places, now: dt.datetime) -> None:
    from acoupi.components.stores.sqlite.failing import find_failing
    from acoupi.components.stores.sqlite.glance import glance_at_store

    if places.metadata_db is not None and places.waiting_dir is not None:
        glance = glance_at_store(places.metadata_db, places.waiting_dir, now)
        found.last_recording = _last_recording(glance, now)
        found.last_heard_on = glance.last_heard_on
        found.backlog, found.failed_recordings = glance.n_backlog, glance.n_failed
        found.lost_recordings, found.unheard_recordings = glance.n_lost, glance.n_unheard
        found.analysis_failing = find_failing(places.metadata_db)


def _last_recording(glance: "StoreGlance", now: dt.datetime) -> LastRecording | None:
    if glance.last_id is None or glance.last_started_on is None:
        return None
    ended_on = glance.last_started_on + dt.timedelta(seconds=glance.last_duration_s)
    return LastRecording(
        id=glance.last_id,
        created_on=glance.last_started_on,
        duration_s=glance.last_duration_s,
        age_s=(now - ended_on).total_seconds(),
        path=glance.last_path,
    )


def _add_failures(found: Overview, settings: Settings, _: Places, __: dt.datetime) -> None:
    failures = failures_of(settings)
    found.failed_tasks = len(failures.get_set_aside())
    found.failing_tasks = [
        failing.model_copy(update={"traceback": ""}) for failing in failures.get_failing()
    ]


def _add_messages(found: Overview, _: Settings, places: Places, __: dt.datetime) -> None:
    from acoupi.components.message_stores.sqlite.listing import count_messages

    if places.messages_db is not None:
        counts = count_messages(places.messages_db)
        waiting, refused = counts.get("waiting", 0), counts.get("refused", 0)
        found.messages = MessageCounts(waiting=waiting, refused=refused)


def _add_queues(found: Overview, settings: Settings, _: Places, __: dt.datetime) -> None:
    url = load_celery_config(settings.celery_config_file).broker_url
    if url.startswith(EMBEDDED_BROKER_URL):
        path = url.removeprefix(EMBEDDED_BROKER_URL)
        found.queues = queue_sizes(path or settings.broker_file)


def _disk_free_bytes(path: Path) -> int | None:
    try:
        return int(get_remaining_storage(path).value)
    except OSError:
        return None


def _temperature_c() -> float | None:
    try:
        return float(get_temperature().value)
    except DeviceUnavailableError:
        return None
