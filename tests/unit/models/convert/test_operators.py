"""Each operator, beside what NumPy makes of it."""

import numpy as np
import onnx
import onnxruntime
import pytest

from acoupi.errors import ModelError
from acoupi.models.convert.operators import TRANSLATORS
from acoupi.models.convert.tflite_file import Array, Operator, Tensor, TfliteGraph
from acoupi.models.convert.translation import Translation, needed_operators

RANDOM = np.random.default_rng(3)
SAME, VALID = 0, 1
RELU, RELU6 = 1, 3


def floats(*shape: int) -> np.ndarray:
    return RANDOM.normal(size=shape).astype(np.float32)


def graph_of(
    kind: str,
    data: Array,
    result: Array,
    constants: list[Array] | None = None,
    options: dict[str, int] | None = None,
) -> TfliteGraph:
    """A graph of one operator: tensor 0 is the input, tensor 1 the result."""
    tensors = [Tensor("data", data.shape, None), Tensor("result", result.shape, None)]
    tensors += [Tensor(f"c{n}", c.shape, c) for n, c in enumerate(constants or [])]
    inputs = (0, *range(2, len(tensors)))
    return TfliteGraph(tensors, [Operator(kind, inputs, (1,), options or {})], (0,), (1,))


Step = tuple[str, Array, list[Array], dict[str, int]]


def two_steps(
    first: tuple[str, Array, Array, list[Array], dict[str, int]], then: Step
) -> TfliteGraph:
    """A graph of two operators: tensor 0 is the input, tensor 1 the result."""
    kind, data, between, constants, options = first
    last_kind, result, last_constants, last_options = then
    values = [(data, None), (result, None), (between, None)]
    values += [(constant, constant) for constant in (*constants, *last_constants)]
    tensors = [Tensor(str(n), shaped.shape, value) for n, (shaped, value) in enumerate(values)]
    n_first = 3 + len(constants)
    operators = [
        Operator(kind, (0, *range(3, n_first)), (2,), options),
        Operator(last_kind, (2, *range(n_first, len(tensors))), (1,), last_options),
    ]
    return TfliteGraph(tensors, operators, (0,), (1,))


def kinds_of(graph: TfliteGraph) -> list[str]:
    """The operators that are left of a graph."""
    content = content_of(graph, ["n", *graph.tensors[0].shape[1:]])
    return [node.op_type for node in onnx.load_from_string(content).graph.node]


def content_of(graph: TfliteGraph, shape: list[str | int]) -> bytes:
    """The file that a graph becomes."""
    translation = Translation(graph, {0: "data"})
    translation.translate([1], TRANSLATORS)
    name = translation.onnx.node("Identity", [translation.name(1)], "result")
    result = [f"d{n}" for n in range(len(graph.tensors[1].shape))]
    return translation.onnx.to_bytes("one", {"data": shape}, {name: result})


def run(graph: TfliteGraph, data: Array) -> Array:
    content = content_of(graph, list(data.shape))
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    return session.run(None, {"data": data})[0]


def check(graph: TfliteGraph, data: Array, expected: Array) -> None:
    np.testing.assert_allclose(run(graph, data), expected, rtol=1e-5, atol=1e-6)


def channels_first(image: Array) -> Array:
    return np.ascontiguousarray(image.transpose(0, 3, 1, 2))


def test_a_constant_for_each_channel_meets_the_channels_of_an_image() -> None:
    image, scale = floats(1, 4, 5, 3), floats(3)
    graph = graph_of("MUL", image, image, [scale])
    check(graph, channels_first(image), channels_first(image * scale))


def test_a_constant_meets_a_table_as_it_is() -> None:
    table, offset = floats(2, 6), floats(6)
    check(graph_of("ADD", table, table, [offset]), table, table + offset)


@pytest.mark.parametrize(("activation", "top"), [(RELU, np.inf), (RELU6, 6.0)])
def test_an_activation_that_is_fused_follows(activation: int, top: float) -> None:
    table, factor = floats(2, 6), np.array(9, np.float32)
    graph = graph_of("MUL", table, table, [factor], {"FusedActivationFunction": activation})
    check(graph, table, (table * factor).clip(0, top))


def test_an_activation_that_nobody_knows_is_no_guess() -> None:
    table = floats(2, 6)
    graph = graph_of("ADD", table, table, [table], {"FusedActivationFunction": 4})
    with pytest.raises(ModelError, match="activation 4"):
        run(graph, table)


def test_a_convolution_sums_over_its_patch() -> None:
    image, weights, bias = floats(1, 5, 6, 3), floats(4, 2, 2, 3), floats(4)
    steps = {"Padding": VALID, "StrideH": 1, "StrideW": 2}
    patches = np.lib.stride_tricks.sliding_window_view(image, (2, 2), axis=(1, 2))[:, :, ::2]
    expected = np.einsum("nyxcij,oijc->noyx", patches, weights) + bias[None, :, None, None]
    graph = graph_of("CONV_2D", image, expected.transpose(0, 2, 3, 1), [weights, bias], steps)
    check(graph, channels_first(image), expected)


def test_a_depthwise_convolution_keeps_channels_apart() -> None:
    image, weights, bias = floats(1, 5, 5, 3), floats(1, 3, 3, 3), floats(3)
    steps = {"Padding": SAME, "StrideH": 1, "StrideW": 1}
    padded = np.pad(image, ((0, 0), (1, 1), (1, 1), (0, 0)))
    patches = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
    expected = np.einsum("nyxcij,ijc->ncyx", patches, weights[0]) + bias[None, :, None, None]
    graph = graph_of("DEPTHWISE_CONV_2D", image, image, [weights, bias], steps)
    check(graph, channels_first(image), expected)


