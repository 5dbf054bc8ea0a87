"""BatDetect2 as a model, with a network of weights by chance."""

import datetime as dt
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from acoupi.data import Deployment, ModelOutput, Recording
from acoupi.errors import ConfigurationError, DeviceConfigurationError, ModelError, RecordingError
from acoupi.models.batdetect2 import BatDetect2, BatDetect2Options

RATE_HZ = 256_000


def write(path: Path, seconds: float, rate_hz: int) -> None:
    samples = np.random.default_rng(1).normal(0, 0.05, round(seconds * RATE_HZ))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes((samples.clip(-1, 1) * 32767).astype("<i2").tobytes())


def recording(folder: Path, seconds: float = 0.4, expansion: float = 1) -> Recording:
    path, rate_hz = folder / f"x{expansion}.wav", round(RATE_HZ / expansion)
    write(path, seconds, rate_hz)
    return Recording(
        path=path,
        duration=seconds * expansion,
        samplerate=rate_hz,
        time_expansion=expansion,
        created_on=dt.datetime(2026, 6, 1, 22, tzinfo=dt.UTC),
        deployment=Deployment(name="x"),
    )


def boxes(output: ModelOutput) -> list[tuple[float, float, float, float]]:
    return [each.location.coordinates for each in output.detections if each.location]


def test_calls_are_events_with_a_box_and_the_species(folder: Path, tmp_path: Path) -> None:
    model = BatDetect2(folder, BatDetect2Options(threshold=0.05), "batdetect2-test")
    output = model.run(recording(tmp_path))
    assert output.name_model == "batdetect2-test"
    assert len(output.detections) > 5
    for detection in output.detections:
        assert detection.prediction_type == "event"
        assert 0.05 <= detection.detection_score <= 1
        assert {tag.tag.key for tag in detection.tags} == {"species"}
        shares = [tag.confidence_score for tag in detection.tags]
        assert shares == sorted(shares, reverse=True)
        assert sum(shares) <= detection.detection_score + 1e-6
    starts = [start for start, *_ in boxes(output)]
    assert starts == sorted(starts)


def test_less_certain_calls_are_left_out(folder: Path, tmp_path: Path) -> None:
    every = BatDetect2(folder, BatDetect2Options(threshold=0.05)).run(recording(tmp_path))
    scores = [detection.detection_score for detection in every.detections]
    middle = float(np.median(scores))
    certain = BatDetect2(folder, BatDetect2Options(threshold=middle)).run(recording(tmp_path))
    assert len(certain.detections) == sum(score >= middle for score in scores)


def test_only_species_that_are_wanted_are_reported(folder: Path, tmp_path: Path) -> None:
    every = BatDetect2(folder, BatDetect2Options(threshold=0.05)).run(recording(tmp_path))
    likeliest = [detection.tags[0].tag.value for detection in every.detections]
    wanted = likeliest[0]
    options = BatDetect2Options(threshold=0.05, species=[wanted])
    found = BatDetect2(folder, options).run(recording(tmp_path)).detections
    assert [each.tags[0].tag.value for each in found] == [wanted] * likeliest.count(wanted)


def test_a_species_that_nobody_knows_is_named_at_once(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match="Corvus corax"):
        BatDetect2(folder, BatDetect2Options(species=["Corvus corax"]))


def test_times_are_those_in_the_file_and_frequencies_those_in_the_air(
    folder: Path, tmp_path: Path
) -> None:
    model = BatDetect2(folder, BatDetect2Options(threshold=0.05))
    heard, slow = (boxes(model.run(recording(tmp_path, expansion=n))) for n in (1, 10))
    assert len(heard) == len(slow)
    scale = np.array([10, 1, 10, 1])
    assert np.array(slow) == pytest.approx(np.array(heard) * scale, rel=1e-6)


def test_how_much_is_looked_at_together_changes_nothing(folder: Path, tmp_path: Path) -> None:
    sound = recording(tmp_path, seconds=1)
    small, large = (
        boxes(BatDetect2(folder, BatDetect2Options(threshold=0.1, part=part)).run(sound))
        for part in (0.1, 3)
    )
    assert np.array(small) == pytest.approx(np.array(large), rel=1e-4)


def test_nothing_is_found_twice_or_after_the_end(folder: Path, tmp_path: Path) -> None:
    model = BatDetect2(folder, BatDetect2Options(threshold=0.05))
    found = boxes(model.run(recording(tmp_path, seconds=6.5)))
    assert len(set(found)) == len(found)
    assert max(start for start, *_ in found) < 6.52
    assert [start for start, *_ in found if 2.9 < start < 3.1]


def test_an_empty_file_holds_nothing(folder: Path, tmp_path: Path) -> None:
    sound = recording(tmp_path)
    assert sound.path is not None
    write(sound.path, 0, RATE_HZ)
    assert BatDetect2(folder).run(sound).detections == []


def test_a_recording_without_a_file_is_an_error(folder: Path, tmp_path: Path) -> None:
    sound = recording(tmp_path).model_copy(update={"path": None})
    with pytest.raises(RecordingError, match="has no file"):
        BatDetect2(folder).run(sound)


def test_a_file_that_is_no_sound_is_an_error(folder: Path, tmp_path: Path) -> None:
    sound = recording(tmp_path)
    assert sound.path is not None
    sound.path.write_bytes(b"RIFF")
    with pytest.raises(DeviceConfigurationError):
        BatDetect2(folder).run(sound)


def test_a_folder_without_a_model_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"settings\.json"):
        BatDetect2(tmp_path)


def test_a_network_that_is_gone_is_an_error_when_it_is_used(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_bytes((folder / "settings.json").read_bytes())
    model = BatDetect2(tmp_path)
    with pytest.raises(ModelError, match=r"encoder\.onnx"):
        model.warm_up()


def test_the_network_is_loaded_by_the_first_use(folder: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from acoupi.models.batdetect2 import BatDetect2\n"
        f"model = BatDetect2(Path({str(folder)!r}))\n"
        "assert 'onnxruntime' not in sys.modules\n"
        "model.warm_up()\n"
        "assert 'onnxruntime' in sys.modules and 'onnx' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
