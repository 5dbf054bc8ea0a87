"""The commands on a home that is set up, each in a process of its own."""

import json
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

SETUP = ("setup", "--program", "acoupi.programs.connected", "--no-prompt")


def test_setup_writes_the_flags_and_nothing_to_stdout(run: Run, home: Path) -> None:
    result = run(*SETUP, "--microphone.device_name", "hw:1", "--recording.duration=5")
    assert result.returncode == 0
    assert result.stdout == ""
    written = home / "config" / "program.json"
    assert json.loads(written.read_text())["recording"]["duration"] == 5
    assert stat.S_IMODE(written.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (SETUP, "microphone.device_name: is missing; give it with --microphone.device_name VALUE"),
        ((*SETUP, "--recording.duration", "-3"), "recording.duration: '-3' should be more than 0"),
        ((*SETUP, "--recordin.duration", "3"), "did you mean --recording.duration?"),
        (
            ("setup", "--program", "acoupi.nothing", "--no-prompt"),
            "'acoupi.nothing' cannot be imported",
        ),
        (
            ("setup", "--program", "acoupi.data", "--no-prompt"),
            "'acoupi.data' holds no acoupi program",
        ),
        (
            ("setup", "--program", "acoupi.nothing", "--help"),
            "'acoupi.nothing' cannot be imported",
        ),
    ],
)
def test_a_set_up_that_cannot_be_leaves_no_home(
    run: Run, home: Path, args: tuple[str, ...], message: str
) -> None:
    result = run(*args)
    assert result.returncode == 3
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert not home.exists()


def test_setup_without_a_program_and_a_terminal_is_a_wrong_call(run: Run) -> None:
    assert run("setup", "--no-prompt").returncode == 2
    assert run("setup").returncode == 2


def test_answers_can_come_from_a_pipe_and_must_not_end_early(run: Run, home: Path) -> None:
    result = run("setup", "--program", "acoupi.programs.connected", input="\n\n")
    assert result.returncode == 1
    assert "error: the input ended before everything was answered" in result.stderr
    assert not home.exists()


@pytest.mark.parametrize("order", [0, 1])
def test_setup_s_help_lists_the_options_of_the_program_it_is_given(run: Run, order: int) -> None:
    words = ["--help", "--program=acoupi.programs.connected"]
    result = run("setup", *(words if order else reversed(words)))
    assert result.returncode == 0
    for text in (
        "--microphone.device_name TEXT",
        "--recording.duration NUMBER",
        "--messaging.http.base_url",
        "--messaging.mqtt.use_tls / --no-messaging.mqtt.use_tls",
        "[required]",
        "[default: 3]",
    ):
        assert text in result.stdout


def test_the_configuration_is_json_with_secrets_masked(ready: Run, home: Path) -> None:
    result = ready("config", "get")
    shown = json.loads(result.stdout)
    assert shown["messaging"]["mqtt"]["password"] == "**********"
    assert "hushhush" not in result.stdout + result.stderr
    assert "hushhush" in (home / "config" / "program.json").read_text()


def test_one_field_is_shown_with_the_indent_asked_for(ready: Run) -> None:
    assert ready("config", "get", "--field", "microphone.samplerate").stdout == "48000\n"
    assert ready("config", "get", "--field", "microphone", "--indent", "0").stdout.startswith('{"')


def test_colour_comes_when_asked_for_but_never_under_no_color(ready: Run) -> None:
    asked = ("config", "get", "--field", "microphone", "--color")
    assert "\x1b[" in ready(*asked).stdout
    assert "\x1b[" not in ready(*asked, NO_COLOR="1").stdout
    assert "\x1b[" not in ready(*asked[:-1]).stdout


def test_a_field_is_set_and_read_back(ready: Run) -> None:
    assert ready("config", "set", "--field", "recording.duration", "7").returncode == 0
    assert json.loads(ready("config", "get", "--field", "recording.duration").stdout) == 7


def test_a_negative_value_needs_no_ceremony(ready: Run) -> None:
    result = ready("config", "set", "-5", "--field", "recording.duration")
    assert result.returncode == 3
    assert "recording.duration: '-5' should be more than 0" in result.stderr


def test_what_get_prints_can_be_set_again_secrets_and_all(ready: Run, home: Path) -> None:
    path = home / "config" / "program.json"
    before = path.read_text()
    assert ready("config", "set", ready("config", "get").stdout).returncode == 0
    assert path.read_text() == before


@pytest.mark.parametrize(
    "args",
    [
        ("--field", "recording.duration", "long"),
        ("--field", "recording.durations", "5"),
        ("--field", "messaging.mqtt", "[]"),
        ("not json",),
        ('{"recording": 5}',),
        ('{"unknown": 5}',),
    ],
)
def test_a_change_that_cannot_be_leaves_the_file_as_it_was(
    ready: Run, home: Path, args: tuple[str, ...]
) -> None:
    path = home / "config" / "program.json"
    before = path.read_text()
    result = ready("config", "set", *args)
    assert result.returncode == 3
    assert result.stderr.startswith("error: ")
    assert path.read_text() == before


def test_a_broken_file_is_reported_with_its_line(ready: Run, home: Path) -> None:
    path = home / "config" / "program.json"
    path.write_text('{\n  "recording": oops\n}')
    result = ready("config", "get")
    assert result.returncode == 3
    assert f"{path} is not JSON: line 2" in result.stderr


def test_the_tasks_are_listed_a_line_each_or_as_json(ready: Run) -> None:
    names = ready("task", "list").stdout.splitlines()
    assert "recording_task" in names
    assert json.loads(ready("task", "list", "--json").stdout) == names


