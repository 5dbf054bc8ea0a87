"""What is counted while a deployment ends."""

import json
from pathlib import Path

from acoupi._clock import utc_now
from acoupi.components.stores import SqliteStore
from acoupi.data import Deployment, Recording
from acoupi.system import Settings
from acoupi.system.leftovers import count_left


def test_what_was_analysed_is_not_counted_while_the_rest_waits(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    db_path, waiting_dir = tmp_path / "metadata.db", tmp_path / "waiting"
    paths = {"tmp_audio": str(waiting_dir), "db_metadata": str(db_path)}
    settings.program_config_file.parent.mkdir(parents=True)
    settings.program_config_file.write_text(json.dumps({"timezone": "UTC", "paths": paths}))
    store, deployment = SqliteStore(db_path), Deployment(name="wood", started_on=utc_now())
    recordings = [
        Recording(
            path=waiting_dir / f"{n}.wav",
            duration=3,
            samplerate=48_000,
            deployment=deployment,
        )
        for n in range(3)
    ]
    for recording in recordings:
        store.store_recording(recording)

    counts: list[int] = []
    for recording in recordings:
        counts.append(count_left(settings)[0])
        store.end_processing(recording, "done")

    assert counts == [3, 2, 1]
    assert count_left(settings)[0] == 3, "all of them are still to be kept"
