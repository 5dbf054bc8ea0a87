"""What every store must keep."""

import contextlib
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from acoupi.components.types import Store
from acoupi.data import Deployment, Detection, ModelOutput, PredictionType, Recording
from acoupi.errors import MetadataStoreError
from acoupi.testing import samples

__all__ = ["StoreContract"]


class StoreContract:
    """Tests that every store passes."""

    def make_store(self, tmp_path: Path) -> Store:
        """Return a store that keeps its data below ``tmp_path``.

        Called again with the same path, it returns one of the same data, as
        another process of the program would have it.
        """
        raise NotImplementedError

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        """Return an empty store."""
        store = self.make_store(tmp_path)
        yield store
        close_if_possible(store)

    @pytest.fixture
    def deployment(self, store: Store) -> Deployment:
        """Return the deployment that is running."""
        deployment = samples.deployment()
        store.store_deployment(deployment)
        return deployment

    def test_without_a_deployment_none_is_current(self, store: Store) -> None:
        with pytest.raises(MetadataStoreError):
            store.get_current_deployment()

    def test_a_deployment_comes_back_as_it_was_stored(
        self, store: Store, deployment: Deployment
    ) -> None:
        assert store.get_current_deployment() == deployment

    def test_an_ended_deployment_is_not_the_current_one(
        self, store: Store, deployment: Deployment
    ) -> None:
        end(store, deployment)
        with pytest.raises(MetadataStoreError):
            store.get_current_deployment()

    def test_an_ended_deployment_that_started_later_hides_none_that_runs(
        self, store: Store, deployment: Deployment
    ) -> None:
        later = samples.deployment("meadow", minute=5)
        store.store_deployment(later)
        end(store, later)
        assert store.get_current_deployment() == deployment

    def test_a_recording_comes_back_with_all_its_fields(
        self, store: Store, deployment: Deployment
    ) -> None:
        recording = samples.recording(deployment)
        store.store_recording(recording)
        [(stored, outputs)] = store.get_recordings([recording.id])
        assert stored == recording
        assert outputs == []

    def test_a_recording_without_a_file_or_known_channels_comes_back(
        self, store: Store, deployment: Deployment
    ) -> None:
        unknown = {"path": None, "audio_channels": None}
        recording = samples.recording(deployment).model_copy(update=unknown)
        store.store_recording(recording)
        assert read(store, recording) == recording

    def test_two_recordings_of_one_instant_are_both_kept(
        self, store: Store, deployment: Deployment
    ) -> None:
        left = samples.recording(deployment, Path("/audio/left.wav"))
        right = samples.recording(deployment, Path("/audio/right.wav"))
        for recording in (left, right):
            store.store_recording(recording)
        assert [read(store, each) for each in (left, right)] == [left, right]

    def test_two_recordings_of_one_path_are_both_kept(
        self, store: Store, deployment: Deployment
    ) -> None:
        path = Path("/audio/same.wav")
        first, second = (samples.recording(deployment, path, minute=n) for n in (0, 1))
        for recording in (first, second):
            store.store_recording(recording)
        found = [recording.id for recording, _ in store.get_recordings_by_path([path])]
        assert sorted(found) == sorted([first.id, second.id])

    def test_a_known_recording_is_left_as_it_is(
        self, store: Store, deployment: Deployment
    ) -> None:
        recording = samples.recording(deployment)
        store.store_recording(recording)
        store.store_recording(recording.model_copy(update={"duration": 99}))
        assert read(store, recording) == recording

    def test_unknown_ids_and_paths_are_left_out(
        self, store: Store, deployment: Deployment
    ) -> None:
        recording = samples.recording(deployment)
        store.store_recording(recording)
        assert [r for r, _ in store.get_recordings([uuid4(), recording.id])] == [recording]
        assert store.get_recordings([]) == []
        assert store.get_recordings_by_path([Path("/audio/never.wav"), None]) == []

    def test_recordings_are_found_by_path_with_who_has_answered(
        self, store: Store, deployment: Deployment
    ) -> None:
        path = Path("/audio/found.wav")
        recording = samples.recording(deployment, path)
        store.store_recording(recording)
        store.store_model_output(samples.output(recording, model="bats"))
        [(found, infos)] = store.get_recordings_info_by_path([path])
        assert found == recording
        assert [info.name_model for info in infos] == ["bats"]

    def test_where_a_file_is_now_is_noted_and_returned(
        self, store: Store, deployment: Deployment
    ) -> None:
        recording = samples.recording(deployment)
        store.store_recording(recording)
        for path in (Path("/kept/one.wav"), None):
            moved = store.update_recording_path(recording, path)
            assert moved == recording.model_copy(update={"path": path})
            assert read(store, recording) == moved

    @pytest.mark.parametrize("kind", list(PredictionType))
    def test_a_detection_comes_back_with_what_it_claims(
        self, store: Store, deployment: Deployment, kind: PredictionType
    ) -> None:
        output = samples.output(samples.recording(deployment), samples.detection(kind=kind))
        store.store_model_output(output)
        assert describe(store.get_recording_model_outputs(output.recording)) == describe([output])

    def test_a_detection_without_a_place_or_tags_comes_back(
        self, store: Store, deployment: Deployment
    ) -> None:
        output = samples.output(samples.recording(deployment), Detection(detection_score=0.5))
        store.store_model_output(output)
        assert describe(store.get_recording_model_outputs(output.recording)) == describe([output])

    def test_an_output_that_found_nothing_is_an_answer_too(
        self, store: Store, deployment: Deployment
    ) -> None:
        output = samples.output(samples.recording(deployment))
        store.store_model_output(output)
        [stored] = store.get_recording_model_outputs(output.recording)
        assert list(stored.detections) == []

    def test_an_output_seen_twice_is_stored_once(
        self, store: Store, deployment: Deployment
    ) -> None:
        output = samples.output(samples.recording(deployment), samples.detection())
        store.store_model_output(output)
        store.store_model_outputs([output])
        assert describe(store.get_recording_model_outputs(output.recording)) == describe([output])

    def test_a_second_answer_of_one_model_is_not_stored(
        self, store: Store, deployment: Deployment
    ) -> None:
        recording = samples.recording(deployment)
        first, second = (samples.output(recording, samples.detection(s)) for s in (0.4, 0.6))
        store.store_model_output(first)
        store.store_model_output(second)
        assert [o.id for o in store.get_recording_model_outputs(recording)] == [first.id]

    def test_every_model_has_its_answer(self, store: Store, deployment: Deployment) -> None:
        recordings = [samples.recording(deployment, minute=n) for n in range(2)]
        outputs = [samples.output(recordings[0], model=name) for name in ("bats", "birds")]
        for recording in recordings:
            store.store_recording(recording)
        store.store_model_outputs(outputs)
        stored = store.get_recordings_model_outputs(recordings)
        assert {output.name_model for output in stored[recordings[0].id]} == {"bats", "birds"}
        assert not stored.get(recordings[1].id)

    def test_another_process_reads_what_was_stored(
        self, store: Store, deployment: Deployment, tmp_path: Path
    ) -> None:
        recording = samples.recording(deployment)
        store.store_recording(recording)
        other = self.make_store(tmp_path)
        assert read(other, recording) == recording
        close_if_possible(other)


def end(store: Store, deployment: Deployment) -> None:
    """End a deployment an hour after its start."""
    ended_on = deployment.started_on + dt.timedelta(hours=1)
    store.update_deployment(deployment.model_copy(update={"ended_on": ended_on}))


def read(store: Store, recording: Recording) -> Recording:
    """Return what a store has of one recording."""
    [(stored, _)] = store.get_recordings([recording.id])
    return stored


def describe(outputs: list[ModelOutput]) -> list[dict[str, object]]:
    """Return outputs as plain values, whatever classes their detections are of."""
    return [output.model_dump(mode="json") for output in outputs]


def close_if_possible(component: object) -> None:
    """Close what can be closed."""
    with contextlib.suppress(AttributeError):
        component.close()  # type: ignore[attr-defined]