def test_a_task_that_is_none_is_refused_with_those_there_are(ready: Run) -> None:
    result = ready("task", "run", "nothing")
    assert result.returncode == 3
    assert "recording_task" in result.stderr


def test_a_task_can_be_profiled_into_a_file(ready: Run, tmp_path: Path) -> None:
    output = tmp_path / "figures.prof"
    result = ready("task", "profile", "heartbeat_task", "--output", str(output))
    assert result.returncode == 0, result.stderr
    assert "cumulative" in result.stdout
    assert output.stat().st_size > 0
    quiet = ready("task", "profile", "heartbeat_task", "--quiet")
    assert quiet.stdout == ""


def test_the_status_is_a_table_that_fits_or_json(ready: Run) -> None:
    table = ready("deployment", "status")
    assert table.returncode == 0, table.stderr
    assert all(len(line) <= 80 for line in table.stdout.splitlines())
    assert "deployment" in table.stdout
    status = json.loads(ready("deployment", "status", "--json").stdout)
    assert {"services", "celery", "program", "deployment"} <= set(status)
    assert status["deployment"] is None


def test_a_check_that_fails_says_what_and_ends_with_its_code(ready: Run) -> None:
    result = ready("check")
    assert result.returncode in (4, 5)
    assert "Traceback" not in result.stderr
    words = result.stdout.split()
    assert "failed" in words[words.index("microphone") : words.index("model")]
    assert result.stdout.endswith("acoupi.programs.connected: failed\n")


def test_a_check_goes_on_after_what_fails_and_is_json_on_request(ready: Run) -> None:
    document = json.loads(ready("check", "--json").stdout)
    verdicts = {check["what"]: check["verdict"] for check in document["checks"]}
    assert (verdicts["microphone"], verdicts["messengers"]) == ("failed", "failed")
    assert (verdicts["configuration"], verdicts["folders"], verdicts["broker"]) == ("ok",) * 3
    assert {"clock", "zone", "place", "disk", "stores", "model", "systemd"} <= set(verdicts)
    assert document["verdict"] == "failed"


def test_a_check_of_a_broken_configuration_still_looks_at_the_computer(
    ready: Run, home: Path
) -> None:
    (home / "config" / "program.json").write_text("{}")
    result = ready("check", "--json")
    assert result.returncode == 3
    verdicts = {c["what"]: c["verdict"] for c in json.loads(result.stdout)["checks"]}
    assert verdicts["configuration"] == "failed"
    assert verdicts["broker"] == "ok"
    assert verdicts["microphone"] == "skipped"


@pytest.mark.parametrize("args", [(), ("--json",), ("--csv",)])
@pytest.mark.parametrize("what", ["recordings", "detections", "effort", "messages"])
def test_listing_what_is_not_there_yet_makes_no_database(
    ready: Run, home: Path, what: str, args: tuple[str, ...]
) -> None:
    config = home / "config" / "program.json"
    config.write_text(config.read_text().replace("/storages/", "/elsewhere/"))
    kept = Path(json.loads(config.read_text())["paths"]["db_metadata"]).parent
    result = ready(what, *args)
    assert result.returncode == 0, result.stderr
    if "--csv" in args:
        (heading,) = result.stdout.splitlines()
        assert "ed_on," in heading
    else:
        assert result.stdout == ("[]\n" if args else "")
    assert kept.name == "elsewhere"
    assert not kept.exists()


def test_logs_of_a_sensor_that_never_ran_are_no_error(ready: Run) -> None:
    assert ready("logs").returncode == 0
    result = ready("logs", "--worker", "nobody")
    assert result.returncode == 2
    assert "nobody called nobody has logged here" in result.stderr


def test_a_deployment_needs_a_name_where_nobody_can_be_asked(ready: Run) -> None:
    result = ready("deployment", "start")
    assert result.returncode == 2
    assert "--name" in result.stderr


def test_a_start_is_refused_by_what_a_check_finds(ready: Run, home: Path) -> None:
    result = ready("deployment", "start", "--name", "meadow")
    assert result.returncode == ready("check").returncode == 4
    assert "microphone" in result.stderr
    assert "failed" in result.stderr
    assert "not started; acoupi check shows all of it" in result.stderr
    assert result.stdout == ""
    assert not (home / "config" / "deployment.json").exists()


@pytest.mark.parametrize(
    "args", [("--latitude", "95"), ("--longitude", "181"), ("--latitude", "x")]
)
def test_a_place_that_is_not_on_earth_is_a_wrong_call(ready: Run, args: tuple[str, ...]) -> None:
    assert ready("deployment", "start", "--name", "x", *args).returncode == 2


def test_stopping_what_does_not_run_says_so(ready: Run) -> None:
    assert ready("deployment", "stop").returncode == 8


def test_purging_asks_first(ready: Run) -> None:
    result = ready("workers", "purge", input="n\n")
    assert result.returncode == 0
    assert "nothing was thrown away" in result.stderr


def test_celery_s_own_exit_code_is_ours(ready: Run) -> None:
    assert ready("celery", "no-such-command").returncode == 2


@pytest.mark.parametrize("args", [("--audio", "/no/such/file"), ("--seconds", "0")])
def test_a_demo_of_nothing_is_a_wrong_call(run: Run, args: tuple[str, ...]) -> None:
    assert run("demo", *args).returncode == 2


def test_celery_can_describe_the_app_of_the_program(ready: Run) -> None:
    done = ready("celery", "report")
    assert done.returncode == 0
    assert "transport:embedded" in done.stdout
