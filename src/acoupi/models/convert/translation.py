"""A tflite graph, operator by operator, as an ONNX graph.

Four-dimensional tensors are (batch, height, width, channels) in tflite and
(batch, channels, height, width) in ONNX. Only what the results depend on is
translated, and the batch may be of any size.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from acoupi.errors import ModelError
from acoupi.models.convert.onnx_graph import OnnxGraph
from acoupi.models.convert.tflite_file import Array, Operator, TfliteGraph

__all__ = ["CHANNELS_FIRST", "Translation", "Translator", "needed_operators"]

CHANNELS_FIRST = (0, 3, 1, 2)
RELU, RELU6 = 1, 3


class Translation:
    """What has been translated so far.

    Parameters
    ----------
    graph
        What is translated.
    given
        Tensors that are there already, to their names in ONNX.
    """

    def __init__(
        self, graph: TfliteGraph, given: Mapping[int, str], onnx: OnnxGraph | None = None
    ) -> None:
        self.graph = graph
        self.onnx = onnx or OnnxGraph()
        self._names = dict(given)

    def translate(self, results: Sequence[int], translators: Mapping[str, "Translator"]) -> None:
        """Translate what these tensors depend on.

        Raises
        ------
        ModelError
            If there is an operator that nobody knows how to translate.
        """
        for operator in needed_operators(self.graph, results, frozenset(self._names)):
            translator = translators.get(operator.kind)
            if translator is None:
                raise ModelError(f"the operator {operator.kind} cannot be converted")
            name = translator(self, operator)
            self._names[operator.outputs[0]] = self._activated(name, operator)

    def give(self, tensor: int, name: str) -> None:
        """Say that a tensor is there already."""
        self._names[tensor] = name

    def rank(self, tensor: int) -> int:
        """Return how many dimensions a tensor has."""
        return len(self.graph.tensors[tensor].shape)

    def constant(self, tensor: int) -> Array:
        """Return numbers that are in the file."""
        return self.graph.constant(tensor)

    def name(self, tensor: int) -> str:
        """Return the name of a tensor that was translated before, or add a constant."""
        if tensor not in self._names:
            self._names[tensor] = self.onnx.constant(self.constant(tensor))
        return self._names[tensor]

    def operand(self, tensor: int, rank: int) -> str:
        """Return the name of what is combined, element by element, with something of a rank."""
        value = self.graph.tensors[tensor].value
        if tensor in self._names or value is None or rank != 4 or value.ndim == 0:
            return self.name(tensor)
        image = value.reshape((1,) * (4 - value.ndim) + value.shape)
        return self.onnx.constant(image.transpose(CHANNELS_FIRST))

    def _activated(self, name: str, operator: Operator) -> str:
        activation = operator.options.get("FusedActivationFunction", 0)
        if activation == RELU:
            return self.onnx.node("Relu", [name])
        if activation == RELU6:
            limits = [self.onnx.constant(np.array(limit, np.float32)) for limit in (0, 6)]
            return self.onnx.node("Clip", [name, *limits])
        if activation:
            raise ModelError(f"the activation {activation} cannot be converted")
        return name


Translator = Callable[[Translation, Operator], str]


def needed_operators(
    graph: TfliteGraph, results: Sequence[int], given: frozenset[int]
) -> list[Operator]:
    """Return the operators that results depend on, in the order of execution."""
    wanted, needed = list(results), set[int]()
    while wanted:
        tensor = wanted.pop()
        maker = graph.makers.get(tensor)
        if tensor in given or maker is None or id(maker) in needed:
            continue
        needed.add(id(maker))
        wanted.extend(_looked_at(maker))
    return [operator for operator in graph.operators if id(operator) in needed]


def _looked_at(operator: Operator) -> tuple[int, ...]:
    """Return the inputs that are translated; a shape follows from the batch and is not."""
    return operator.inputs[:1] if operator.kind == "RESHAPE" else operator.inputs
