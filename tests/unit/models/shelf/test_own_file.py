"""Networks of one's own."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, ValueInfoProto
from onnx.helper import (
    make_graph,
    make_model,
    make_node,
    make_opsetid,
    make_tensor_sequence_value_info,
    make_tensor_value_info,
)
from onnx.numpy_helper import from_array
from small_models import linear_network
from small_tflite import reshaping_network

from acoupi.audio.wav import WavFormat, write_wav
from acoupi.data import Deployment, Recording
from acoupi.errors import ConfigurationError, ModelError
from acoupi.models.convert.onnx_graph import IR_VERSION, OPSET, OnnxGraph
from acoupi.models.own import scores_of
from acoupi.models.shelf import find_model, installed_names, models_dir, open_model
from acoupi.models.shelf.own_file import OwnFile, install_file

RATE_HZ = 1000


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACOUPI_HOME", str(tmp_path / "home"))


def own_file(folder: Path, answer: list[float], **changes: object) -> OwnFile:
    zeros = np.zeros((len(answer), 1), np.float32)
    labels = folder / "labels.txt"
    labels.write_text("".join(f"frog {n}\n" for n in range(2)))
    values = {
        "network": linear_network(folder / "frogs.onnx", RATE_HZ, zeros, answer),
        "labels": labels,
        "rate_hz": RATE_HZ,
        "window_s": 1.0,
    }
    return OwnFile(**values | changes)  # type: ignore[arg-type]


def recording(folder: Path) -> Recording:
    path = folder / "a.wav"
    write_wav(path, WavFormat(RATE_HZ, 1, 2), 2 * RATE_HZ, [bytes(4 * RATE_HZ)])
    return Recording(path=path, duration=2, samplerate=RATE_HZ, deployment=Deployment(name="x"))


def test_a_network_of_ones_own_finds_its_labels(tmp_path: Path) -> None:
    install_file("frogs", own_file(tmp_path, [0.9, 0.1]))
    model = find_model("frogs").open()
    output = model.run(recording(tmp_path))
    assert [d.tags[0].tag.value for d in output.detections] == ["frog 0", "frog 0"]
    assert [d.location.coordinates for d in output.detections if d.location] == [
        (0, 0, 1, 500),
        (1, 0, 2, 500),
    ]
    assert output.name_model.startswith("frogs-")


def test_its_outputs_say_which_build_they_are_from(tmp_path: Path) -> None:
    install_file("frogs", own_file(tmp_path, [0.9, 0.1], version="2026-03"))
    folder = find_model("frogs").folder
    listed = "".join(
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
        for name in ("labels.txt", "network.onnx")
    )
    output = open_model("frogs").run(recording(tmp_path))
    assert output.model_version == "2026-03"
    assert output.model_hash == hashlib.sha256(listed.encode()).hexdigest()


@pytest.mark.parametrize(
    "shape",
    [[RATE_HZ], ["n", 1, RATE_HZ], ["n", RATE_HZ, 1]],
    ids=["without a batch", "channels first", "channels last"],
)
@pytest.mark.parametrize(
    ("kind", "seen"), [("samples", 0.25), ("int16", 8192), ("peak", 1)], ids=str
)
def test_a_network_is_given_sound_as_it_takes_it(
    tmp_path: Path, shape: list[str | int], kind: str, seen: float
) -> None:
    network = loudest_sample(tmp_path / "loudest.onnx", shape, seen)
    install_file("frogs", own_file(tmp_path, [0, 0], network=network, input=kind))
    path = tmp_path / "loud.wav"
    samples = np.zeros(RATE_HZ, "<i2")
    samples[7] = 8192
    write_wav(path, WavFormat(RATE_HZ, 1, 2), RATE_HZ, [samples.tobytes()])
    heard = recording(tmp_path).model_copy(update={"path": path, "duration": 1})
    (detection,) = open_model("frogs", {"threshold": 0.6}).run(heard).detections
    assert (detection.tags[0].tag.value, detection.detection_score) == ("frog 0", 1)


def loudest_sample(path: Path, shape: list[str | int], seen: float) -> Path:
    """Write a network whose first score is 1 where the loudest sample is what it should be."""
    onnx = OnnxGraph()
    channel = [onnx.integers(shape.index(1))] if 1 in shape else []
    row = onnx.node("Squeeze", ["data", *channel])
    loudest = onnx.node("ReduceMax", [row, onnx.integers(-1)], keepdims=1)
    first = onnx.node("Div", [loudest, onnx.constant(np.array([seen], np.float32))])
    second = onnx.node("Mul", [first, onnx.constant(np.array([0.5], np.float32))])
    onnx.node("Concat", [first, second], "answer", axis=-1)
    answer: list[str | int] = ["n", 2] if channel else [2]
    path.write_bytes(onnx.to_bytes("loudest", {"data": shape}, {"answer": answer}))
    return path


@pytest.mark.parametrize("shape", [[4], [1, 4], [1, 1, 4], [1, 4, 1]], ids=str)
def test_a_network_for_litert_is_given_sound_as_it_takes_it(
    tmp_path: Path, shape: list[int]
) -> None:
    labels = tmp_path / "moments.txt"
    labels.write_text("first\nsecond\nthird\nfourth\n")
    network = reshaping_network(tmp_path / "loudness.tflite", shape, [1, 4])
    install_file("loudness", OwnFile(network, labels, rate_hz=4, window_s=1.0, threshold=0.2))
    path = tmp_path / "loud.wav"
    write_wav(path, WavFormat(4, 1, 2), 4, [np.array([0, 16_384, 0, 0], "<i2").tobytes()])
    heard = Recording(path=path, duration=1, samplerate=4, deployment=Deployment(name="x"))
    (detection,) = open_model("loudness").run(heard).detections
    assert (detection.tags[0].tag.value, detection.detection_score) == ("second", 0.5)


def test_its_detections_lie_in_its_band_and_have_its_tag(tmp_path: Path) -> None:
    file = own_file(tmp_path, [0.9, 0.1], band_hz=(50, 400), tag="call")
    install_file("frogs", file)
    first = open_model("frogs").run(recording(tmp_path)).detections[0]
    assert first.location is not None
    assert first.location.coordinates == (0, 50, 1, 400)
    assert first.tags[0].tag.key == "call"


@pytest.mark.parametrize("band_hz", [(400, 50), (-1, 50), (50, 501)])
def test_a_band_that_it_cannot_hear_is_refused(
    tmp_path: Path, band_hz: tuple[float, float]
) -> None:
    with pytest.raises(ConfigurationError, match="cannot listen to a band from"):
        install_file("frogs", own_file(tmp_path, [0.9, 0.1], band_hz=band_hz))


def test_options_go_before_the_manifest(tmp_path: Path) -> None:
    install_file("frogs", own_file(tmp_path, [0.9, 0.1]))
    model = find_model("frogs").open({"threshold": 0.05})
    assert len(model.run(recording(tmp_path)).detections) == 4


@pytest.mark.parametrize(
    ("answer", "changes", "message"),
    [
        ([0.1, 0.2, 0.3], {}, r"in the shape \(1, 3\) instead of \(1, 2\)"),
        ([0.1, float("nan")], {}, "what is no number"),
        ([0.1, 7.0], {}, "scores from 0.1 to 7, not from 0 to 1"),
        ([0.1, 0.2], {"window_s": 2.0}, "cannot be run"),
    ],
)
def test_a_network_that_does_not_fit_is_not_installed(
    tmp_path: Path, answer: list[float], changes: dict[str, object], message: str
) -> None:
    with pytest.raises(ModelError, match=message):
        install_file("frogs", own_file(tmp_path, answer, **changes))
    assert installed_names() == []


TEXT = make_tensor_value_info("answer", TensorProto.STRING, ["n", 2])
LIST = make_tensor_sequence_value_info("answer", TensorProto.FLOAT, ["n", 2])


@pytest.mark.parametrize(
    ("step", "said", "answer", "message"),
    [
        ("Identity", np.array([["a", "b"]]), TEXT, "with object instead of numbers"),
        ("SequenceConstruct", np.zeros((1, 2), "f4"), LIST, r"in the shape \(1, 1, 2\)"),
    ],
    ids=["text", "a list"],
)
def test_a_network_that_answers_with_no_row_of_numbers_is_not_installed(
    tmp_path: Path, step: str, said: np.ndarray, answer: ValueInfoProto, message: str
) -> None:
    file = own_file(tmp_path, [0.9, 0.1])
    nodes = [make_node(step, ["said"], ["answer"])]
    taken = make_tensor_value_info("data", TensorProto.FLOAT, ["n", RATE_HZ])
    graph = make_graph(nodes, "odd", [taken], [answer], [from_array(said, "said")])
    model = make_model(graph, opset_imports=[make_opsetid("", OPSET)], ir_version=IR_VERSION)
    file.network.write_bytes(model.SerializeToString())
    with pytest.raises(ModelError, match=message):
        install_file("frogs", file)
    assert installed_names() == []


@pytest.mark.parametrize("threads", [0, 257, 2.5])
def test_it_is_not_given_more_threads_than_any_computer_has(
    tmp_path: Path, threads: float
) -> None:
    install_file("frogs", own_file(tmp_path, [0.9, 0.1]))
    with pytest.raises(ConfigurationError, match="threads"):
        open_model("frogs", {"threads": threads})


@pytest.mark.parametrize("name", ["birdnet", "activity", "../frogs", "Frogs", "", ".frogs"])
def test_a_name_that_would_confuse_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be called"):
        install_file(name, own_file(tmp_path, [0.9, 0.1]))


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    file = own_file(tmp_path, [0.9, 0.1], network=tmp_path / "frogs.pt")
    with pytest.raises(ConfigurationError, match=r"neither an \.onnx nor a \.tflite file"):
        install_file("frogs", file)


def test_labels_with_a_gap_are_refused(tmp_path: Path) -> None:
    file = own_file(tmp_path, [0.9, 0.1])
    file.labels.write_text("a\n\nb\n")
    with pytest.raises(ConfigurationError, match="a label on each line"):
        install_file("frogs", file)


def test_logits_become_scores_one_by_one_or_together() -> None:
    logits = np.array([0.0, 2.0], np.float32)
    assert scores_of(logits, "logits", "x") == pytest.approx([0.5, 0.8808], abs=1e-4)
    assert scores_of(logits, "softmax", "x") == pytest.approx([0.1192, 0.8808], abs=1e-4)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"overlap_s": 1.0}, "cannot overlap by 1 s"),
        ({"overlap_s": float("nan")}, "cannot overlap by nan s"),
        ({"window_s": float("nan")}, "a window of nan s"),
        ({"window_s": 1e12}, "a window of 1e.12 s"),
        ({"threshold": float("nan")}, "threshold nan"),
        ({"tag": " "}, "the tag ' '"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(
    tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    with pytest.raises(ConfigurationError, match=said):
        install_file("frogs", own_file(tmp_path, [0.9, 0.1], **changes))


def test_a_network_that_does_not_fit_is_named_as_it_was_given(tmp_path: Path) -> None:
    file = own_file(tmp_path, [0.9, 0.1], window_s=0.5)
    with pytest.raises(ModelError) as refused:
        install_file("frogs", file)
    assert str(file.network) in refused.value.message
    assert ".unfinished" not in refused.value.message
    assert "--rate times --window" in (refused.value.help or "")


def test_a_mark_at_the_start_and_empty_lines_at_the_end_are_no_labels(tmp_path: Path) -> None:
    file = own_file(tmp_path, [0.9, 0.1])
    file.labels.write_bytes(b"\xef\xbb\xbf" + file.labels.read_bytes() + b"\n\n")
    labels = file.labels.read_text("utf-8-sig").split("\n")[0]
    install_file("frogs", file)
    assert (models_dir() / "frogs" / "labels.txt").read_text().split("\n")[0] == labels
