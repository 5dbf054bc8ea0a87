"""Run models on a recording, store what it found, and queue the messages."""

import contextlib
import logging
import sqlite3
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from uuid import UUID, uuid5

from acoupi.components.types import (
    MAX_ATTEMPTS,
    UNOPENED,
    MessageBuilder,
    MessageStore,
    Model,
    ModelOutputCleaner,
    ProcessingFilter,
    ProcessingLog,
    Store,
)
from acoupi.data import Message, ModelOutput, Recording
from acoupi.errors import ClaimedError, ModelError, StoreError
from acoupi.models.answers import checked_answer
from acoupi.models.origin import with_origin

__all__ = ["MAX_ATTEMPTS", "as_list", "generate_detection_task"]

module_logger = logging.getLogger(__name__)

Builder = MessageBuilder[[ModelOutput]]
End = Literal["done", "skipped", "unanswered"]


def generate_detection_task(
    store: Store,
    model: Model,
    message_store: MessageStore,
    logger: logging.Logger = module_logger,
    output_cleaners: Sequence[ModelOutputCleaner] | None = None,
    processing_filters: Sequence[ProcessingFilter] | None = None,
    message_factories: Sequence[Builder] | None = None,
    retry_later: Callable[[Recording, int], None] | None = None,
    further_models: Sequence[Model] = (),
) -> Callable[[Recording], None]:
    """Build the task that processes one recording.

    Whatever interrupts it, it can be run again: an output that is stored is
    not made a second time, and its messages keep their ids. However often and
    in however many processes it runs, one of them at a time processes a
    recording. One that fails ``MAX_ATTEMPTS`` times is set aside with the
    reason; before that, ``retry_later`` is called with it and the number of
    the attempt.

    The ``further_models`` hear each recording too. What each says is stored
    under its own name and sent by itself; when one fails, the others are
    heard all the same, and the next attempt is its own.
    """
    return _Detection(
        store=store,
        model=model,
        further_models=further_models,
        message_store=message_store,
        logger=logger,
        cleaners=output_cleaners or (),
        filters=processing_filters or (),
        builders=message_factories or (),
        retry_later=retry_later,
        log=store if isinstance(store, ProcessingLog) else _NoLog(),
    ).detection_task


