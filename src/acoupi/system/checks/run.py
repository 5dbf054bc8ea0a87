"""All checks, one after the other, whatever they find."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

from acoupi._clock import utc_now
from acoupi._faults import describe_fault
from acoupi.errors import AcoupiError, HealthCheckError
from acoupi.programs import AcoupiProgram
from acoupi.system.checks import (
    broker,
    clock,
    disk,
    folders,
    messengers,
    microphone,
    model,
    own,
    place,
    privacy,
    saving,
    services,
)
from acoupi.system.checks.findings import Finding, Verdict, failed, ok, skipped, worst
from acoupi.system.checks.subject import Subject
from acoupi.system.deployments import get_current_deployment
from acoupi.system.programs import load_program
from acoupi.system.settings import Settings
from acoupi.system.supervisor.locks import is_held

__all__ = ["Examination"]

logger = logging.getLogger(__name__)

OF_COMPUTER: dict[str, Callable[[Settings], Iterator[Finding]]] = {
    "clock": clock.check_clock,
    "broker": broker.check_broker,
    "systemd": services.check_services,
}

OF_PROGRAM: dict[str, Callable[[Subject], Iterator[Finding]]] = {
    "zone": clock.check_zone,
    "place": place.check_place,
    "folders": folders.check_folders,
    "stores": folders.check_stores,
    "format": saving.check_format,
    "disk": disk.check_disk,
    "microphone": microphone.check_microphone,
    "model": model.check_model,
    "privacy": privacy.check_speech,
    "messengers": messengers.check_messengers,
    "program": own.check_own,
}


class Examination:
    """All checks of one sensor.

    Parameters
    ----------
    settings
        Of the home.
    sends
        Whether to send each receiver a message.
    """

    def __init__(self, settings: Settings, sends: bool = False) -> None:
        self.settings = settings
        self.sends = sends
        self.findings: list[Finding] = []
        self.notes: list[str] = []

    @property
    def verdict(self) -> Verdict:
        """The worst of all so far."""
        return worst(self.findings)

    @property
    def exit_code(self) -> int:
        """That of the first check that failed; 0 if none did."""
        return next((f.exit_code for f in self.findings if f.verdict is Verdict.FAILED), 0)

    def run(self) -> Iterator[Finding]:
        """Run every check, and yield what each finds."""
        for finding in self._run():
            self.findings.append(finding)
            yield finding

    def _run(self) -> Iterator[Finding]:
        programs: list[AcoupiProgram[Any]] = []
        yield from _guarded("configuration", lambda: self._load(programs))
        for what, check in OF_COMPUTER.items():
            yield from _guarded(what, lambda check=check: check(self.settings))
        for program in programs:
            yield from self._run_of_program(self._subject(program))
        if not programs:
            yield from (skipped(what, "it needs the configuration") for what in OF_PROGRAM)

    def _run_of_program(self, subject: Subject) -> Iterator[Finding]:
        for what, check in OF_PROGRAM.items():
            yield from _guarded(what, lambda check=check: check(subject))
        yield from _guarded("notes", lambda: self._take_notes(subject))

    def _load(self, programs: list[AcoupiProgram[Any]]) -> Iterator[Finding]:
        program = load_program(self.settings)
        programs.append(program)
        yield ok("configuration", f"{type(program).__module__} can be set up with it")

    def _subject(self, program: AcoupiProgram[Any]) -> Subject:
        return Subject(
            settings=self.settings,
            program=program,
            now=utc_now(),
            deployment=get_current_deployment(self.settings),
            is_running=is_held(self.settings.lock_file),
            sends=self.sends,
        )

    def _take_notes(self, subject: Subject) -> Iterator[Finding]:
        """Note what the program says of itself, but not twice what was found."""
        said = {finding.why for finding in self.findings}
        notes = subject.program.notes(subject.program.config)
        self.notes += [note for note in notes if note not in said]
        yield from ()


def _guarded(what: str, check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """Yield what a check finds; what it raises is a finding, too."""
    try:
        yield from check()
    except AcoupiError as error:
        yield failed(what, error)
    except Exception as error:
        logger.debug("the check %s failed", what, exc_info=True)
        yield failed(what, HealthCheckError(describe_fault(error)))
