"""What is in a tflite file."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from acoupi.errors import ModelError
from acoupi.models.parts import load_part

__all__ = ["Array", "Operator", "Tensor", "TfliteGraph", "read_tflite"]

Array = NDArray[Any]

IDENTIFIER = b"TFL3"
DTYPES = {0: np.float32, 1: np.float16, 2: np.int32, 4: np.int64, 6: np.bool_}

CONV = ("Padding", "StrideH", "StrideW", "FusedActivationFunction")
POOL = (*CONV, "FilterHeight", "FilterWidth")
ACTIVATION = ("FusedActivationFunction",)
OPTIONS = {
    "ADD": ("AddOptions", ACTIVATION),
    "AVERAGE_POOL_2D": ("Pool2DOptions", POOL),
    "CONCATENATION": ("ConcatenationOptions", ("Axis", *ACTIVATION)),
    "CONV_2D": ("Conv2DOptions", CONV),
    "DEPTHWISE_CONV_2D": ("DepthwiseConv2DOptions", CONV),
    "DIV": ("DivOptions", ACTIVATION),
    "FULLY_CONNECTED": ("FullyConnectedOptions", ACTIVATION),
    "MAX_POOL_2D": ("Pool2DOptions", POOL),
    "MUL": ("MulOptions", ACTIVATION),
    "REDUCE_MAX": ("ReducerOptions", ("KeepDims",)),
    "REDUCE_MIN": ("ReducerOptions", ("KeepDims",)),
    "SUB": ("SubOptions", ACTIVATION),
}
"""Kind of an operator to what is set in it: the table's class, and the fields used here."""


@dataclass(frozen=True)
class Tensor:
    """Numbers that are in the file, or that an operator makes."""

    name: str
    shape: tuple[int, ...]
    value: Array | None
    """None unless it is in the file."""


@dataclass(frozen=True)
class Operator:
    """A step of the computation; tensors are named by their place in the graph."""

    kind: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Mapping[str, int]


@dataclass(frozen=True)
class TfliteGraph:
    """The first, and usually only, graph of a file; operators are in the order of execution."""

    tensors: Sequence[Tensor]
    operators: Sequence[Operator]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]

    @cached_property
    def makers(self) -> Mapping[int, Operator]:
        """The operator that makes a tensor."""
        return {made: operator for operator in self.operators for made in operator.outputs}

    def constant(self, tensor: int) -> Array:
        """Return numbers that are in the file."""
        value = self.tensors[tensor].value
        if value is None:
            raise ModelError(f"{self.tensors[tensor].name} is computed, and should be a constant")
        return value

    def named(self, name: str) -> Array:
        """Return the constant with this name."""
        for index, tensor in enumerate(self.tensors):
            if tensor.name == name:
                return self.constant(index)
        raise ModelError(f"the network has no constant {name}")


def read_tflite(path: Path) -> TfliteGraph:
    """Read a file.

    Raises
    ------
    ModelError
        If it is none, is not whole, or ``tflite`` is not installed.
    """
    tflite = load_part("tflite", "birdnet")
    content = path.read_bytes()
    if content[4:8] != IDENTIFIER:
        raise ModelError(f"{path} is no tflite file", help="get it again")
    try:
        model = tflite.Model.GetRootAsModel(content, 0)
        return _graph(tflite, model, model.Subgraphs(0))
    except (IndexError, ValueError, TypeError, AttributeError, KeyError, struct.error) as error:
        # What flatbuffers and NumPy raise where an offset leads out of the file.
        raise ModelError(f"{path} is not whole: {error}", help="get it again") from error


def _graph(tflite: Any, model: Any, graph: Any) -> TfliteGraph:
    return TfliteGraph(
        [_tensor(model, graph.Tensors(index)) for index in range(graph.TensorsLength())],
        [
            _operator(tflite, model, graph.Operators(index))
            for index in range(graph.OperatorsLength())
        ],
        _indices(graph.InputsAsNumpy()),
        _indices(graph.OutputsAsNumpy()),
    )


def _tensor(model: Any, tensor: Any) -> Tensor:
    shape = _indices(tensor.ShapeAsNumpy()) if tensor.ShapeLength() else ()
    buffer, dtype = model.Buffers(tensor.Buffer()), DTYPES.get(tensor.Type())
    value = None
    if buffer.DataLength() and dtype is not None:
        value = np.frombuffer(buffer.DataAsNumpy().tobytes(), dtype).reshape(shape)
    return Tensor(tensor.Name().decode(), shape, value)


def _operator(tflite: Any, model: Any, operator: Any) -> Operator:
    code = model.OperatorCodes(operator.OpcodeIndex())
    kind = _kinds(tflite)[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
    return Operator(
        kind,
        _indices(operator.InputsAsNumpy()),
        _indices(operator.OutputsAsNumpy()),
        _options(tflite, kind, operator.BuiltinOptions()),
    )


def _kinds(tflite: Any) -> dict[int, str]:
    codes = cast("dict[str, int]", vars(tflite.BuiltinOperator))
    return {code: kind for kind, code in codes.items() if kind[0] != "_"}


def _options(tflite: Any, kind: str, table: Any) -> dict[str, int]:
    if table is None or kind not in OPTIONS:
        return {}
    name, fields = OPTIONS[kind]
    options = getattr(tflite, name)()
    options.Init(table.Bytes, table.Pos)
    return {field: int(getattr(options, field)()) for field in fields}


def _indices(numbers: Any) -> tuple[int, ...]:
    return tuple(int(number) for number in numbers)
