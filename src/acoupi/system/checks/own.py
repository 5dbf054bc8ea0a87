"""What a program checks by itself."""

from collections.abc import Iterator

from acoupi.system.checks.findings import Finding, ok, skipped
from acoupi.system.checks.subject import Subject

__all__ = ["check_own"]

OURS = "acoupi.programs."


def check_own(subject: Subject) -> Iterator[Finding]:
    """Run the check of a program that has one of its own; those of acoupi's are in this list."""
    program = subject.program
    if type(program).check.__module__.startswith(OURS):
        return
    name = type(program).__name__
    if subject.is_running:
        yield skipped("program", f"{name} may use the microphone for its check")
        return
    program.check(program.config)
    yield ok("program", f"{name} finds nothing wrong")
