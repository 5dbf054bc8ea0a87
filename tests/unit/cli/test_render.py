import datetime as dt

import pytest

from acoupi.cli.render import result_json, result_status
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


def test_a_status_names_every_part_and_fits_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
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
