import datetime as dt
import math
from dataclasses import replace
from pathlib import Path

import pytest

from acoupi.audio.level import Level
from acoupi.audio.wav import WavFormat
from acoupi.components.stores.sqlite.glance import StoreGlance
from acoupi.errors import AcoupiError, DeviceError, HealthCheckError, StoreError
from acoupi.system.checks.clock import is_synchronised, judge_clock
from acoupi.system.checks.disk import bytes_per_day, judge_space
from acoupi.system.checks.findings import Finding, Verdict, failed, ok, skipped, warning, worst
from acoupi.system.checks.folders import try_writing
from acoupi.system.checks.microphone import judge_level, judge_recent
from acoupi.system.checks.model import judge_pace
from acoupi.system.checks.services import judge_services
from acoupi.system.health import Health, Rhythm
from acoupi.system.pace import Pace

NOW = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
RHYTHM = Rhythm(3, 10, dt.time(0), dt.time(0), dt.UTC)
RECENT = StoreGlance(last_started_on=NOW - dt.timedelta(seconds=15), last_duration_s=3)


def test_the_worst_verdict_counts() -> None:
    assert worst([]) is Verdict.OK
    assert worst([ok("a", ""), skipped("b", "")]) is Verdict.SKIPPED
    assert worst([warning("a", ""), ok("b", ""), failed("c", StoreError("x"))]) is Verdict.FAILED


@pytest.mark.parametrize(
    ("error", "code"), [(StoreError("x"), 6), (DeviceError("x"), 4), (AcoupiError("x"), 5)]
)
def test_a_failure_ends_with_the_code_of_its_error(error: AcoupiError, code: int) -> None:
    assert failed("x", error).exit_code == code


@pytest.mark.parametrize(
    ("year", "synchronised", "verdict"),
    [
        (2026, True, Verdict.OK),
        (2026, None, Verdict.OK),
        (2026, False, Verdict.WARNING),
        (1970, True, Verdict.FAILED),
    ],
)
def test_a_clock_is_judged(year: int, synchronised: bool | None, verdict: Verdict) -> None:
    assert judge_clock(NOW.replace(year=year), synchronised).verdict is verdict


def test_the_kernel_is_asked_without_setting_the_clock() -> None:
    assert is_synchronised() in (True, False, None)


@pytest.mark.parametrize(
    ("level", "verdict", "text"),
    [
        (Level(-20, -40, False), Verdict.OK, "peak -20 dBFS, RMS -40 dBFS"),
        (Level(-math.inf, -math.inf, True), Verdict.WARNING, "every sample is the same"),
        (Level(0, -3, False), Verdict.WARNING, "clipped"),
        (Level(-90, -96, False), Verdict.WARNING, "hardly any"),
        (None, Verdict.SKIPPED, "cannot be told"),
    ],
)
def test_a_moment_of_sound_is_judged(level: Level | None, verdict: Verdict, text: str) -> None:
    found = judge_level(level)
    assert found.verdict is verdict
    assert text in found.why


@pytest.mark.parametrize(
    ("health", "verdict"),
    [
        (Health.OK, Verdict.OK),
        (Health.NOT_SCHEDULED, Verdict.OK),
        (Health.LATE, Verdict.WARNING),
        (Health.SILENT, Verdict.FAILED),
        (Health.UNKNOWN, Verdict.SKIPPED),
    ],
)
def test_a_microphone_in_use_is_judged_by_what_was_recorded(
    health: Health, verdict: Verdict
) -> None:
    found = judge_recent(health, RECENT, NOW)
    assert found.verdict is verdict
    assert found.exit_code == (DeviceError.exit_code if verdict is Verdict.FAILED else 0)


def test_what_is_quiet_since_the_last_recording_is_said() -> None:
    quiet = replace(RECENT, last_withheld_on=NOW)
    assert "nothing was to be kept since" in judge_recent(Health.OK, quiet, NOW).why
    assert "since" not in judge_recent(Health.OK, RECENT, NOW).why


