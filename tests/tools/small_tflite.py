"""A tflite file small enough to make in a test."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
import tflite


def reshaping_network(path: Path, taken: Sequence[int], given: Sequence[int]) -> Path:
    """Write a network that gives what it takes in another shape."""
    builder = flatbuffers.Builder(1024)
    buffers = [_buffer(builder, b""), _buffer(builder, np.array(given, "<i4").tobytes())]
    tensors = [
        _tensor(builder, "taken", taken, tflite.TensorType.FLOAT32, 0),
        _tensor(builder, "shape", [len(given)], tflite.TensorType.INT32, 1),
        _tensor(builder, "given", given, tflite.TensorType.FLOAT32, 0),
    ]
    code = _table(
        builder,
        tflite.OperatorCodeStart,
        tflite.OperatorCodeEnd,
        {
            tflite.OperatorCodeAddDeprecatedBuiltinCode: tflite.BuiltinOperator.RESHAPE,
            tflite.OperatorCodeAddBuiltinCode: tflite.BuiltinOperator.RESHAPE,
            tflite.OperatorCodeAddVersion: 1,
        },
    )
    operator = _table(
        builder,
        tflite.OperatorStart,
        tflite.OperatorEnd,
        {
            tflite.OperatorAddInputs: _numbers(builder, [0, 1]),
            tflite.OperatorAddOutputs: _numbers(builder, [2]),
        },
    )
    graph = _table(
        builder,
        tflite.SubGraphStart,
        tflite.SubGraphEnd,
        {
            tflite.SubGraphAddTensors: _offsets(builder, tensors),
            tflite.SubGraphAddInputs: _numbers(builder, [0]),
            tflite.SubGraphAddOutputs: _numbers(builder, [2]),
            tflite.SubGraphAddOperators: _offsets(builder, [operator]),
        },
    )
    model = _table(
        builder,
        tflite.ModelStart,
        tflite.ModelEnd,
        {
            tflite.ModelAddVersion: 3,
            tflite.ModelAddOperatorCodes: _offsets(builder, [code]),
            tflite.ModelAddSubgraphs: _offsets(builder, [graph]),
            tflite.ModelAddBuffers: _offsets(builder, buffers),
        },
    )
    builder.Finish(model, b"TFL3")
    path.write_bytes(bytes(builder.Output()))
    return path


def _table(
    builder: Any,
    start: Callable[[Any], None],
    end: Callable[[Any], int],
    fields: dict[Callable[[Any, int], None], int],
) -> int:
    start(builder)
    for add, value in fields.items():
        add(builder, value)
    return end(builder)


def _tensor(builder: Any, name: str, shape: Sequence[int], kind: int, buffer: int) -> int:
    return _table(
        builder,
        tflite.TensorStart,
        tflite.TensorEnd,
        {
            tflite.TensorAddName: builder.CreateString(name),
            tflite.TensorAddShape: _numbers(builder, shape),
            tflite.TensorAddType: kind,
            tflite.TensorAddBuffer: buffer,
        },
    )


def _buffer(builder: Any, data: bytes) -> int:
    content = {tflite.BufferAddData: builder.CreateByteVector(data)} if data else {}
    return _table(builder, tflite.BufferStart, tflite.BufferEnd, content)


def _numbers(builder: Any, numbers: Sequence[int]) -> int:
    return builder.CreateNumpyVector(np.array(numbers, np.int32))


def _offsets(builder: Any, offsets: Sequence[int]) -> int:
    builder.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return builder.EndVector()
