import datetime as dt
from pathlib import Path

from acoupi._clock import utc_now
from acoupi.components import MicrophoneConfig
from acoupi.components.stores import SqliteStore
from acoupi.data import Deployment, EffortSpan, EffortState, Recording
from acoupi.programs.templates import (
    AudioConfiguration,
    BasicProgramConfiguration,
    PathsConfiguration,
)
from acoupi.programs.templates.pulse import Pulse

HOUR = dt.timedelta(hours=1)


def test_a_sensor_that_hears_nothing_worth_keeping_is_well(tmp_path: Path) -> None:
    config = BasicProgramConfiguration(
        timezone="UTC",
        microphone=MicrophoneConfig(device_name="none"),
        recording=AudioConfiguration(schedule_start=dt.time(0), schedule_end=dt.time(0)),
        paths=PathsConfiguration(tmp_audio=tmp_path, db_metadata=tmp_path / "metadata.db"),
    )
    store, now = SqliteStore(config.paths.db_metadata), utc_now()
    deployment = Deployment(name="wood", started_on=now - 50 * HOUR)
    store.store_recording(
        Recording(created_on=now - 5 * HOUR, duration=3, samplerate=8000, deployment=deployment)
    )
    pulse = Pulse(config, store)
    assert pulse.status() == "SILENT: last recording 5 h ago"
    store.note(
        EffortSpan(
            deployment_id=deployment.id,
            started_on=now - 5 * HOUR,
            ended_on=now,
            state=EffortState.QUIET,
        )
    )
    assert pulse.status() == "OK"
    assert pulse.last_recording_age().value >= 4.9 * 3600
    store.close()
