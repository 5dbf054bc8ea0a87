"""Whether the place is known, where something goes by the sun."""

from collections.abc import Iterator

from acoupi.components.types import RecordingCondition, RecordingSavingFilter
from acoupi.programs.templates import BasicProgram
from acoupi.programs.templates.notes import describe_missing_place
from acoupi.system.checks.findings import Finding, ok, skipped, warning
from acoupi.system.checks.subject import Subject

__all__ = ["check_place"]


def check_place(subject: Subject) -> Iterator[Finding]:
    """Look whether what goes by the sun knows where the device is."""
    if not isinstance(subject.program, BasicProgram):
        yield skipped("place", "the program does not say whether it goes by the sun")
        return
    program, config = subject.program, subject.program.config
    parts: list[RecordingCondition | RecordingSavingFilter] = [
        *program.get_recording_conditions(config),
        *program.get_recording_filters(config),
    ]
    if not any(part.needs_coordinates for part in parts):
        yield ok("place", "nothing goes by the sun")
        return
    missing = describe_missing_place(parts, program.store)
    yield warning("place", missing[0]) if missing else ok("place", "the deployment has its place")
