"""``acoupi devices`` with real programs of ALSA and microphones that are not there."""

import ctypes.util
import datetime as dt
import importlib.util
import json
import math
import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pseudo_terminal import PseudoTerminal

from acoupi.audio.microphone_health.history import MicrophoneHealth
from acoupi.audio.microphone_health.kept import health_file, save_health
from acoupi.audio.wav import WavFormat, open_wav, write_wav
from acoupi.cli import acoupi

ESCAPE = re.compile(r"\x1b\[[\d;]*m")
RATE_HZ = 48_000


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home that is not set up, and that no command should make."""
    path = tmp_path / "home"
    monkeypatch.setenv("ACOUPI_HOME", str(path))
    return path


def run(*args: str) -> Result:
    """Run the command where there is no terminal."""
    return CliRunner().invoke(acoupi, ["devices", *args])


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    """Return a file with one second of a tone of 6 kHz."""
    samples = [round(16_384 * math.sin(2 * math.pi * 6_000 * n / RATE_HZ)) for n in range(RATE_HZ)]
    path = tmp_path / "tone.wav"
    sound = struct.pack(f"<{RATE_HZ}h", *samples)
    write_wav(path, WavFormat(RATE_HZ, 1, 2), RATE_HZ, [sound])
    return path


def configure(home: Path, device_name: str) -> None:
    (home / "config").mkdir(parents=True)
    (home / "app.py").write_text("")
    (home / "config" / "name").write_text("nothing.of.the.kind")
    microphone = {"device_name": device_name, "samplerate": RATE_HZ}
    (home / "config" / "program.json").write_text(json.dumps({"microphone": microphone}))


def rows(text: str) -> list[str]:
    """Return the lines as they stand on the screen, each as it was written last."""
    lines = ESCAPE.sub("", text).replace("\r\n", "\n").split("\n")
    return [line.rpartition("\r")[2] for line in lines]


@pytest.mark.usefixtures("microphone")
@pytest.mark.parametrize("columns", [40, 80])
def test_microphones_are_listed_in_the_width_there_is(columns: int, home: Path) -> None:
    with PseudoTerminal(columns, "devices", "--via", "alsa") as terminal:
        assert terminal.end() == 0
        lines = rows(terminal.shown)
    assert lines[0].split()[0] == "ALSA"
    assert {"birdmic", "batmic"} <= {line.split("  ")[0] for line in lines}
    assert any("384" in line for line in lines)
    assert all(len(line) <= columns for line in lines)
    assert not home.exists()


@pytest.mark.usefixtures("microphone")
def test_json_has_what_each_microphone_can_and_which_one_is_configured(home: Path) -> None:
    configure(home, "batmic")
    listed = json.loads(run("--json", "--via", "alsa").stdout)
    batmic = next(device for device in listed if device["name"] == "batmic")
    assert (batmic["rates_hz"], batmic["channels"]) == ([384_000], [1])
    assert (batmic["formats"], batmic["configured"]) == (["S16_LE"], True)
    [birdmic] = json.loads(run("--json", "--via", "alsa", "birdmic").stdout)
    assert (birdmic["name"], birdmic["configured"]) == ("birdmic", False)


def test_where_there_is_nothing_it_says_so_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_RUNTIME_DIR", "PIPEWIRE_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path))
    nothing = run("--via", "pipewire")
    assert (nothing.exit_code, nothing.stdout) == (0, "")
    assert nothing.stderr.startswith("no microphone was found\nhint: ")
    assert json.loads(run("--via", "pipewire", "--json").stdout) == []
    assert run("--via", "pipewire", "--meter").exit_code == 4
    named = run("--via", "pipewire", "webcam")
    assert named.exit_code == 4
    assert "no microphone is called 'webcam'" in named.stderr


def test_a_test_recording_keeps_exactly_what_was_heard(
    microphone: Any, tmp_path: Path, home: Path
) -> None:
    path = tmp_path / "kept.wav"
    made = run("--test", "batmic", "--seconds", "0.5", "--out", str(path), "--json")
    assert made.exit_code == 0, made.stderr
    wav = open_wav(path)
    assert (wav.format.rate_hz, wav.frames) == (384_000, 192_000)
    assert microphone.heard_at(wav.read()) >= 0
    document = json.loads(made.stdout)
    assert document["file"] == str(path)
    assert document["rms_dbfs"] == pytest.approx(-4.8, abs=0.2)
    assert document["noise_floor_dbfs"] == pytest.approx(-4.8, abs=0.5)
    assert not home.exists()


@pytest.mark.usefixtures("microphone")
@pytest.mark.parametrize(
    ("configured", "is_missed"),
    [("hw:CARD=gone,DEV=0", True), ("birdmic", False), ("replay:x.wav", False)],
)
def test_a_microphone_of_the_home_that_is_not_there_is_missed(
    home: Path, configured: str, is_missed: bool
) -> None:
    configure(home, configured)
    listed = run("--via", "alsa")
    assert (
        f"none of them is the microphone of this home, {configured}" in listed.stderr
    ) is is_missed
    assert ("* the microphone of this home" in listed.stdout) is (configured == "birdmic")


@pytest.mark.usefixtures("microphone")
def test_a_home_that_is_broken_matters_only_where_its_microphone_is_wanted(
    home: Path,
) -> None:
    configure(home, "birdmic")
    (home / "config" / "program.json").write_text("{")
    listed = run("--via", "alsa")
    assert "birdmic" in listed.stdout
    assert "microphone of this home" not in listed.output
    assert run("--meter", "birdmic", "--seconds", "0.1").exit_code == 0
    broken = run("--meter", "--seconds", "0.1")
    assert broken.exit_code == 3
    assert "program.json does not say which microphone" in broken.stderr


@pytest.mark.usefixtures("microphone")
def test_a_rate_that_the_microphone_lacks_is_an_error_that_says_where_to_look() -> None:
    refused = run("--test", "birdmic", "--rate", "44100")
    assert refused.exit_code == 4
    assert "hint:" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize("colours", ["NO_COLOR", "COLORTERM"])
def test_a_test_is_drawn_in_the_width_there_is(tone: Path, columns: int, colours: str) -> None:
    words = ("devices", "--test", f"replay:{tone}")
    with PseudoTerminal(columns, *words, env={colours: "truecolor"}) as terminal:
        assert terminal.end() == 0
        shown = terminal.shown
    assert ("\x1b[" in shown) is (colours == "COLORTERM")
    lines = rows(shown)
    assert all(len(line) <= columns for line in lines if str(tone) not in line)
    heading = next(line for line in lines if line.startswith(" kHz"))
    assert len(heading) == columns
    labels = [line[:4].strip() for line in lines if line[5:6] in "│┤" and line[:4].strip()]
    assert labels[-1] == "0"
    assert len(lines) <= 24
    assert any("6.00 kHz" in line for line in lines)
    if colours == "NO_COLOR":
        [bright] = [line[:4].strip() for line in lines if line.count("█") > columns // 2]
        assert bright in ("", "5", "6")


def test_where_the_locale_has_no_blocks_it_is_drawn_in_ascii(tone: Path) -> None:
    words = ("devices", "--test", f"replay:{tone}")
    plain = {"LC_ALL": "C", "NO_COLOR": "1"}
    with PseudoTerminal(80, *words, env=plain) as terminal:
        assert terminal.end() == 0
        assert terminal.shown.isascii()


@pytest.mark.usefixtures("microphone")
@pytest.mark.parametrize("columns", [40, 80])
def test_a_meter_rewrites_one_line_until_ctrl_c(columns: int, home: Path) -> None:
    configure(home, "birdmic")
    with PseudoTerminal(columns, "devices", "--meter") as terminal:
        assert terminal.read_until(lambda shown: shown.count("[") > 4)
        before = rows(terminal.shown)
        terminal.press_ctrl_c()
        assert terminal.end() == 0
        after = rows(terminal.shown)
    assert len(after) <= len(before) + 2
    assert after[0].startswith("listening to birdmic")
    assert all(len(line) < columns for line in before)
    assert "Traceback" not in "".join(after)


def test_a_microphone_that_is_unplugged_under_a_meter_is_named(microphone: Any) -> None:
    with PseudoTerminal(80, "devices", "--meter", "birdmic") as terminal:
        assert terminal.read_until(lambda shown: "dBFS" in shown)
        microphone.fail("unplug")
        assert terminal.end() == 4
        assert any(
            line.startswith("error: the microphone 'birdmic'") for line in rows(terminal.shown)
        )


def test_without_a_terminal_a_meter_writes_a_line_each_second(tone: Path) -> None:
    written = run("--meter", "--seconds", "2", f"replay:{tone}?speed=4")
    assert written.exit_code == 0
    first, second = written.stdout.splitlines()
    assert first == "   1 s  peak  -6.0 dBFS, RMS  -9.0 dBFS"
    assert second.startswith("   2 s")
    document = json.loads(run("--meter", "--seconds", "1", "--json", f"replay:{tone}").stdout)
    assert (document["second"], document["is_flat"]) == (1, False)
    assert document["rms_dbfs"] == pytest.approx(-9.03, abs=0.05)


@pytest.mark.usefixtures("microphone")
def test_of_several_microphones_one_has_to_be_named() -> None:
    unnamed = run("--meter", "--via", "alsa")
    assert unnamed.exit_code == 2
    assert "birdmic, batmic" in unnamed.stderr


@pytest.mark.usefixtures("microphone")
def test_what_portaudio_knows_can_be_tried_too(requires: Callable[..., None]) -> None:
    present = importlib.util.find_spec("sounddevice") and ctypes.util.find_library("portaudio")
    requires(present, "PortAudio", "pip install 'acoupi[portaudio]'; apt install libportaudio2")
    listed = json.loads(run("--json", "--via", "portaudio").stdout)
    assert {(d["name"], d["rates_hz"][0]) for d in listed} >= {("batmic", 384_000)}
    made = run("--via", "portaudio", "--test", "birdmic", "--seconds", "0.3", "--json")
    assert made.exit_code == 0, made.stderr
    assert json.loads(made.stdout)["rate_hz"] == RATE_HZ


@pytest.mark.parametrize(
    "words",
    [
        "--meter --test",
        "--seconds 3",
        "--rate 48000",
        "--out x.wav",
        "--meter --out x.wav",
        "--test --seconds 31",
        "--test --rate 0",
        "--forget",
        "--yes",
        "--forget hw:1 --test",
        "--forget hw:1 --json",
        "--forget hw:1 --seconds 3",
    ],
)
def test_options_that_make_no_sense_are_a_wrong_call(words: str) -> None:
    assert run(*words.split()).exit_code == 2


def test_a_replay_keeps_its_own_settings(tone: Path) -> None:
    refused = run("--test", f"replay:{tone}", "--rate", "8000")
    assert refused.exit_code == 4
    assert "its own rate" in refused.stderr
    assert list(tone.parent.iterdir()) == [tone]


def test_a_microphone_that_was_replaced_is_forgotten_once_that_is_confirmed(home: Path) -> None:
    assert run("--forget", "hw:1").exit_code == 9
    configure(home, "hw:1")
    db_path = home / "metadata.db"
    document = {
        "timezone": "UTC",
        "paths": {"db_metadata": str(db_path), "tmp_audio": str(home)},
    }
    (home / "config" / "program.json").write_text(json.dumps(document))
    history = health_file(db_path, "hw:1", RATE_HZ)
    now = dt.datetime.now(dt.UTC)
    health = MicrophoneHealth(
        device_name="hw:1", octaves_hz=[], place="meadow", updated_on=now, channels=[]
    )
    assert save_health(history, health)
    assert run("--forget", "hw:2", "--yes").exit_code == 4
    kept = CliRunner().invoke(acoupi, ["devices", "--forget", "hw:1"], input="n\n")
    assert (kept.exit_code, history.exists()) == (0, True)
    assert "nothing was changed" in kept.stderr
    gone = run("--forget", "hw:1", "--yes")
    assert (gone.exit_code, history.exists()) == (0, False)
    assert "hw:1 is compared with what it gives from now on" in gone.stderr
