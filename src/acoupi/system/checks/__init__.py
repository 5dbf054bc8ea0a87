"""Whether a sensor can do its work here: one small module for each question."""

from typing import TYPE_CHECKING

from acoupi._lazy import attach

if TYPE_CHECKING:
    from acoupi.system.checks.findings import Finding as Finding, Verdict as Verdict
    from acoupi.system.checks.run import Examination as Examination

__getattr__, __dir__, __all__ = attach(
    __name__, {"Examination": ".run", "Finding": ".findings", "Verdict": ".findings"}
)
