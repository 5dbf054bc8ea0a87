"""BirdNET with networks small enough to make here."""

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from small_models import linear_network, small_birdnet

from acoupi.audio.wav import WavFormat, write_wav
from acoupi.data import Deployment, ModelOutput, PredictionType, Recording
from acoupi.errors import ConfigurationError, ModelError, RecordingError
from acoupi.models.birdnet import BirdNet, BirdNetOptions
from acoupi.testing import ModelContract

RATE_HZ = 48_000
HERE = Deployment(name="x", latitude=50, longitude=-1)
EAST = Deployment(name="x", latitude=50, longitude=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_birdnet(tmp_path / "birdnet")


def write(path: Path, seconds: float, rate_hz: int = RATE_HZ, first: float = 0.0) -> Path:
    samples = np.zeros(round(seconds * rate_hz), "<i2")
    samples[0] = round(first * 32767)
    write_wav(path, WavFormat(rate_hz, 1, 2), samples.size, [samples.tobytes()])
    return path


def recording_of(path: Path | None, expansion: float = 1, **fields: object) -> Recording:
    values = {
        "path": path,
        "duration": 6,
        "samplerate": RATE_HZ,
        "time_expansion": expansion,
        "deployment": Deployment(name="x"),
        "created_on": dt.datetime(2026, 1, 25, tzinfo=dt.UTC),
    }
    return Recording.model_validate(values | fields)


def species(output: ModelOutput) -> list[str]:
    return [detection.tags[0].tag.value for detection in output.detections]


def test_windows_that_are_heard_together_keep_their_answers_apart(
    folder: Path, tmp_path: Path
) -> None:
    samples = np.zeros(18 * RATE_HZ, "<i2")
    samples[15 * RATE_HZ] = 8192  # in the sixth
    path = tmp_path / "a.wav"
    write_wav(path, WavFormat(RATE_HZ, 1, 2), samples.size, [samples.tobytes()])
    model = BirdNet(folder)
    together = model.run(recording_of(path, duration=18)).detections
    alone = [
        [each.detection_score for each in model.run(recording_of(one)).detections]
        for one in (write(tmp_path / "b.wav", 3), write(tmp_path / "c.wav", 3, first=8192 / 32767))
    ]
    assert [each.detection_score for each in together] == pytest.approx(alone[0] * 5 + alone[1])


def test_each_window_has_its_species_the_surest_first(folder: Path, tmp_path: Path) -> None:
    output = BirdNet(folder).run(recording_of(write(tmp_path / "a.wav", 6)))
    assert species(output) == ["Poecile atricapillus", "Coccothraustes coccothraustes"] * 2
    detection = output.detections[2]
    assert detection.location is not None
    assert detection.location.coordinates == (3, 0, 6, 15_000)
    assert detection.detection_score == pytest.approx(1 / (1 + np.exp(-2)))
    assert detection.prediction_type is PredictionType.PRESENCE
    assert [(tag.tag.key, tag.tag.value) for tag in detection.tags] == [
        ("species", "Poecile atricapillus"),
        ("common_name", "Black-capped Chickadee"),
    ]


def test_a_window_is_heard_at_its_place(folder: Path, tmp_path: Path) -> None:
    model = BirdNet(folder, BirdNetOptions(threshold=0.99))
    output = model.run(recording_of(write(tmp_path / "a.wav", 6, first=0.9)))
    assert {d.location.coordinates[0] for d in output.detections if d.location} == {0}


def test_what_does_not_live_there_is_left_out(folder: Path, tmp_path: Path) -> None:
    model, path = BirdNet(folder), write(tmp_path / "a.wav", 3)
    assert species(model.run(recording_of(path, deployment=HERE))) == ["Poecile atricapillus"]
    assert len(species(model.run(recording_of(path, deployment=EAST)))) == 2
    assert len(species(model.run(recording_of(path)))) == 2


def test_the_range_filter_can_be_switched_off(folder: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", 3)
    for options in (
        BirdNetOptions(range_filter=False),
        BirdNetOptions(species=["Hawfinch", "Black-capped Chickadee"]),
    ):
        assert len(species(BirdNet(folder, options).run(recording_of(path, deployment=HERE)))) == 2


def test_time_expansion_is_time_in_the_file(folder: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", 6, rate_hz=RATE_HZ // 2)
    output = BirdNet(folder).run(recording_of(path, expansion=2))
    assert {d.location.coordinates[2] for d in output.detections if d.location} == {6}


def test_sound_at_another_rate_is_resampled(folder: Path, tmp_path: Path) -> None:
    output = BirdNet(folder).run(recording_of(write(tmp_path / "a.wav", 6, rate_hz=44_100)))
    assert len(output.detections) == 4


def test_common_names_are_in_the_language_asked_for(folder: Path, tmp_path: Path) -> None:
    german = "Poecile x_Schwarzkopfmeise\nC. c._Kernbeißer\nHuman vocal_Mensch\nEngine_Motor\n"
    names = folder.with_name("birdnet-names")
    names.mkdir()
    (names / "labels_de.txt").write_text(german)
    model = BirdNet(folder, BirdNetOptions(language="de", species=["Kernbeißer"]))
    (detection,) = model.run(recording_of(write(tmp_path / "a.wav", 3))).detections
    assert [tag.tag.value for tag in detection.tags] == [
        "Coccothraustes coccothraustes",
        "Kernbeißer",
    ]


def test_a_language_that_is_not_installed_is_named(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match="'fr' are not installed") as caught:
        BirdNet(folder, BirdNetOptions(language="fr"))
    assert caught.value.help == "acoupi models install birdnet-names"


def test_names_of_other_species_are_not_believed(folder: Path) -> None:
    names = folder.with_name("birdnet-names")
    names.mkdir()
    (names / "labels_fr.txt").write_text("Parus major_Mésange charbonnière\n")
    with pytest.raises(ModelError, match=r"labels_fr\.txt has 1 labels and should have 4"):
        BirdNet(folder, BirdNetOptions(language="fr"))


def test_a_folder_without_the_network_says_which_and_what_to_do(folder: Path) -> None:
    (folder / "classifier.onnx").unlink()
    with pytest.raises(ModelError, match="there is no classifier") as caught:
        BirdNet(folder)
    assert caught.value.help == "install the model again"


def test_a_network_that_was_cut_off_is_named(folder: Path, tmp_path: Path) -> None:
    path = folder / "classifier.onnx"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ModelError, match=r"classifier\.onnx cannot be run"):
        BirdNet(folder).run(recording_of(write(tmp_path / "a.wav", 3)))


def test_a_network_that_answers_nonsense_is_not_believed(folder: Path, tmp_path: Path) -> None:
    small_birdnet(folder, [float("nan"), 0, 0, 0])
    with pytest.raises(ModelError, match="what is no number"):
        BirdNet(folder).run(recording_of(write(tmp_path / "a.wav", 3)))


def test_a_network_of_another_shape_is_not_believed(folder: Path, tmp_path: Path) -> None:
    linear_network(folder / "classifier.onnx", 144_000, np.zeros((3, 1), np.float32), [0, 0, 0])
    with pytest.raises(ModelError, match=r"in the shape \(1, 3\) instead of \(1, 4\)"):
        BirdNet(folder).run(recording_of(write(tmp_path / "a.wav", 3)))


def test_a_network_of_another_input_is_not_believed(folder: Path, tmp_path: Path) -> None:
    linear_network(folder / "classifier.onnx", 1000, np.zeros((4, 1), np.float32), [0, 0, 0, 0])
    with pytest.raises(ModelError, match="cannot be run"):
        BirdNet(folder).run(recording_of(write(tmp_path / "a.wav", 3)))


def test_a_recording_without_a_file_is_an_error(folder: Path) -> None:
    with pytest.raises(RecordingError, match="has no file"):
        BirdNet(folder).run(recording_of(None))


def test_common_names_are_left_out_when_nobody_wants_them(folder: Path, tmp_path: Path) -> None:
    model = BirdNet(folder, BirdNetOptions(language=""))
    output = model.run(recording_of(write(tmp_path / "a.wav", 3)))
    assert [len(detection.tags) for detection in output.detections] == [1, 1]


def test_it_is_loaded_by_warming_up_and_not_before(folder: Path) -> None:
    model = BirdNet(folder)
    (folder / "classifier.onnx").write_bytes(b"")
    with pytest.raises(ModelError):
        model.warm_up()


class TestBirdNet(ModelContract):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = small_birdnet(tmp_path / "birdnet")

    def make_model(self) -> BirdNet:
        return BirdNet(self.folder)


class TestBirdNetOnUltrasound(TestBirdNet):
    rate_hz = 192_000


class TestBirdNetOnTheTelephone(TestBirdNet):
    rate_hz = 8_000
