from collections.abc import Callable
from pathlib import Path

from acoupi.components.stores import DeploymentTally, SqliteStore
from acoupi.data import Deployment, EventDetection, ModelOutput, Recording


def test_an_empty_deployment_counts_nothing(store: SqliteStore, deployment: Deployment) -> None:
    assert store.tally(deployment) == DeploymentTally(
        n_recordings=0, recorded_s=0, n_processed=0, n_skipped=0, n_failed=0, n_unprocessed=0,
        n_with_output=0, n_detections=0, n_discarded=0, paths=[],
    )  # fmt: skip


def test_every_recording_is_accounted_for_once(
    store: SqliteStore,
    deployment: Deployment,
    make_recording: Callable[..., Recording],
    make_output: Callable[..., ModelOutput],
    make_detection: Callable[..., EventDetection],
) -> None:
    done, skipped, failed, begun, new = (make_recording(minute) for minute in range(5))
    for recording in (done, skipped, failed, begun, new):
        store.store_recording(recording)
    store.store_model_output(make_output(done, detections=[make_detection() for _ in range(3)]))
    store.store_model_output(make_output(done, name_model="other", detections=[]))
    store.end_processing(done, "done")
    store.end_processing(skipped, "skipped")
    store.end_processing(failed, "failed", "broken")
    store.begin_processing(begun)
    store.update_recording_path(skipped, None)

    assert store.tally(deployment) == DeploymentTally(
        n_recordings=5,
        recorded_s=15.0,
        n_processed=1,
        n_skipped=1,
        n_failed=1,
        n_unprocessed=2,
        n_with_output=1,
        n_detections=3,
        n_discarded=1,
        paths=[(each.id, Path(str(each.path))) for each in (done, failed, begun, new)],
    )


def test_other_deployments_are_not_counted(
    store: SqliteStore, deployment: Deployment, make_output: Callable[..., ModelOutput]
) -> None:
    store.store_model_output(make_output())

    assert store.tally(Deployment(name="other")).n_recordings == 0
    assert store.tally(deployment).n_recordings == 1
