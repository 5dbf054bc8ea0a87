"""The check of programs whose models are tried."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from acoupi._clock import utc_now
from acoupi.components.types import Model
from acoupi.data import Recording
from acoupi.models import timing
from acoupi.programs import activity, default
from acoupi.system import Settings
from acoupi.system.checks import model as checked
from acoupi.system.checks.findings import Finding, Verdict
from acoupi.system.checks.subject import Subject
from acoupi.testing import FakeModel

NAMES = {"audible": "birds", "ultrasonic": "bats"}


class Clock:
    """Goes on only while a model works."""

    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


class Program(activity.Program):
    """Two models for each microphone, which need as long as the clock is told."""

    clock = Clock()
    speed = 0.5
    tried: list[tuple[str, float, int]]

    def configure_model(self, config: activity.ActivityConfig) -> Model:
        return self.named(NAMES[config.detector.preset])

    def configure_further_models(self, config: activity.ActivityConfig) -> Sequence[Model]:
        return [self.named(f"{NAMES[config.detector.preset]} too")]

    def named(self, name: str) -> Model:
        def work(recording: Recording) -> None:
            self.tried.append((name, recording.duration, recording.samplerate))
            self.clock.now_s += self.speed * recording.duration

        model = FakeModel(failing=work)
        model.name = name
        return model


Check = Callable[..., tuple[Finding, list[tuple[str, float, int]]]]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    for module in (checked, timing):
        monkeypatch.setattr(module, "monotonic_s", Program.clock)

    def check(speed: float, **fields: Any) -> tuple[Finding, list[tuple[str, float, int]]]:
        document = {
            "timezone": "UTC",
            "microphone": {"device_name": "none"},
            "detector": {"preset": "audible"},
            "paths": {
                "tmp_audio": tmp_path / "tmp",
                "recordings": tmp_path / "recordings",
                "db_metadata": tmp_path / "metadata.db",
            },
            "messaging": {"messages_db": tmp_path / "messages.db"},
        }
        config = activity.ActivityConfig.model_validate(document | fields)
        program = Program(config, Celery("test", set_as_current=False))
        program.speed, program.tried = speed, []
        (found,) = checked.check_model(
            Subject(Settings(home=tmp_path / "home"), program, utc_now())
        )
        return found, program.tried

    return check


def every(duration_s: float, interval_s: float) -> dict[str, Any]:
    hours = {"schedule_start": "00:00", "schedule_end": "00:00"}
    return {"duration": duration_s, "interval": interval_s, **hours}


BATS = {
    "name": "bats",
    "device_name": "other",
    "samplerate": 256_000,
    "detector": {"preset": "ultrasonic"},
    "recording": every(2, 4),
}


def test_all_models_are_tried_on_what_each_microphone_records(check: Check) -> None:
    found, tried = check(0.1, recording=every(3, 10), further_microphones=[BATS])
    assert set(tried) == {
        ("birds", 3.0, 48_000),
        ("birds too", 3.0, 48_000),
        ("bats", 2.0, 256_000),
        ("bats too", 2.0, 256_000),
    }
    assert found.verdict is Verdict.OK
    assert found.why.startswith(
        "the first microphone: birds and birds too: 0.2 s of computing for 1 s of sound; "
        "bats: bats and bats too: 0.2 s of"
    )
    assert "16.0% of the time there is" in found.why  # 0.2 of 3 s in 10, and of 2 s in 4


def test_a_long_recording_is_not_waited_for(check: Check) -> None:
    _, tried = check(0.01, recording=every(600, 600))
    assert {duration_s for _, duration_s, _ in tried} == {15.0}


def test_a_slow_model_is_asked_only_once(check: Check) -> None:
    _, tried = check(4, recording=every(15, 600))
    assert len(tried) == 2


@pytest.mark.parametrize(
    ("policy", "verdict"), [("wait", Verdict.FAILED), ("skip_oldest", Verdict.WARNING)]
)
def test_models_that_fall_behind_for_good_fail_unless_a_policy_says_what_then(
    check: Check, policy: str, verdict: Verdict
) -> None:
    found, _ = check(1, recording=every(3, 3), keeping_up={"policy": policy})
    assert found.verdict is verdict
    assert "200.0% of the time there is" in found.why


def test_a_night_may_be_heard_in_the_day(check: Check) -> None:
    night = every(3, 3) | {"schedule_start": "22:00", "schedule_end": "04:00"}
    found, _ = check(1, recording=night)
    assert found.verdict is Verdict.WARNING
    assert "it catches up when nothing is recorded" in found.why


def test_a_program_without_a_model_has_nothing_to_try(tmp_path: Path) -> None:
    config = default.ConfigSchema.model_validate(
        {
            "microphone": {"device_name": "none"},
            "paths": {
                "tmp_audio": tmp_path / "tmp",
                "recordings": tmp_path,
                "db_metadata": tmp_path / "metadata.db",
            },
        }
    )
    program = default.Program(config, Celery("test", set_as_current=False))
    subject = Subject(Settings(home=tmp_path / "home"), program, utc_now())
    assert [found.verdict for found in checked.check_model(subject)] == [Verdict.SKIPPED]


def test_models_that_fail_while_the_sensor_runs_are_seen_by_its_recordings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reason = "a model cannot be opened: ModelError: the model is gone"
    why = f"the last 3 recordings could not be analysed: {reason}"
    document = {"paths": {"db_metadata": tmp_path / "metadata.db"}}
    program = default.Program(
        default.Program.get_config_schema().model_validate(
            {"timezone": "UTC", "microphone": {"device_name": "none"}, **document}
        ),
        Celery("test", set_as_current=False),
    )
    program.model = FakeModel()  # pyright: ignore[reportAttributeAccessIssue] - as a program with one
    subject = Subject(Settings(home=tmp_path / "home"), program, utc_now(), is_running=True)

    (well,) = checked.check_model(subject)
    monkeypatch.setattr(checked, "find_failing", {tmp_path / "metadata.db": why}.get)
    (ill,) = checked.check_model(subject)

    assert (well.verdict, ill.verdict) == (Verdict.SKIPPED, Verdict.FAILED)
    assert ill.why == why
    assert "start the sensor again" in (ill.hint or "")
