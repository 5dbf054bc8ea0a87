import csv
import datetime as dt
import io
import json
from dataclasses import replace
from uuid import UUID

import pytest

from acoupi.cli.ink import Colours, Ink
from acoupi.cli.render_effort import bar_cells, effort_lines, write_effort_csv, write_effort_json
from acoupi.components.stores.sqlite.effort import Noted
from acoupi.data import ClockQuality, Deployment, EffortSpan, EffortState
from acoupi.data.account import Recorded
from acoupi.system.effort import Bucket, Effort, account_for

START = dt.datetime(2026, 5, 1, 22, tzinfo=dt.UTC)
PLAIN, BLOCKS = Ink(), Ink(is_unicode=True)


def hour(number: float) -> dt.datetime:
    return START + dt.timedelta(hours=number)


def span(
    start: float, end: float, state: EffortState, reason: str = "", lost: int = 0
) -> EffortSpan:
    return EffortSpan(
        deployment_id=UUID(int=1),
        started_on=hour(start),
        ended_on=hour(end),
        state=state,
        reason=reason,
        lost_samples=lost,
        clock=ClockQuality.SYNCHRONISED,
    )


@pytest.fixture
def effort() -> Effort:
    spans = [
        span(0, 10, EffortState.PAUSED),
        span(10, 20, EffortState.NOT_SCHEDULED),
        span(20, 22, EffortState.CONDITION, "HasSpace"),
        span(22, 23, EffortState.DEVICE_FAULT, "the microphone hw:1 does not answer"),
        span(1, 1.01, EffortState.DROPPED, "overrun", 48_000),
    ]
    stay = Deployment(id=UUID(int=1), name="wood", started_on=START, ended_on=hour(24))
    found = account_for(Noted(stay, spans, [Recorded(hour(1), hour(5))]), hour(99), dt.UTC)
    assert found is not None
    return found


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize("ink", [PLAIN, BLOCKS])
def test_every_line_fits_the_terminal(effort: Effort, columns: int, ink: Ink) -> None:
    lines = effort_lines(effort, dt.UTC, "hour", columns, ink)
    assert max(map(len, lines)) <= columns


def test_a_day_is_a_bar_and_its_share(effort: Effort) -> None:
    lines = effort_lines(effort, dt.UTC, "day", 40, PLAIN)
    assert [line for line in lines if line.startswith("2026-05")] == [
        "2026-05-01 #########==========!  49.5 %",
        "2026-05-02 ###====-------..xx__  13.6 %",
    ]


def test_what_cannot_show_blocks_is_given_ascii(effort: Effort) -> None:
    assert "\n".join(effort_lines(effort, dt.UTC, "day", 80, PLAIN)).isascii()
    assert "█" in "\n".join(effort_lines(effort, dt.UTC, "day", 80, BLOCKS))


def test_colours_are_used_only_where_there_are_some(effort: Effort) -> None:
    coloured = effort_lines(effort, dt.UTC, "day", 80, Ink(Colours.FEW, is_unicode=True))
    assert "\x1b[" in "\n".join(coloured)
    assert "\x1b[" not in "\n".join(effort_lines(effort, dt.UTC, "day", 80, BLOCKS))


def test_totals_come_with_reasons_lost_samples_and_what_they_mean(effort: Effort) -> None:
    text = "\n".join(effort_lines(effort, dt.UTC, "day", 80, PLAIN))
    assert "# recorded          3:59:24  16.6 %" in text
    assert "2:00:00 condition: HasSpace" in text
    assert "1:00:00 device fault: the microphone hw:1 does not answer" in text
    assert "48000 samples were lost." in text
    assert "Clock: synchronised 95.8 %, unknown 4.2 %." in text
    assert "Compare detections by the hour recorded" in text


def test_what_was_not_analysed_is_told_from_what_was(capsys: pytest.CaptureFixture[str]) -> None:
    stay = Deployment(name="wood", started_on=START, ended_on=hour(10))
    left = Recorded(hour(2), hour(5), "the sensor did not keep up: 1 of 2 was heard")
    noted = Noted(stay, [], [Recorded(hour(0), hour(10))], unheard=[left])
    found = account_for(noted, hour(99), dt.UTC)
    assert found is not None
    text = "\n".join(effort_lines(found, dt.UTC, "day", 80, PLAIN))
    assert "# recorded          7:00:00  70.0 %" in text
    assert "? unheard           3:00:00  30.0 %" in text
    assert "3:00:00 unheard: the sensor did not keep up: 1 of 2 was heard" in text
    write_effort_json([found], dt.UTC)
    total = json.loads(capsys.readouterr().out)[0]["total"]
    assert (total["recorded_s"], total["unheard_s"]) == (7 * 3600, 3 * 3600)
    write_effort_csv([found], dt.UTC)
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert sum(float(row["unheard_s"]) for row in rows) == 3 * 3600


def test_a_deployment_of_before_the_account_says_so() -> None:
    stay = Deployment(name="old", started_on=START, ended_on=hour(24))
    found = account_for(Noted(stay, [], [Recorded(hour(1), hour(5))]), hour(99), dt.UTC)
    assert found is not None
    assert "Nothing but recordings is known" in "\n".join(
        effort_lines(found, dt.UTC, "day", 80, PLAIN)
    )


def test_of_several_microphones_each_account_says_whose_it_is(
    effort: Effort, capsys: pytest.CaptureFixture[str]
) -> None:
    bats = replace(effort, microphone="bats")
    headings = [effort_lines(each, dt.UTC, "day", 80, PLAIN)[0] for each in (effort, bats)]
    assert [heading.partition(" 2026")[0] for heading in headings] == ["wood,", "wood, bats,"]
    write_effort_csv([effort, bats], dt.UTC)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("deployment,microphone,started_on,")
    assert {line.partition(",2026")[0] for line in lines[1:]} == {"wood,", "wood,bats"}
    write_effort_json([bats], dt.UTC)
    assert json.loads(capsys.readouterr().out)[0]["microphone"] == "bats"


def bucket(**minutes: float) -> Bucket:
    lengths = {EffortState(name): dt.timedelta(minutes=length) for name, length in minutes.items()}
    return Bucket(START, START + sum(lengths.values(), dt.timedelta()), lengths, {}, 0)


def test_a_bar_is_full_and_nothing_that_was_is_left_out_of_it() -> None:
    cells = bar_cells(bucket(recorded=999, dropped=0.01, down=0.01), 20)
    assert cells == {EffortState.RECORDED: 18, EffortState.DROPPED: 1, EffortState.DOWN: 1}


@pytest.mark.parametrize("cells", range(1, 30))
def test_a_bar_of_any_width_is_full(cells: int) -> None:
    part = bucket(recorded=1, paused=1, overload=1, condition=7, down=0.001)
    assert sum(bar_cells(part, cells).values()) == cells


def test_json_and_csv_say_the_same(effort: Effort, capsys: pytest.CaptureFixture[str]) -> None:
    write_effort_json([effort], dt.UTC)
    [document] = json.loads(capsys.readouterr().out)
    write_effort_csv([effort], dt.UTC)
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [float(row["recorded_s"]) for row in rows] == [
        part["recorded_s"] for part in document["parts"]
    ]
    assert document["total"]["lost_samples"] == sum(int(row["lost_samples"]) for row in rows)
    assert document["total"]["total_s"] == 86_400
    assert rows[0]["deployment"] == document["deployment"] == "wood"
