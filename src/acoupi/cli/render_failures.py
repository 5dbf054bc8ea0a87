"""Tasks that failed, as a text and as a document."""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from acoupi.cli.render import counted, room
from acoupi.cli.render_listing import clock_text
from acoupi.cli.render_rows import Row, row_lines

if TYPE_CHECKING:
    from acoupi.system.failures import FailedTask, FailingTask

__all__ = ["failures_document", "failures_text"]


def failures_document(
    set_aside: "Sequence[FailedTask]", failing: "Sequence[FailingTask]"
) -> dict[str, Any]:
    """Return everything that is known."""
    return {
        "set_aside": [each.model_dump(mode="json") for each in set_aside],
        "keep_failing": [each.model_dump(mode="json") for each in failing],
    }


def failures_text(
    set_aside: "Sequence[FailedTask]", failing: "Sequence[FailingTask]", zone: dt.tzinfo
) -> str:
    """Return a row for each."""
    rows: list[Row] = [
        (
            each.id,
            f"{each.task}, set aside {clock_text(each.failed_on, zone)} "
            f"after {each.attempts} attempts: {each.error}",
        )
        for each in set_aside
    ]
    rows += [
        (
            "keeps failing",
            f"{each.task}, {counted(each.times, 'time')} since "
            f"{clock_text(each.since, zone)}: {each.error}",
        )
        for each in failing
    ]
    return "\n".join(row_lines(rows, room()))
