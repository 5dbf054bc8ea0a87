import datetime as dt

import pytest

from acoupi.cli.render import age, result_json, size
from acoupi.cli.render_status import result_status, status_text
from acoupi.data import Deployment
from acoupi.system import AcoupiStatus

STATUS = {
    "services": {"acoupi": "active", "beat": "failed"},
    "celery": {
        "state": "available",
        "workers": [{"worker_name": "recording", "state": "ok"}],
    },
    "program": "unhealthy",
    "deployment": Deployment(
        name="a name that goes on and on, and then, where one thought it over, on again" * 2,
        latitude=51.5,
        longitude=-0.01,
        started_on=dt.datetime(2026, 5, 1, 6, tzinfo=dt.UTC),
    ),
}


def test_a_status_names_every_part_and_fits_80_columns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("acoupi.cli.render_status.room", lambda: 80)
    result_status(AcoupiStatus.model_validate(STATUS))
    lines = capsys.readouterr().out.splitlines()
    assert all(len(line) <= 80 for line in lines)
    text = "\n".join(" ".join(line.split()) for line in lines)
    for row in (
        "program unhealthy",
        "service acoupi active",
        "service acoupi-beat failed",
        "celery available",
        "worker recording ok",
        "place 51.50000, -0.01000",
    ):
        assert row in text


def test_a_status_without_a_deployment_says_none(capsys: pytest.CaptureFixture[str]) -> None:
    result_status(AcoupiStatus.model_validate(STATUS | {"deployment": None}))
    assert "deployment" in capsys.readouterr().out.splitlines()[-1]


OVERVIEW = {
    "last_recording": {
        "id": "00000000-0000-0000-0000-000000000001",
        "created_on": "2026-05-01T06:00:00Z",
        "duration_s": 3,
        "age_s": 200,
        "path": None,
    },
    "backlog": 4,
    "failed_recordings": 1,
    "lost_recordings": 2,
    "failed_tasks": 2,
    "failing_tasks": [
        {
            "task": "send_messages_task",
            "since": "2026-05-01T06:00:00Z",
            "last_on": "2026-05-01T07:00:00Z",
            "times": 12,
            "error": "OSError: no route",
        }
    ],
    "messages": {"waiting": 2, "refused": 5},
    "queues": {"celery": 0, "detection": 3},
    "disk_free_bytes": 12_300_000_000,
    "temperature_c": 51.6,
    "problems": ["the database is of another acoupi"],
}


@pytest.mark.parametrize("columns", [40, 80])
def test_a_status_says_what_waits_and_fits(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("acoupi.cli.render_status.room", lambda: columns)
    text = status_text(AcoupiStatus.model_validate(STATUS | {"overview": OVERVIEW}))
    assert all(len(line) <= columns for line in text.splitlines() if "\x1b" not in line)
    flat = " ".join(text.split())
    for row in (
        "last recording 3 min ago",
        "backlog 4 recordings",
        "set aside 1 recording that a model failed on",
        "lost 2 recordings: the file is gone",
        "set aside 2 tasks: acoupi task failed",
        "send_messages_task, 12 times since 2026-05-01 06:00:00+00:00: OSError: no route",
        "messages 2 unsent, 5 refused",
        "queues detection 3",
        "disk 12.3 GB free",
        "temperature 52 °C",
        "problem the database is of another acoupi",
    ):
        assert row in flat


@pytest.mark.parametrize(
    ("seconds", "text"), [(-1, "0 s"), (119, "119 s"), (120, "2 min"), (7200, "2 h"), (2e5, "2 d")]
)
def test_ages_are_said_as_people_say_them(seconds: float, text: str) -> None:
    assert age(seconds) == text


@pytest.mark.parametrize(("count", "text"), [(0, "0 B"), (1234, "1.23 kB"), (5e12, "5 TB")])
def test_sizes_are_said_as_people_say_them(count: float, text: str) -> None:
    assert size(count) == text


def test_square_brackets_in_a_name_are_text(capsys: pytest.CaptureFixture[str]) -> None:
    named = Deployment(name="[red]pond[/] :bug:")
    result_status(AcoupiStatus.model_validate(STATUS | {"deployment": named}))
    assert "[red]pond[/] :bug:" in capsys.readouterr().out


def test_json_is_written_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    result_json('{"a": "[red]b[/red] :bug:"}', color=True)
    result_json({"a": 1})
    shown = capsys.readouterr().out
    assert "[red]b[/red] :bug:" in shown
    assert '{\n  "a": 1\n}' in shown


@pytest.mark.parametrize(("age_s", "when"), [(60, ""), (7200, ", 2 h ago")])
def test_a_status_says_how_well_each_channel_hears(age_s: float, when: str) -> None:
    channel = {
        "device_name": "hw:1",
        "channel": 2,
        "name": "hw:1, channel 2",
        "text": "level -57 dBFS, floor -63 dBFS",
        "measured_on": "2026-05-01T06:00:00Z",
        "noise_floor_dbfs": {"63 Hz": -70},
        "change_db": None,
        "hours_compared_with": 3,
        "suspected": {"dead": "2026-05-01T06:00:00Z"},
        "age_s": age_s,
        **dict.fromkeys(("level_dbfs", "peak_dbfs", "clipped", "dc", "flat", "wind", "rain"), 0),
    }
    status = AcoupiStatus.model_validate(STATUS | {"overview": {"hearing": [channel]}})
    text = " ".join(status_text(status).split())
    assert f"hearing hw:1, channel 2: level -57 dBFS, floor -63 dBFS{when} deployment" in text


def test_a_status_says_how_each_of_several_microphones_does() -> None:
    known = {"device_name": "hw:2", "samplerate_hz": 384_000, "audio_channels": 2}
    never = {"health": "silent", "last_ended_on": None, "age_s": None, "gain_note": ""}
    well = {"health": "ok", "last_ended_on": "2026-05-01T03:30:00Z", "age_s": 4.0}
    microphones = [
        known | never | {"name": ""},
        known | well | {"name": "bats", "gain_note": "dial at 3"},
    ]
    overview = OVERVIEW | {"microphones": microphones}
    text = " ".join(
        status_text(AcoupiStatus.model_validate(STATUS | {"overview": overview})).split()
    )
    assert "microphone the first silent, nothing recorded; hw:2, 384 kHz, 2 channels" in text
    assert "microphone bats ok, 4 s ago; hw:2, 384 kHz, 2 channels, gain: dial at 3" in text
