"""What checks found, a line or two each."""

import textwrap
from typing import TYPE_CHECKING

from acoupi.cli.render import NARROW
from acoupi.cli.render_rows import tinted

if TYPE_CHECKING:
    from acoupi.system.checks import Finding
    from acoupi.system.checks.run import Examination

__all__ = ["check_document", "finding_lines"]

WHAT_WIDTH, VERDICT_WIDTH = 15, 9
NARROW_MARGIN = 2


def finding_lines(finding: "Finding", columns: int) -> list[str]:
    """Return the lines of one finding: what, how it is, why, and what to do."""
    verdict = str(finding.verdict)
    colour = tinted(verdict)
    if columns < NARROW:
        head = f"{colour}{' ' * (VERDICT_WIDTH - len(verdict))}{finding.what}"
        return [head, *_said(finding, NARROW_MARGIN, columns)]
    margin = WHAT_WIDTH + VERDICT_WIDTH
    lines = _said(finding, margin, columns)
    gap = " " * (VERDICT_WIDTH - len(verdict))
    lines[0] = f"{finding.what:<{WHAT_WIDTH}}{colour}{gap}{lines[0][margin:]}"
    return lines


def check_document(program: str, examination: "Examination") -> dict[str, object]:
    """Return everything as JSON values."""
    return {
        "program": program,
        "verdict": str(examination.verdict),
        "exit_code": examination.exit_code,
        "checks": [
            {"what": f.what, "verdict": str(f.verdict), "why": f.why, "hint": f.hint}
            for f in examination.findings
        ],
        "notes": examination.notes,
    }


def _said(finding: "Finding", margin: int, columns: int) -> list[str]:
    lines = _fold(finding.why, " " * margin, " " * margin, columns) or [" " * margin]
    if finding.hint:
        lines += _fold(finding.hint, " " * margin + "hint: ", " " * (margin + 6), columns)
    return lines


def _fold(text: str, first: str, rest: str, columns: int) -> list[str]:
    return textwrap.wrap(
        text, columns, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
    )
