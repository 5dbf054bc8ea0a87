import datetime as dt
import json
from pathlib import Path

import pytest

from acoupi.data import BoundingBox, Deployment, EventDetection, ModelOutput, Recording
from acoupi.demo.report import Outcome, Voice, describe, shell_line
from acoupi.system.accounts import Accounts

NOTHING_WRONG = Accounts(
    recorded_s=60.0,
    recordings=20,
    processed=20,
    skipped=0,
    failed=0,
    kept=12,
    let_go=8,
    detections=77,
    messages=14,
    messages_delivered=14,
    unaccounted=(),
)


def outcome(
    accounts: Accounts = NOTHING_WRONG, n_received: int = 14, n_repeats: int = 0
) -> Outcome:
    return Outcome(accounts, Path("/somewhere"), n_received, n_repeats)


def test_the_figures_are_there_for_a_program_to_read(capsys: pytest.CaptureFixture[str]) -> None:
    Voice(as_json=True).conclude(outcome())
    figures = json.loads(capsys.readouterr().out)
    assert figures["recorded_s"] == 60
    assert figures["home"] == "/somewhere"
    assert figures["unaccounted"] == 0
    assert {"recordings", "processed", "kept", "detections", "messages_delivered"} <= set(figures)


def test_with_json_everything_but_the_figures_goes_to_stderr(
    capsys: pytest.CaptureFixture[str],
) -> None:
    voice = Voice(as_json=True)
    voice.command(("deployment", "status"))
    voice.complain("something")
    said = capsys.readouterr()
    assert said.out == ""
    assert "$ acoupi deployment status" in said.err


def test_the_table_fits_a_narrow_terminal_and_names_what_is_missing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Voice(as_json=False).conclude(outcome(n_received=13))
    said = capsys.readouterr().out
    assert "unaccounted for" in said
    assert "14 messages were sent, 13 were received" in said
    assert max(map(len, said.splitlines())) <= 80


@pytest.mark.parametrize(
    ("seen", "problem"),
    [
        (outcome(n_received=15), "14 messages were sent, 15 were received"),
        (outcome(n_repeats=2), "2 messages came more than once"),
    ],
)
def test_the_receivers_view_counts_too(seen: Outcome, problem: str) -> None:
    assert seen.unaccounted == [problem]


def test_a_process_that_is_left_is_not_accounted_for() -> None:
    left = Outcome(NOTHING_WRONG, Path("/somewhere"), 14, 0, processes=["acoupi (7)"])
    assert left.unaccounted == ["the process acoupi (7) is still running"]


def test_a_long_command_is_shown_as_one_would_type_it() -> None:
    words = [
        "acoupi",
        "setup",
        "--program",
        "acoupi.programs.activity",
        "--no-prompt",
        "--a",
        "b" * 50,
    ]
    shown = shell_line(words)
    assert max(map(len, shown.splitlines())) <= 80
    assert shown.replace(" \\\n   ", "") == " ".join(words)


def test_an_output_is_described_in_one_line() -> None:
    recording = Recording(
        duration=3,
        samplerate=48_000,
        deployment=Deployment(name="wood"),
        created_on=dt.datetime(2026, 5, 1, 4, 30, tzinfo=dt.UTC),
    )
    found = EventDetection(
        detection_score=0.934, location=BoundingBox.from_coordinates(1, 3400, 1.5, 4200)
    )
    output = ModelOutput(name_model="m", recording=recording, detections=[found])
    assert describe(output).endswith("3.0 s    1 detections  best 0.93    3.4 to   4.2 kHz")
    silent = output.model_copy(update={"detections": []})
    assert describe(silent).endswith("0 detections")
