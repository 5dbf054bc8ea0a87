"""What a deployment did with its time, as bars."""

import csv
import datetime as dt
import io
import textwrap
from collections.abc import Sequence

import click

from acoupi.cli.ink import Colours, Ink
from acoupi.cli.render import result, result_json
from acoupi.cli.render_listing import clock_text
from acoupi.data import ClockQuality, EffortState
from acoupi.system.effort import Bucket, Effort, Unit

__all__ = ["bar_cells", "effort_lines", "write_effort_csv", "write_effort_json"]

# In the order of the bar: name, block, ASCII, colour.
LOOKS: dict[EffortState, tuple[str, str, str, str]] = {
    EffortState.RECORDED: ("recorded", "█", "#", "green"),
    EffortState.UNHEARD: ("unheard", "▓", "?", "yellow"),
    EffortState.QUIET: ("quiet", "▂", ",", "green"),
    EffortState.PRIVATE: ("private", "▞", "%", "magenta"),
    EffortState.PAUSED: ("paused", "▒", "=", "cyan"),
    EffortState.NOT_SCHEDULED: ("not scheduled", "░", "-", "blue"),
    EffortState.CONDITION: ("condition", "·", ".", "magenta"),
    EffortState.OVERLOAD: ("overload", "+", "+", "yellow"),
    EffortState.DROPPED: ("dropped", "!", "!", "yellow"),
    EffortState.DEVICE_FAULT: ("device fault", "x", "x", "red"),
    EffortState.DOWN: ("down", "_", "_", "red"),
}
LABELS: dict[Unit, str] = {"day": "%Y-%m-%d", "hour": "%Y-%m-%d %H:00"}
NAME_WIDTH = max(len(name) for name, *_ in LOOKS.values())
LEAST_BAR = 8
MOST_BAR = 100
MEANING = (
    "Shares are of the time from start to end. Recorded is sound in recordings, kept or let go; "
    "unheard, what was not analysed of it; what nobody noted is down. Compare detections by the "
    "hour recorded: a count says nothing where nobody listened."
)
NOT_NOTED = (
    "Nothing but recordings is known of this deployment: what else it did with its time, be it "
    "by plan or by fault, counts as down."
)


def effort_lines(effort: Effort, zone: dt.tzinfo, unit: Unit, columns: int, ink: Ink) -> list[str]:
    """Return a heading, a bar for each part, the totals, and what they mean."""
    heading = textwrap.wrap(_heading(effort, zone), columns)
    bars = [_part_line(part, zone, unit, columns, ink) for part in effort.parts]
    totals = [_state_line(effort.total, state, ink) for state in LOOKS if _has(effort, state)]
    notes = [_clock_text(effort.total), MEANING]
    if effort.total.lost_samples:
        notes.insert(0, f"{effort.total.lost_samples} samples were lost.")
    if not effort.is_noted:
        notes.append(NOT_NOTED)
    told = [line for text in notes for line in textwrap.wrap(text, columns)]
    return [*heading, "", *bars, "", *totals, *_reason_lines(effort, columns), "", *told]


def write_effort_json(efforts: Sequence[Effort], zone: dt.tzinfo) -> None:
    """Write a list of deployments."""
    result_json([_document(effort, zone) for effort in efforts])


def write_effort_csv(efforts: Sequence[Effort], zone: dt.tzinfo) -> None:
    """Write a line for each part of each deployment."""
    clocks = [f"clock_{clock.value}_s" for clock in ClockQuality]
    states = [f"{state.value}_s" for state in LOOKS]
    rows: list[Sequence[object]] = [
        (
            "deployment",
            "microphone",
            "started_on",
            "ended_on",
            "total_s",
            *states,
            "lost_samples",
            *clocks,
        )
    ]
    rows += [_csv_row(effort, part, zone) for effort in efforts for part in effort.parts]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    result(text.getvalue().rstrip("\n"))


def bar_cells(part: Bucket, cells: int) -> dict[EffortState, int]:
    """Share cells out by the states' lengths; what was at all has one, if there are enough."""
    there = [state for state in LOOKS if part.by_state.get(state)]
    least = 1 if cells >= len(there) else 0
    free = cells - least * len(there)
    exact = {state: part.share(state) * free for state in there}
    counts = {state: least + int(exact[state]) for state in there}
    rest = sorted(there, key=lambda state: int(exact[state]) - exact[state])
    for state in rest[: cells - sum(counts.values())]:
        counts[state] += 1
    return counts