@pytest.mark.parametrize(("kind", "pool"), [("MAX_POOL_2D", np.max), ("AVERAGE_POOL_2D", np.mean)])
def test_a_pool_takes_one_value_of_each_patch(kind: str, pool: object) -> None:
    image = floats(1, 4, 6, 2)
    steps = {"Padding": VALID, "StrideH": 2, "StrideW": 2, "FilterHeight": 2, "FilterWidth": 2}
    patches = image.reshape(1, 2, 2, 3, 2, 2)
    expected = pool(patches, axis=(2, 4))  # type: ignore[operator]
    check(
        graph_of(kind, image, expected, None, steps),
        channels_first(image),
        channels_first(expected),
    )


def test_images_are_joined_along_their_channels() -> None:
    image, other = floats(1, 3, 3, 2), floats(1, 3, 3, 4)
    expected = np.concatenate([image, other], axis=3)
    graph = graph_of("CONCATENATION", image, expected, [other], {"Axis": 3})
    check(graph, channels_first(image), channels_first(expected))


def test_a_margin_is_where_it_was() -> None:
    image, margin = floats(1, 3, 3, 2), np.array([[0, 0], [1, 2], [0, 3], [0, 0]], np.int32)
    expected = np.pad(image, margin)
    check(
        graph_of("PAD", image, expected, [margin]), channels_first(image), channels_first(expected)
    )


@pytest.mark.parametrize(
    ("margin", "kinds"),
    [
        ([[0, 0], [0, 1], [1, 0], [0, 0]], ["Conv", "Identity"]),
        ([[0, 0], [0, 1], [1, 0], [0, 1]], ["Pad", "Conv", "Identity"]),
    ],
    ids=["of pixels", "of channels"],
)
def test_a_margin_before_a_convolution_becomes_a_part_of_it_if_it_can(
    margin: list[list[int]], kinds: list[str]
) -> None:
    image, margins = floats(1, 4, 4, 2), np.array(margin, np.int32)
    padded = np.pad(image, margins)
    weights, bias = floats(2, 3, 3, padded.shape[3]), floats(2)
    patches = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
    expected = np.einsum("nyxcij,oijc->noyx", patches, weights) + bias[None, :, None, None]
    steps = {"Padding": VALID, "StrideH": 1, "StrideW": 1}
    graph = two_steps(
        ("PAD", image, padded, [margins], {}),
        ("CONV_2D", expected.transpose(0, 2, 3, 1), [weights, bias], steps),
    )
    check(graph, channels_first(image), expected)
    assert kinds_of(graph) == kinds


def test_a_mean_that_becomes_an_image_again_was_one_all_along() -> None:
    image, axes = floats(1, 3, 4, 5), np.array([1, 2], np.int32)
    row = image.mean(axis=(1, 2))
    graph = two_steps(
        ("MEAN", image, row, [axes], {}),
        ("RESHAPE", row.reshape(1, 1, 1, 5), [np.array([1, 1, 1, 5], np.int32)], {}),
    )
    check(graph, channels_first(image), row.reshape(1, 5, 1, 1))
    assert kinds_of(graph) == ["GlobalAveragePool", "Identity"]


def test_a_mean_is_over_height_and_width() -> None:
    image, axes = floats(1, 3, 4, 5), np.array([1, 2], np.int32)
    expected = image.mean(axis=(1, 2))
    check(graph_of("MEAN", image, expected, [axes]), channels_first(image), expected)


def test_a_mean_over_something_else_is_no_guess() -> None:
    image = floats(1, 3, 4, 5)
    with pytest.raises(ModelError, match="mean over the axes"):
        run(graph_of("MEAN", image, image.mean(axis=3), [np.array([3], np.int32)]), image)


def test_a_row_of_channels_becomes_an_image_of_one_pixel() -> None:
    row = floats(1, 5)
    graph = graph_of("RESHAPE", row, row.reshape(1, 1, 1, 5), [np.array([1, 1, 1, 5], np.int32)])
    check(graph, row, row.reshape(1, 5, 1, 1))


def test_a_layer_multiplies_and_adds() -> None:
    row, weights, bias = floats(2, 5), floats(3, 5), floats(3)
    expected = row @ weights.T + bias
    check(graph_of("FULLY_CONNECTED", row, expected, [weights, bias]), row, expected)


def test_a_column_is_taken_out_of_a_table() -> None:
    table = floats(1, 3)
    ends = [np.array(row, np.int32) for row in ([0, 1], [0, 2], [1, 1])]
    check(graph_of("STRIDED_SLICE", table, table[:, 1], ends), table, table[:, 1])


def test_constants_of_half_precision_are_widened() -> None:
    half = floats(3).astype(np.float16)
    graph = graph_of("DEQUANTIZE", half, half)
    translation = Translation(graph, {})
    translation.give(0, translation.onnx.constant(half))
    translation.translate([1], TRANSLATORS)
    content = translation.onnx.to_bytes("one", {}, {translation.name(1): [3]})
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    assert session.run(None, {})[0].dtype == np.float32


def test_an_operator_that_nobody_knows_is_named() -> None:
    table = floats(1, 2)
    with pytest.raises(ModelError, match="WHILE"):
        run(graph_of("WHILE", table, table), table)


def test_what_a_result_does_not_depend_on_is_left_out() -> None:
    tensors = [Tensor(str(n), (1,), None) for n in range(4)]
    first = Operator("SIN", (0,), (1,), {})
    beside = Operator("WHILE", (0,), (2,), {})
    last = Operator("RESHAPE", (1, 2), (3,), {})
    graph = TfliteGraph(tensors, [first, beside, last], (0,), (3,))
    assert needed_operators(graph, [3], frozenset({0})) == [first, last]