def test_what_a_day_takes_follows_from_rate_channels_and_schedule() -> None:
    assert bytes_per_day(WavFormat(48_000, 2, 2), 1.0, 1.0) == 48_000 * 2 * 2 * 86_400
    half = bytes_per_day(WavFormat(48_000, 1, 2), 0.3, 0.5)
    assert half == pytest.approx(48_000 * 2 * 86_400 * 0.15)


@pytest.mark.parametrize(
    ("free", "daily", "kept", "verdict", "text"),
    [
        (99e6, 1e6, None, Verdict.OK, "99 MB free, full in about 99 days"),
        (6e9, 1e9, None, Verdict.WARNING, "about 6 days if everything is kept"),
        (80e9, 1e9, 0.25, Verdict.OK, "about 80 days if 25% is kept, as so far"),
        (80e9, 1, 0.25, Verdict.OK, "more than ten years"),
        (80e9, 0, 0.0, Verdict.OK, "nothing was kept so far"),
        (80e9, None, None, Verdict.OK, "80.0 GB free"),
    ],
)
def test_space_is_judged_by_the_days_it_lasts(
    free: float, daily: float | None, kept: float | None, verdict: Verdict, text: str
) -> None:
    found = judge_space(free, daily, kept)
    assert found.verdict is verdict
    assert text in found.why


@pytest.mark.parametrize(
    ("load", "by_day", "policy", "verdict", "text"),
    [
        (1, 1, "wait", Verdict.OK, "100.0% of the time there is"),
        (1.5, 0.7, "wait", Verdict.WARNING, "catches up when nothing is recorded"),
        (1.5, 0.7, None, Verdict.WARNING, "catches up when nothing is recorded"),
        (1.5, 1.2, "wait", Verdict.FAILED, "150.0% of the time there is"),
        (1.5, 1.2, "thin_out", Verdict.WARNING, "as keeping_up.policy says: thin_out"),
        (1.5, 0.7, "gate", Verdict.WARNING, "as keeping_up.policy says: gate"),
        (1.5, 1.2, None, Verdict.WARNING, "does not keep up with the schedule"),
    ],
)
def test_models_have_to_keep_up_or_a_policy_has_to_say_what_then(
    load: float, by_day: float, policy: str | None, verdict: Verdict, text: str
) -> None:
    found = judge_pace("m: 1 s of computing", 0.1, Pace(load, by_day), policy)
    assert found.verdict is verdict
    assert text in found.why
    assert (found.hint is not None) == (verdict is not Verdict.OK)
    assert (found.exit_code == HealthCheckError.exit_code) == (verdict is Verdict.FAILED)


def test_what_is_too_slow_says_how_much_less_would_do_and_what_else() -> None:
    found = judge_pace("m: 1 s of computing", 0.1, Pace(3, 1.5), "wait")
    assert found.hint is not None
    assert "record 3 times less often (recording.interval)" in found.hint
    assert "acoupi config set --field keeping_up.policy thin_out" in found.hint


def test_without_a_schedule_nobody_knows_whether_a_model_keeps_up() -> None:
    assert judge_pace("m", 0.1, None, "wait").verdict is Verdict.OK


@pytest.mark.parametrize(
    ("wanted", "reachable", "lingering", "verdicts"),
    [
        (False, False, False, ["skipped"]),
        (True, False, False, ["warning"]),
        (True, True, False, ["ok", "warning"]),
        (True, True, True, ["ok", "ok"]),
    ],
)
def test_what_keeps_the_sensor_running_is_judged(
    wanted: bool, reachable: bool, lingering: bool, verdicts: list[str]
) -> None:
    assert [f.verdict for f in judge_services(wanted, reachable, lingering)] == verdicts


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (found,) = try_writing(tmp_path / "file" / "folder")
    assert isinstance(found, Finding)
    assert str(tmp_path / "file" / "folder") in found.why
    assert list(try_writing(tmp_path / "new")) == []
    assert list((tmp_path / "new").iterdir()) == []
