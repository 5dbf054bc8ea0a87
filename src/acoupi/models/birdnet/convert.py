"""BirdNET's published files as files that onnxruntime runs."""

from pathlib import Path

from acoupi.models.birdnet.spectrogram import add_spectrogram, find_spectrograms
from acoupi.models.convert.operators import TRANSLATORS
from acoupi.models.convert.tflite_file import TfliteGraph, read_tflite
from acoupi.models.convert.translation import Translation

__all__ = ["convert_classifier", "convert_range_model"]


def convert_classifier(path: Path) -> bytes:
    """Convert the classifier: ``audio`` to ``logits`` and ``embedding``.

    Raises
    ------
    ModelError
        If the file is not the one that is known.
    """
    graph = read_tflite(path)
    translation = Translation(graph, {graph.inputs[0]: "audio"})
    _add_spectrograms(translation)
    logits = graph.outputs[0]
    embedding = graph.makers[logits].inputs[0]
    translation.translate([logits, embedding], TRANSLATORS)
    _name(translation, {"logits": logits, "embedding": embedding})
    return translation.onnx.to_bytes(
        "birdnet",
        {"audio": _shape(graph, graph.inputs[0])},
        {"logits": _shape(graph, logits), "embedding": _shape(graph, embedding)},
    )


def convert_range_model(path: Path) -> bytes:
    """Convert the model of where species live: ``place`` to ``scores``.

    A place is a latitude, a longitude and a week (1 to 48; -1: any).

    Raises
    ------
    ModelError
        If the file is not the one that is known.
    """
    graph = read_tflite(path)
    place, scores = graph.inputs[0], graph.outputs[0]
    translation = Translation(graph, {place: "place"})
    translation.translate([scores], TRANSLATORS)
    _name(translation, {"scores": scores})
    return translation.onnx.to_bytes(
        "birdnet-range", {"place": _shape(graph, place)}, {"scores": _shape(graph, scores)}
    )


def _add_spectrograms(translation: Translation) -> None:
    for spectrogram in find_spectrograms(translation.graph):
        translation.translate([spectrogram.samples], TRANSLATORS)
        onnx = translation.onnx
        samples = onnx.node("Unsqueeze", [translation.name(spectrogram.samples), onnx.integers(1)])
        translation.give(spectrogram.image, add_spectrogram(onnx, spectrogram, samples))


def _name(translation: Translation, results: dict[str, int]) -> None:
    for name, tensor in results.items():
        translation.onnx.node("Identity", [translation.name(tensor)], name)


def _shape(graph: TfliteGraph, tensor: int) -> list[str | int]:
    return ["n", *graph.tensors[tensor].shape[1:]]
