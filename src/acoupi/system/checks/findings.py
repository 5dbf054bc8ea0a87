"""What a check found."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from acoupi.errors import AcoupiError, HealthCheckError

__all__ = ["Finding", "Verdict", "failed", "ok", "skipped", "warning", "worst"]


class Verdict(StrEnum):
    """How something is."""

    OK = "ok"
    SKIPPED = "skipped"
    WARNING = "warning"
    FAILED = "failed"


SEVERITY = list(Verdict)


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it is, why, and what to do about it."""

    what: str
    verdict: Verdict
    why: str
    hint: str | None = None
    exit_code: int = 0
    """What a command ends with because of it."""


def ok(what: str, why: str) -> Finding:
    """Find that all is well."""
    return Finding(what, Verdict.OK, why)


def skipped(what: str, why: str) -> Finding:
    """Find that there is nothing to look at, or that this is not the time."""
    return Finding(what, Verdict.SKIPPED, why)


def warning(what: str, why: str, hint: str | None = None) -> Finding:
    """Find what its owner should know, though the sensor can do its work."""
    return Finding(what, Verdict.WARNING, why, hint)


def failed(what: str, error: AcoupiError) -> Finding:
    """Find that the sensor cannot do its work."""
    code = error.exit_code if error.exit_code > 1 else HealthCheckError.exit_code
    return Finding(what, Verdict.FAILED, error.message or type(error).__name__, error.help, code)


def worst(findings: Sequence[Finding]) -> Verdict:
    """Return the worst verdict of all."""
    return max((finding.verdict for finding in findings), key=SEVERITY.index, default=Verdict.OK)
