"""The store of deployments, recordings and detections in one SQLite file."""

import contextlib
import datetime as dt
from collections.abc import Collection, Generator, Sequence
from pathlib import Path
from typing import Literal
from uuid import UUID

from acoupi._claims import Claims
from acoupi._sqlite import Database
from acoupi.components.stores.sqlite import (
    effort,
    heard as heard_rows,
    processing,
    queries,
    unheard,
    writing,
)
from acoupi.components.stores.sqlite.due import find_due
from acoupi.components.stores.sqlite.schema import MIGRATIONS
from acoupi.components.stores.sqlite.tally import DeploymentTally, tally_deployment
from acoupi.components.stores.sqlite.where import Where
from acoupi.components.types import FILE_IS_GONE, EffortLog, HeardLog, ProcessingLog, Store
from acoupi.data import (
    Deployment,
    Detection,
    EffortSpan,
    Heard,
    ModelOutput,
    ModelOutputInfo,
    PredictedTag,
    Recording,
)
from acoupi.errors import MetadataStoreError

__all__ = ["SqliteStore"]

LONGEST = dt.timedelta(hours=1)
ENDS_LATE = "julianday(datetime) + duration_s / 86400 > julianday(?) - 1e-7"
"""Nearly; it spares reading what ended long before."""


class SqliteStore(Store, ProcessingLog, EffortLog, HeardLog):
    """Keeps everything in one SQLite file, for as many threads and processes as like.

    A file of acoupi 0.8 is opened and taken along, after a copy was made beside
    it. What a method has written survives a power cut once it has returned.

    Parameters
    ----------
    db_path
        The file; it and its folder are made when first used.
    """

    def __init__(self, db_path: Path) -> None:
        self.db_path = Path(db_path)
        self._database = Database(self.db_path, MIGRATIONS, "FULL", MetadataStoreError)
        self._claims = Claims(self.db_path.with_name(f"{self.db_path.name}.claims"))

    def close(self) -> None:
        """Close this thread's connection; the next call opens another."""
        self._database.close()

    def get_current_deployment(self) -> Deployment:
        """Return the deployment that started last among those that have not ended."""
        with self._database.read() as connection:
            deployment = queries.find_current_deployment(connection)
        if deployment is None:
            raise MetadataStoreError(
                f"no deployment is running according to {self.db_path}",
                help="start one with: acoupi deployment start",
            )
        return deployment

    def store_deployment(self, deployment: Deployment) -> None:
        """Keep a deployment; one that is known already is left as it is."""
        with self._database.write() as connection:
            writing.insert_deployment(connection, deployment)

    def update_deployment(self, deployment: Deployment) -> None:
        """Replace a deployment's fields; one that is not known is kept."""
        with self._database.write() as connection:
            writing.replace_deployment(connection, deployment)

    def store_recording(self, recording: Recording, deployment: Deployment | None = None) -> None:
        """Keep a recording, and its deployment if that is not known.

        Parameters
        ----------
        recording
            One that is known already is left as it is.
        deployment
            What it belongs to, if not to its own ``deployment``.
        """
        with self._database.write() as connection:
            writing.insert_recording(connection, recording, deployment)

    def store_model_output(self, model_output: ModelOutput) -> None:
        """Keep an output with its detections, and its recording if that is not known."""
        self.store_model_outputs([model_output])

    def store_model_outputs(self, model_outputs: list[ModelOutput]) -> None:
        """Keep several outputs, all or none."""
        with self._database.write() as connection:
            for model_output in model_outputs:
                writing.insert_output(connection, model_output)

    def update_recording_path(self, recording: Recording, path: Path | None) -> Recording:
        """Note where a file is now (None: not kept), and return the recording with it."""
        with self._database.write() as connection:
            writing.set_path(connection, recording, path)
        return recording.model_copy(update={"path": path})

    def get_recordings(self, ids: list[UUID]) -> list[tuple[Recording, list[ModelOutput]]]:
        """Return the recordings with these ids, with their outputs, oldest first."""
        return self._recordings(Where().among("recording.id", ids))

    def get_recordings_by_path(
        self, paths: Sequence[Path | None]
    ) -> list[tuple[Recording, list[ModelOutput]]]:
        """Return the recordings whose files are these, with their outputs, oldest first."""
        return self._recordings(_with_path(paths))

    def get_recordings_info_by_path(
        self, paths: Sequence[Path | None]
    ) -> list[tuple[Recording, list[ModelOutputInfo]]]:
        """Return the recordings whose files are these, with who has answered, oldest first."""
        with self._database.read() as connection:
            recordings = queries.find_recordings(connection, _with_path(paths))
            infos = queries.find_output_infos(connection, [each.id for each in recordings])
        return [(recording, infos[recording.id]) for recording in recordings]

    def get_recordings_in(self, folder: Path) -> list[Recording]:
        """Return the recordings whose file should lie in a folder, oldest first."""
        # A range, since an index can serve it; "0" is the character after "/".
        where = Where().holds("path >= ?", f"{folder}/").holds("path < ?", f"{folder}0")
        with self._database.read() as connection:
            return queries.find_recordings(connection, where)

    def get_recordings_between(
        self, since: dt.datetime, until: dt.datetime, deployment: Deployment
    ) -> list[tuple[Recording, list[ModelOutput]]]:
        """Return the recordings of a deployment that reach into a stretch of time, oldest first.

        Of those that began more than an hour before it, none is found.
        """
        # The plus leaves the search to the index of instants.
        where = Where().holds("+deployment_id = ?", deployment.id)
        where.holds("datetime >= ?", since - LONGEST).holds("datetime <= ?", until)
        where.holds(ENDS_LATE, since)
        return [
            (recording, outputs)
            for recording, outputs in self._recordings(where)
            if recording.created_on + dt.timedelta(seconds=recording.duration) >= since
        ]

    def get_recording_model_outputs(self, recording: Recording) -> list[ModelOutput]:
        """Return all outputs for one recording, oldest first."""
        return self.get_recordings_model_outputs([recording])[recording.id]

    def get_recordings_model_outputs(
        self, recordings: Sequence[Recording]
    ) -> dict[UUID, list[ModelOutput]]:
        """Return all outputs for several recordings, by recording id; none is an empty list."""
        with self._database.read() as connection:
            return queries.find_outputs_of(connection, [each.id for each in recordings])

    def get_model_outputs(
        self,
        after: dt.datetime | None = None,
        before: dt.datetime | None = None,
        ids: Sequence[UUID] | None = None,
        recording_ids: Sequence[UUID] | None = None,
        model_names: Sequence[str] | None = None,
        detection_ids: Sequence[UUID] | None = None,
        limit: int | None = None,
    ) -> list[ModelOutput]:
        """Return the outputs that meet every condition given, oldest first.

        Parameters
        ----------
        after, before
            Created at ``after`` or later, and earlier than ``before``.
        ids, recording_ids, model_names, detection_ids
            Among these; of an empty list, nothing is.
        limit
            At most so many, the oldest.
        """
        where = _created(after, before).among("model_output.id", ids)
        where.among("recording_id", recording_ids).among("model_name", model_names)
        with self._database.read() as connection:
            if detection_ids is not None:
                owners = queries.output_ids_of_detections(connection, detection_ids)
                where.among("model_output.id", owners)
            return queries.find_outputs(connection, where, limit)

    def get_detections(
        self,
        ids: Sequence[UUID] | None = None,
        model_output_ids: Sequence[UUID] | None = None,
        score_gt: float | None = None,
        score_lt: float | None = None,
        model_names: Sequence[str] | None = None,
        after: dt.datetime | None = None,
        before: dt.datetime | None = None,
    ) -> list[Detection]:
        """Return the detections that meet every condition given, oldest first.

        Parameters
        ----------
        ids, model_output_ids, model_names
            Among these; of an empty list, nothing is.
        score_gt, score_lt
            With a detection score above and below this.
        after, before
            In an output created at ``after`` or later, and earlier than ``before``.
        """
        where = _created(after, before).among("detection.id", ids)
        where.among("model_output_id", model_output_ids).among("model_name", model_names)
        where.holds("detection_score > ?", score_gt).holds("detection_score < ?", score_lt)
        with self._database.read() as connection:
            return queries.find_detections(connection, where)

    def get_predicted_tags(
        self,
        detection_ids: Sequence[UUID] | None = None,
        after: dt.datetime | None = None,
        before: dt.datetime | None = None,
        score_gt: float | None = None,
        score_lt: float | None = None,
        keys: Sequence[str] | None = None,
        values: Sequence[str] | None = None,
    ) -> list[PredictedTag]:
        """Return the tags that meet every condition given, oldest first.

        Parameters
        ----------
        detection_ids, keys, values
            Among these; of an empty list, nothing is.
        after, before
            In an output created at ``after`` or later, and earlier than ``before``.
        score_gt, score_lt
            With a confidence above and below this.
        """
        where = _created(after, before).among("detection_id", detection_ids)
        where.among("key", keys).among("value", values)
        where.holds("confidence_score > ?", score_gt).holds("confidence_score < ?", score_lt)
        with self._database.read() as connection:
            return queries.find_tags(connection, where)

    def begin_processing(self, recording: Recording) -> int:
        """Claim a recording for this process, and return how many attempts have begun."""
        try:
            with self._database.write() as connection:
                return processing.begin(connection, recording, self._claims)
        except MetadataStoreError:
            self._claims.release(recording.id)
            raise

    def fail_attempt(self, recording: Recording, attempt: int, reason: str) -> bool:
        """Note that an attempt failed and why, and tell whether there will be another."""
        with self._releasing(recording), self._database.write() as connection:
            return processing.fail(connection, recording, reason)

    def postpone(self, recording: Recording, attempt: int, reason: str) -> None:
        """Note that an attempt was in vain through no fault of the recording."""
        with self._releasing(recording), self._database.write() as connection:
            processing.postpone(connection, recording, reason)

    def explain_interruptions(self, pids: Collection[int], reason: str) -> None:
        """Note why processes of this machine ended, with what they were processing."""
        with self._database.write() as connection:
            processing.explain(connection, pids, reason)

    def end_processing(
        self, recording: Recording, state: Literal["done", "skipped", "failed"], reason: str = ""
    ) -> None:
        """Note that nothing more will be tried."""
        with self._releasing(recording), self._database.write() as connection:
            processing.end(connection, recording, state, reason)

    def note_loss(self, recording: Recording) -> None:
        """Note that the recording's file is gone; what was found in it stays."""
        with self._releasing(recording), self._database.write() as connection:
            processing.lose(connection, recording, FILE_IS_GONE)

    def is_processed(self, recording: Recording) -> bool:
        """Tell whether processing has ended, one way or another."""
        with self._database.read() as connection:
            return processing.has_ended(connection, recording)

    def get_failure(self, recording: Recording) -> str | None:
        """Return why processing was given up; None if it was not."""
        with self._database.read() as connection:
            return processing.find_failure(connection, recording)

    def get_unheard(self, recording: Recording) -> str | None:
        """Return why nobody heard it, be it given up or left (``NOT_KEPT_UP``); None if not so."""
        with self._database.read() as connection:
            return unheard.find_reason(connection, recording)

    def get_waiting_sound(self, folder: Path) -> list[tuple[dt.datetime, float]]:
        """Return when each recording that waits began, and its length (s); oldest first."""
        with self._database.read() as connection:
            return unheard.find_waiting_sound(connection, folder)

    def is_asked_for(self, recording: Recording) -> bool:
        """Tell whether it waits because somebody asked for it again."""
        with self._database.read() as connection:
            return unheard.is_asked_for(connection, recording)

    def get_unprocessed_recordings(
        self, limit: int = 100, folder: Path | None = None
    ) -> list[Recording]:
        """Return recordings with a file (in a folder) whose processing has not ended."""
        with self._database.read() as connection:
            return processing.find_unprocessed(connection, limit, folder)

    def get_due_recordings(
        self, now: dt.datetime, limit: int = 100, folder: Path | None = None
    ) -> list[Recording]:
        """Return recordings that somebody should process now, oldest first, and note it."""
        ring_again = dt.timedelta(seconds=self.RING_AGAIN_S)
        with self._database.write() as connection:
            return find_due(connection, self._claims, now, ring_again, limit, folder)

    def retry_failed(self, ids: Sequence[UUID] | None = None) -> int:
        """Let those that were set aside or left be tried from the start, and count them."""
        with self._database.write() as connection:
            return processing.retry_failed(connection, ids)

    def retry_unopened(self) -> int:
        """Let those be tried from the start that were set aside for want of a model."""
        with self._database.write() as connection:
            return processing.retry_unopened(connection)

    def tally(self, deployment: Deployment) -> DeploymentTally:
        """Count what a deployment recorded, and what became of it."""
        with self._database.read() as connection:
            return tally_deployment(connection, deployment)

    def note(self, span: EffortSpan) -> None:
        """Keep a span; one that goes on where an equal one ends becomes a part of that."""
        with self._database.write() as connection:
            effort.note_span(connection, span)

    def get_spans(
        self,
        since: dt.datetime | None = None,
        until: dt.datetime | None = None,
        deployment: Deployment | None = None,
    ) -> list[EffortSpan]:
        """Return spans that reach into the time from ``since`` to ``until``, oldest first."""
        with self._database.read() as connection:
            return effort.find_spans(connection, since, until, deployment)

    def remember(
        self,
        topic: str,
        output: ModelOutput,
        heard: Sequence[Heard],
        forget_before: dt.datetime,
    ) -> None:
        """Keep what was heard in a recording, instead of what was kept of it before."""
        with self._database.write() as connection:
            heard_rows.remember(connection, topic, output, heard, forget_before)

    def recall(
        self,
        topic: str,
        output: ModelOutput,
        species: Collection[str],
        since: dt.datetime,
        until: dt.datetime,
    ) -> list[Heard]:
        """Return what was heard of some species in other recordings, oldest first."""
        with self._database.read() as connection:
            return heard_rows.recall(connection, topic, output, species, since, until)

    @contextlib.contextmanager
    def _releasing(self, recording: Recording) -> Generator[None]:
        """Let go of a recording, also when the disk is too full to note anything."""
        try:
            yield
        finally:
            self._claims.release(recording.id)

    def _recordings(self, where: Where) -> list[tuple[Recording, list[ModelOutput]]]:
        with self._database.read() as connection:
            recordings = queries.find_recordings(connection, where)
            outputs = queries.find_outputs_of(connection, [each.id for each in recordings])
        return [(recording, outputs[recording.id]) for recording in recordings]


def _with_path(paths: Sequence[Path | None]) -> Where:
    return Where().among("path", [path for path in paths if path is not None])


def _created(after: dt.datetime | None, before: dt.datetime | None) -> Where:
    column = "model_output.created_on"
    return Where().holds(f"{column} >= ?", after).holds(f"{column} < ?", before)
