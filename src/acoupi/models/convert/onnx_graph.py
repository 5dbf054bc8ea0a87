"""An ONNX file in the making."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from acoupi.models.convert.tflite_file import Array
from acoupi.models.parts import load_part

__all__ = ["OnnxGraph", "Shape"]

Shape = Sequence[str | int]

OPSET = 18
IR_VERSION = 8
"""Old enough for every onnxruntime that runs on a Python we support."""


class OnnxGraph:
    """Nodes and constants, in the order of execution."""

    def __init__(self) -> None:
        self._onnx = load_part("onnx", "birdnet")
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def constant(self, value: Array) -> str:
        """Add numbers, and return their name."""
        name = f"c{len(self._constants)}"
        array = np.array(value, order="C")
        self._constants.append(self._onnx.numpy_helper.from_array(array, name))
        return name

    def integers(self, *values: int) -> str:
        """Add a row of whole numbers, such as axes, and return its name."""
        return self.constant(np.array(values, np.int64))

    def node(self, kind: str, inputs: Sequence[str], name: str = "", **attributes: Any) -> str:
        """Add a step with one result, and return the result's name."""
        result = name or f"t{len(self._nodes)}"
        node = self._onnx.helper.make_node(kind, list(inputs), [result], **attributes)
        self._nodes.append(node)
        return result

    def to_bytes(
        self, name: str, inputs: Mapping[str, Shape], outputs: Mapping[str, Shape]
    ) -> bytes:
        """Return the file, checked, without what no output depends on."""
        helper = self._onnx.helper
        nodes, used = self._needed(outputs)
        constants = [each for each in self._constants if each.name in used]
        graph = helper.make_graph(
            nodes, name, self._infos(inputs), self._infos(outputs), constants
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = IR_VERSION
        self._onnx.checker.check_model(model)
        return model.SerializeToString()

    def _needed(self, outputs: Iterable[str]) -> tuple[list[Any], set[str]]:
        """Return the nodes that outputs depend on, and the names of all that goes in and out."""
        nodes: list[Any] = []
        used = set(outputs)
        for node in reversed(self._nodes):
            if used.intersection(node.output):
                used.update(node.input)
                nodes.append(node)
        return nodes[::-1], used

    def _infos(self, shapes: Mapping[str, Shape]) -> list[Any]:
        info, kind = self._onnx.helper.make_tensor_value_info, self._onnx.TensorProto.FLOAT
        return [info(name, kind, list(shape)) for name, shape in shapes.items()]
