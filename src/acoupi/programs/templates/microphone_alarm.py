"""Tells of a microphone that fails, and when it no longer does: each once."""

import json
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from acoupi._files import write_atomic
from acoupi.audio.microphone_health.history import MicrophoneHealth
from acoupi.audio.microphone_health.wording import describe_symptom, name_channel

__all__ = ["MicrophoneAlarm", "alarm_note"]

module_logger = logging.getLogger(__name__)


def alarm_note(db_path: Path) -> Path:
    """Return the file that says what was told, beside the database of recordings."""
    return db_path.with_name(f"{db_path.name}.microphone-told.json")


class MicrophoneAlarm:
    """Looks from time to time at what is believed of the microphones.

    Parameters
    ----------
    read
        Returns what is known of them.
    tell
        Tells somebody, and returns whether that worked; if not, it is tried again.
    note
        A file that says what was told, so that a new process does not repeat it.
    logger
        Where it says the same.
    """

    def __init__(
        self,
        read: Callable[[], Sequence[MicrophoneHealth]],
        tell: Callable[[str], bool],
        note: Path,
        logger: logging.Logger = module_logger,
    ) -> None:
        self._read = read
        self._tell = tell
        self._note = note
        self._logger = logger
        self._unwritten: dict[str, str] | None = None

    def watch_microphones_task(self) -> None:
        """Tell what is believed since the last time, and what no longer is."""
        # Another process may have told meanwhile, as when somebody runs the task.
        told = _noted(self._note) if self._unwritten is None else dict(self._unwritten)
        now = dict(_beliefs(self._read()))
        for key, (problem, over) in now.items():
            if key not in told and self._announce(problem):
                told[key] = over
        for key, over in list(told.items()):
            if key not in now and self._announce(over):
                del told[key]
        self._remember(told)

    def _announce(self, text: str) -> bool:
        self._logger.warning("%s", text)
        return self._tell(text)

    def _remember(self, told: dict[str, str]) -> None:
        try:
            if told != _noted(self._note):
                write_atomic(self._note, json.dumps(told))
            self._unwritten = None
        except OSError as error:  # no space: a new process tells it once more
            self._logger.warning("%s cannot be written: %s", self._note, error)
            self._unwritten = told


def _beliefs(microphones: Sequence[MicrophoneHealth]) -> list[tuple[str, tuple[str, str]]]:
    """Return a name for each belief, what it says, and what is said when it is over."""
    return [
        (
            f"{name_channel(health, number)}: {symptom}",
            (
                describe_symptom(health, number, symptom),
                f"{name_channel(health, number)} is no longer suspected: {symptom.words}",
            ),
        )
        for health in microphones
        for number, symptom in health.symptoms
    ]


def _noted(note: Path) -> dict[str, str]:
    try:
        return dict(json.loads(note.read_bytes()))
    except (OSError, ValueError, TypeError):
        return {}