def _heading(effort: Effort, zone: dt.tzinfo) -> str:
    start, end = (
        clock_text(instant, zone) for instant in (effort.total.started_on, effort.total.ended_on)
    )
    microphone = f", {effort.microphone}" if effort.microphone else ""
    return f"{effort.deployment.name}{microphone}, {start} to {end}"


def _part_line(part: Bucket, zone: dt.tzinfo, unit: Unit, columns: int, ink: Ink) -> str:
    label = part.started_on.astimezone(zone).strftime(LABELS[unit])
    share = _percent(part.share(EffortState.RECORDED))
    cells = min(MOST_BAR, max(LEAST_BAR, columns - len(label) - len(share) - 3))
    bar = "".join(_drawn(state, n, ink) for state, n in bar_cells(part, cells).items())
    return f"{label} {bar} {share}"


def _state_line(total: Bucket, state: EffortState, ink: Ink) -> str:
    name = f"{LOOKS[state][0]:<{NAME_WIDTH}}"
    length = _length(total.by_state[state])
    return f"{_drawn(state, 1, ink)} {name} {length:>11} {_percent(total.share(state))}"


def _reason_lines(effort: Effort, columns: int) -> list[str]:
    texts = [
        f"{_length(length)} {LOOKS[state][0]}: {reason}"
        for (state, reason), length in effort.reasons.items()
    ]
    return [
        line
        for text in texts
        for line in textwrap.wrap(text, columns, initial_indent="  ", subsequent_indent="    ")
    ]


def _clock_text(total: Bucket) -> str:
    shares = [
        f"{clock.value} {_percent(total.by_clock[clock] / total.length).strip()}"
        for clock in (ClockQuality.SYNCHRONISED, *ClockQuality)
        if total.by_clock.get(clock)
    ]
    return f"Clock: {', '.join(dict.fromkeys(shares))}."


def _drawn(state: EffortState, count: int, ink: Ink) -> str:
    _, block, ascii_, colour = LOOKS[state]
    text = (block if ink.is_unicode else ascii_) * count
    return text if ink.colours is Colours.NONE else click.style(text, fg=colour)


def _percent(share: float) -> str:
    """Say a share so that nothing is all or none that is not."""
    if 0 < share < 0.001:
        return " <0.1 %"
    if 0.999 < share < 1:
        return ">99.9 %"
    return f"{share * 100:5.1f} %"


def _length(length: dt.timedelta) -> str:
    minutes, seconds = divmod(round(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"


def _has(effort: Effort, state: EffortState) -> bool:
    return bool(effort.total.by_state.get(state))


def _document(effort: Effort, zone: dt.tzinfo) -> dict[str, object]:
    return {
        "deployment": effort.deployment.name,
        "id": str(effort.deployment.id),
        "microphone": effort.microphone,
        "is_noted": effort.is_noted,
        "total": _bucket_document(effort.total, zone),
        "reasons": [
            {"state": state.value, "reason": reason, "seconds": length.total_seconds()}
            for (state, reason), length in effort.reasons.items()
        ],
        "parts": [_bucket_document(part, zone) for part in effort.parts],
    }


def _bucket_document(part: Bucket, zone: dt.tzinfo) -> dict[str, object]:
    return {
        "started_on": part.started_on.astimezone(zone).isoformat(),
        "ended_on": part.ended_on.astimezone(zone).isoformat(),
        "total_s": part.length.total_seconds(),
        **{f"{state.value}_s": seconds for state, seconds in _state_seconds(part)},
        "lost_samples": part.lost_samples,
        "clock_s": {clock.value: seconds for clock, seconds in _clock_seconds(part)},
    }


def _csv_row(effort: Effort, part: Bucket, zone: dt.tzinfo) -> list[object]:
    started_on, ended_on = (
        instant.astimezone(zone).isoformat() for instant in (part.started_on, part.ended_on)
    )
    states = [seconds for _, seconds in _state_seconds(part)]
    clocks = [seconds for _, seconds in _clock_seconds(part)]
    total_s = part.length.total_seconds()
    which = [effort.deployment.name, effort.microphone]
    return [*which, started_on, ended_on, total_s, *states, part.lost_samples, *clocks]


def _state_seconds(part: Bucket) -> list[tuple[EffortState, float]]:
    nothing = dt.timedelta()
    return [(state, part.by_state.get(state, nothing).total_seconds()) for state in LOOKS]


def _clock_seconds(part: Bucket) -> list[tuple[ClockQuality, float]]:
    nothing = dt.timedelta()
    return [(clock, part.by_clock.get(clock, nothing).total_seconds()) for clock in ClockQuality]
