"""Whether sound comes in: by listening, or, while the sensor records, by what it has recorded."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from acoupi.audio.addresses import without_password
from acoupi.audio.level import CLIPPED_DBFS, Level, Snippet, measure_level
from acoupi.components.stores.sqlite.glance import StoreGlance, glance_at_store
from acoupi.errors import AcoupiError, RecordingError
from acoupi.programs.templates.microphones import views_of
from acoupi.system.checks.findings import Finding, failed, ok, skipped, warning
from acoupi.system.checks.subject import Subject
from acoupi.system.health import Health, judge_health

__all__ = ["check_microphone", "judge_level", "judge_recent"]

LISTEN_S = 1.0
FAINT_DBFS = -80.0
"""The loudest sample of a microphone that hears anything is above this."""


def check_microphone(subject: Subject) -> Iterator[Finding]:
    """Listen for a moment; a microphone that is in use is left alone."""
    recorder = subject.part("recorder")
    if recorder is None:
        yield skipped("microphone", "the program has no recorder")
    elif subject.is_running:
        yield _by_recordings(subject)
    else:
        for view in views_of(subject.program.config):
            yield from _listen(subject.recorder_of(view), view)


def _listen(recorder: Any, config: BaseModel) -> Iterator[Finding]:
    if not hasattr(recorder, "listen"):
        yield _by_its_own_check(recorder)
        return
    try:
        snippet: Snippet = recorder.listen(LISTEN_S)
    except AcoupiError as error:  # the others are listened to all the same
        yield failed("microphone", error)
        return
    yield ok("microphone", _describe(snippet, config))
    yield judge_level(measure_level(snippet))


def judge_level(level: Level | None) -> Finding:
    """Judge whether a moment of sound is plausible."""
    if level is None:
        return skipped("sound", "none came, so that its level cannot be told")
    if level.is_flat:
        return warning(
            "sound",
            "there is none: every sample is the same",
            "check the cable, the microphone's switch, and that alsamixer does not mute it",
        )
    how = f"peak {level.peak_dbfs:.0f} dBFS, RMS {level.rms_dbfs:.0f} dBFS"
    if level.peak_dbfs >= CLIPPED_DBFS:
        return warning("sound", f"it is clipped: {how}", "turn the gain down, with alsamixer")
    if level.peak_dbfs < FAINT_DBFS:
        return warning("sound", f"it is hardly any: {how}", "turn the gain up, with alsamixer")
    return ok("sound", how)


def judge_recent(health: Health, glance: StoreGlance, now: dt.datetime) -> Finding:
    """Judge a microphone that is in use by how recent the last recording is."""
    if health is Health.NOT_SCHEDULED:
        return ok("microphone", "the deployment is not scheduled to record now")
    when = _ago(glance, now)
    if health in (Health.SILENT, Health.LATE):
        error = RecordingError(
            f"the deployment records no more: {when}",
            help="acoupi logs --worker recording says why",
        )
        late = health is Health.LATE
        return (
            warning("microphone", error.message, error.help)
            if late
            else failed("microphone", error)
        )
    if health is Health.OK:
        return ok("microphone", f"the deployment is recording: {when}")
    return skipped("microphone", "workers are running and may use it")


def _by_recordings(subject: Subject) -> Finding:
    places = subject.places
    glance = StoreGlance()
    if places.metadata_db is not None and places.waiting_dir is not None:
        glance = glance_at_store(places.metadata_db, places.waiting_dir, subject.now)
    health = judge_health(subject.now, subject.deployment, subject.rhythm, glance.last_heard_on)
    return judge_recent(health, glance, subject.now)


def _by_its_own_check(recorder: Any) -> Finding:
    if not callable(getattr(recorder, "check", None)):
        return skipped("microphone", f"{type(recorder).__name__} cannot be tried")
    recorder.check()
    return ok("microphone", f"{type(recorder).__name__} finds nothing wrong")


def _describe(snippet: Snippet, config: object) -> str:
    format = snippet.format
    name = getattr(getattr(config, "microphone", None), "device_name", "the microphone")
    seconds = len(snippet.samples) / format.frame_bytes / format.rate_hz
    channels = "1 channel" if format.channels == 1 else f"{format.channels} channels"
    rate = f"{format.rate_hz / 1000:g} kHz"
    return f"{seconds:.1f} s at {rate}, {channels}, from {without_password(name)}"


def _ago(glance: StoreGlance, now: dt.datetime) -> str:
    if glance.last_ended_on is None:
        return "there is no recording yet"
    age_s = (now - glance.last_ended_on).total_seconds()
    since = ", and nothing was to be kept since" if glance.last_withheld_on else ""
    return f"the last recording ended {age_s:.0f} s ago{since}"
