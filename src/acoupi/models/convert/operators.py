"""How each kind of tflite operator is said in ONNX."""

from typing import Any

import numpy as np

from acoupi.errors import ModelError
from acoupi.models.convert.tflite_file import Operator
from acoupi.models.convert.translation import CHANNELS_FIRST, Translation, Translator

__all__ = ["TRANSLATORS"]

SAME = 0
DEPTHWISE_CHANNELS_FIRST = (3, 0, 1, 2)


def _elementwise(kind: str) -> Translator:
    def translate(t: Translation, operator: Operator) -> str:
        rank = t.rank(operator.outputs[0])
        return t.onnx.node(kind, [t.operand(tensor, rank) for tensor in operator.inputs])

    return translate


def _reduction(kind: str) -> Translator:
    def translate(t: Translation, operator: Operator) -> str:
        axes = t.onnx.constant(t.constant(operator.inputs[1]).astype(np.int64).reshape(-1))
        keep = operator.options.get("KeepDims", 0)
        return t.onnx.node(kind, [t.name(operator.inputs[0]), axes], keepdims=keep)

    return translate


def _pool(kind: str) -> Translator:
    def translate(t: Translation, operator: Operator) -> str:
        size = [operator.options["FilterHeight"], operator.options["FilterWidth"]]
        return t.onnx.node(
            kind, [t.name(operator.inputs[0])], kernel_shape=size, **_steps(operator)
        )

    return translate


def _convolution(t: Translation, operator: Operator) -> str:
    weights = t.constant(operator.inputs[1]).transpose(CHANNELS_FIRST)
    return _convolved(t, operator, weights, group=1)


def _depthwise(t: Translation, operator: Operator) -> str:
    weights = t.constant(operator.inputs[1]).transpose(DEPTHWISE_CHANNELS_FIRST)
    return _convolved(t, operator, weights, group=weights.shape[0])


def _convolved(t: Translation, operator: Operator, weights: Any, group: int) -> str:
    data, steps = _taken_in(t, operator)
    bias = t.constant(operator.inputs[2])
    inputs = [t.name(data), t.onnx.constant(weights), t.onnx.constant(bias)]
    size = list(weights.shape[2:])
    return t.onnx.node("Conv", inputs, group=group, kernel_shape=size, **steps)


def _taken_in(t: Translation, operator: Operator) -> tuple[int, dict[str, Any]]:
    """Return what a convolution sees, and its steps; what pads it becomes a part of these."""
    data, steps = operator.inputs[0], _steps(operator)
    maker = t.graph.makers.get(data)
    if maker is None or maker.kind != "PAD" or steps["auto_pad"] != "VALID":
        return data, steps
    batch, height, width, channels = t.constant(maker.inputs[1]).tolist()
    if any((*batch, *channels)):
        return data, steps
    pads = [height[0], width[0], height[1], width[1]]
    return maker.inputs[0], {"strides": steps["strides"], "pads": pads}


def _steps(operator: Operator) -> dict[str, Any]:
    return {
        "strides": [operator.options["StrideH"], operator.options["StrideW"]],
        "auto_pad": "SAME_UPPER" if operator.options["Padding"] == SAME else "VALID",
    }


def _concatenation(t: Translation, operator: Operator) -> str:
    rank = t.rank(operator.outputs[0])
    axis = operator.options["Axis"] % rank
    if rank == 4:
        axis = CHANNELS_FIRST.index(axis)
    return t.onnx.node("Concat", [t.operand(i, rank) for i in operator.inputs], axis=axis)


def _padding(t: Translation, operator: Operator) -> str:
    before_and_after = t.constant(operator.inputs[1])
    if len(before_and_after) == 4:
        before_and_after = before_and_after[list(CHANNELS_FIRST)]
    return t.onnx.node(
        "Pad", [t.name(operator.inputs[0]), t.onnx.integers(*before_and_after.T.ravel().tolist())]
    )


def _mean(t: Translation, operator: Operator) -> str:
    """Average an image over its height and width."""
    axes = sorted(t.constant(operator.inputs[1]).ravel().tolist())
    if t.rank(operator.inputs[0]) != 4 or axes != [1, 2]:
        raise ModelError(f"a mean over the axes {axes} cannot be converted")
    pixel = t.onnx.node("GlobalAveragePool", [t.name(operator.inputs[0])])
    if t.rank(operator.outputs[0]) == 4:
        return pixel
    return t.onnx.node("Squeeze", [pixel, t.onnx.integers(2, 3)])


def _reshape(t: Translation, operator: Operator) -> str:
    """Make an image of one pixel of a row of channels, which a mean was before it was a row."""
    before, after = operator.inputs[0], operator.outputs[0]
    if t.rank(before) != 2 or t.graph.tensors[after].shape[:-1] != (1, 1, 1):
        raise ModelError(f"the shape of {t.graph.tensors[after].name} cannot be converted")
    maker = t.graph.makers.get(before)
    if maker is not None and maker.kind == "MEAN":
        return t.onnx.node("GlobalAveragePool", [t.name(maker.inputs[0])])
    return t.onnx.node("Unsqueeze", [t.name(before), t.onnx.integers(2, 3)])


def _fully_connected(t: Translation, operator: Operator) -> str:
    inputs = [t.name(tensor) for tensor in operator.inputs if tensor >= 0]
    return t.onnx.node("Gemm", inputs, transB=1)


def _column(t: Translation, operator: Operator) -> str:
    """Take one column of a table."""
    begin, end = (t.constant(tensor).tolist() for tensor in operator.inputs[1:3])
    if len(begin) != 2 or end[1] != begin[1] + 1 or t.rank(operator.outputs[0]) != 1:
        raise ModelError(f"the slice {begin} to {end} cannot be converted")
    index = t.onnx.constant(np.array(begin[1], np.int64))
    return t.onnx.node("Gather", [t.name(operator.inputs[0]), index], axis=1)


def _expanded(t: Translation, operator: Operator) -> str:
    axis = int(t.constant(operator.inputs[1]).item())
    return t.onnx.node("Unsqueeze", [t.name(operator.inputs[0]), t.onnx.integers(axis)])


def _widened(t: Translation, operator: Operator) -> str:
    """Make numbers of single precision of those of half."""
    return t.onnx.node("Cast", [t.name(operator.inputs[0])], to=1)


TRANSLATORS: dict[str, Translator] = {
    "ADD": _elementwise("Add"),
    "AVERAGE_POOL_2D": _pool("AveragePool"),
    "CONCATENATION": _concatenation,
    "CONV_2D": _convolution,
    "DEPTHWISE_CONV_2D": _depthwise,
    "DEQUANTIZE": _widened,
    "DIV": _elementwise("Div"),
    "EXPAND_DIMS": _expanded,
    "FULLY_CONNECTED": _fully_connected,
    "GREATER": _elementwise("Greater"),
    "LESS": _elementwise("Less"),
    "LOGISTIC": _elementwise("Sigmoid"),
    "MAX_POOL_2D": _pool("MaxPool"),
    "MEAN": _mean,
    "MUL": _elementwise("Mul"),
    "PAD": _padding,
    "REDUCE_MAX": _reduction("ReduceMax"),
    "REDUCE_MIN": _reduction("ReduceMin"),
    "RESHAPE": _reshape,
    "SELECT_V2": _elementwise("Where"),
    "SIN": _elementwise("Sin"),
    "STRIDED_SLICE": _column,
    "SUB": _elementwise("Sub"),
}