@dataclass(frozen=True)
class _Detection:
    store: Store
    model: Model
    further_models: Sequence[Model]
    message_store: MessageStore
    logger: logging.Logger
    cleaners: Sequence[ModelOutputCleaner]
    filters: Sequence[ProcessingFilter]
    builders: Sequence[Builder]
    retry_later: Callable[[Recording, int], None] | None
    log: ProcessingLog
    at: set[UUID] = field(default_factory=set[UUID])
    lock: threading.Lock = field(default_factory=threading.Lock)

    def detection_task(self, recording: Recording) -> None:
        if self.log.is_processed(recording):
            return
        with self.alone_with(recording) as alone:
            attempt = self.begin(recording) if alone else None
            if attempt is not None:
                self.attempt(recording, attempt)

    @contextlib.contextmanager
    def alone_with(self, recording: Recording) -> Generator[bool]:
        """Keep the other threads of this process from a recording, or tell that one has it."""
        with self.lock:
            alone = recording.id not in self.at
            self.at.add(recording.id)
        try:
            yield alone
        finally:
            if alone:
                self.at.discard(recording.id)

    def begin(self, recording: Recording) -> int | None:
        """Return which attempt this is; None if it is not for us to make."""
        try:
            attempt = self.log.begin_processing(recording)
        except ClaimedError as error:
            self.logger.info("%s", error)
            return None
        # Somebody was faster, or too many processes have died over it.
        return None if self.log.is_processed(recording) else attempt

    def attempt(self, recording: Recording, attempt: int) -> None:
        try:
            end, reason = self.process(recording, attempt)
        except StoreError as error:
            self.postpone_or_retry(recording, attempt, error)
        except Exception as error:
            self.logger.exception("recording %s: attempt %d failed", recording.id, attempt)
            self.give_up_or_retry(recording, attempt, f"{type(error).__name__}: {error}")
        else:
            if end == "unanswered":
                self.give_up_or_retry(recording, attempt, reason)
            else:
                self.log.end_processing(recording, end, reason)

    def process(self, recording: Recording, attempt: int) -> tuple[End, str]:
        """Process a recording, and return how that ended, and why."""
        models = _in_turn((self.model, *self.further_models), attempt)
        stored = self.store.get_recording_model_outputs(recording)
        if not stored:  # else they have agreed already
            refusal = _refusal(recording, self.filters)
            if refusal is not None:
                self.logger.info("recording %s skipped: %s", recording.id, refusal)
                return "skipped", refusal
        heard: set[str] = set()
        tried = [self.try_model(model, recording, stored, heard) for model in models]
        failures = [failure for failure in tried if failure]
        return ("unanswered", "; ".join(failures)) if failures else ("done", "")

    def try_model(
        self, model: Model, recording: Recording, stored: Sequence[ModelOutput], heard: set[str]
    ) -> str | None:
        """Store and send what a model says; return why it could not, which is no other's fault."""
        name = ""
        try:
            name = model.name
            _add_new(name, heard)
            output = _stored_output(stored, name) or self.detect(model, recording)
            for message in _messages(output, self.builders):
                self.message_store.store_message(message)
        except StoreError:
            raise
        except Exception as error:
            self.logger.exception("recording %s: %s failed", recording.id, name or "a model")
            reason = f"{type(error).__name__}: {error}"
            if not name:
                return f"{UNOPENED}: {reason}"
            return f"{name}: {reason}" if self.further_models else reason
        return None

    def detect(self, model: Model, recording: Recording) -> ModelOutput:
        answer = checked_answer(model.run(recording), recording, model.name)
        output = with_origin(answer, model)
        for cleaner in self.cleaners:
            output = cleaner.clean(output)
        self.store.store_model_output(output)
        self.logger.info("%d detections in %s", len(output.detections), recording.path)
        return output

    def postpone_or_retry(self, recording: Recording, attempt: int, error: StoreError) -> None:
        """Tell a full disk, no fault of the recording, from what a store will always refuse."""
        if isinstance(error.__cause__, OSError | sqlite3.OperationalError):
            self.logger.error("recording %s is put off: %s", recording.id, error)
            self.log.postpone(recording, attempt, str(error))
            return
        self.logger.error("recording %s: attempt %d failed: %s", recording.id, attempt, error)
        self.give_up_or_retry(recording, attempt, f"{type(error).__name__}: {error}")

    def give_up_or_retry(self, recording: Recording, attempt: int, reason: str) -> None:
        is_worth_it = self.log.fail_attempt(recording, attempt, reason)
        if is_worth_it and self.retry_later is not None:
            self.retry_later(recording, attempt)


def _in_turn(models: Sequence[Model], attempt: int) -> Sequence[Model]:
    """Begin with another each time: the one before may have brought the process down."""
    first = (attempt - 1) % len(models)
    return [*models[first:], *models[:first]]


def _add_new(name: str, heard: set[str]) -> None:
    """Note the name of a model that no other has."""
    if name in heard:
        raise ModelError(f"two models are called {name}", help="give one another name")
    heard.add(name)


def _stored_output(stored: Sequence[ModelOutput], model_name: str) -> ModelOutput | None:
    """Return the output of an earlier attempt that was cut after storing it."""
    return next((output for output in stored if output.name_model == model_name), None)


def _refusal(recording: Recording, filters: Sequence[ProcessingFilter]) -> str | None:
    reasons = (each.why_not(recording) for each in filters)
    return next((reason for reason in reasons if reason is not None), None)


def _messages(output: ModelOutput, builders: Sequence[Builder]) -> Iterator[Message]:
    """Build an output's messages, with the same ids each time."""
    built = (as_list(builder.build_message(output)) for builder in builders)
    for n, message in enumerate(message for messages in built for message in messages):
        yield message.model_copy(update={"id": uuid5(output.id, str(n))})


def as_list(messages: Message | list[Message] | None) -> list[Message]:
    """Return what a builder built as a list."""
    if messages is None:
        return []
    return messages if isinstance(messages, list) else [messages]


class _NoLog(ProcessingLog):
    """Stands in for a store that keeps no processing log: each call is the first and last."""

    def begin_processing(self, recording: Recording) -> int:
        return MAX_ATTEMPTS

    def end_processing(
        self, recording: Recording, state: Literal["done", "skipped", "failed"], reason: str = ""
    ) -> None:
        pass

    def is_processed(self, recording: Recording) -> bool:
        return False

    def get_failure(self, recording: Recording) -> str | None:
        return None

    def get_unprocessed_recordings(
        self, limit: int = 100, folder: Path | None = None
    ) -> list[Recording]:
        return []
