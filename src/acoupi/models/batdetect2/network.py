"""The network as three ONNX files, built of the checkpoint's parameters.

It is the encoder and decoder of Mac Aodha et al. (2022, doi:10.1101/2022.12.14.520490)
in the size called Net2DFast: three times down, self-attention over time at the
bottom, three times up with what was seen on the way down added, and two heads.

Only at the bottom does a moment see those far from it. What comes before and what
comes after is therefore in files of its own: they may look at one part of a
spectrogram after the other, which needs less memory and changes nothing.
"""

import numpy as np

from acoupi.models.batdetect2.checkpoint import Parameters
from acoupi.models.batdetect2.layers import Layers
from acoupi.models.convert.onnx_graph import OnnxGraph

__all__ = [
    "ATTENTION",
    "DECODER",
    "ENCODER",
    "build_attention",
    "build_decoder",
    "build_encoder",
]

ENCODER, ATTENTION, DECODER = "encoder", "attention", "decoder"

MAX_LOG_ODDS = 60.0
"""Beyond it a call is certain; its exponential is still a number."""

ANY = "width"
"""The name of a side whose length is not fixed."""


def build_encoder(parameters: Parameters) -> bytes:
    """Build what looks at a ``spectrogram``, whose width is a multiple of 8.

    It gives what it sees in ever larger pixels: ``fine`` (of 2 columns), ``middle``
    (of 4), ``coarse`` (of 8), and ``moments``, which has no height.
    """
    graph = OnnxGraph()
    layers = Layers(graph, parameters)
    fine = layers.down("spectrogram", "conv_dn_0")
    middle = layers.down(fine, "conv_dn_1")
    coarse = layers.around(layers.down(middle, "conv_dn_2"), "conv_dn_3", "conv_dn_3_bn")
    moments = layers.around(coarse, "conv_1d", "conv_1d_bn", pad=0)
    graph.node("Squeeze", [moments, graph.integers(2)], "moments")
    for value, name in ((fine, "fine"), (middle, "middle"), (coarse, "coarse")):
        graph.node("Identity", [value], name)
    height = layers.numbers("conv_dn_0.coords").shape[2]
    return graph.to_bytes(
        ENCODER,
        {"spectrogram": (1, 1, height, ANY)},
        {**_seen(layers), "moments": (1, _channels(layers, "conv_1d"), f"{ANY}_8")},
    )


def build_attention(parameters: Parameters) -> bytes:
    """Build what lets each of the ``moments`` learn from all others: ``context``."""
    graph = OnnxGraph()
    layers = Layers(graph, parameters)
    rows = graph.node("Transpose", ["moments"], perm=[0, 2, 1])
    queries, keys, values = (layers.linear(rows, f"att.{n}_fun") for n in ("que", "key", "val"))
    turned = graph.node("Transpose", [keys], perm=[0, 2, 1])
    size = graph.constant(np.array(_channels(layers, "att.key_fun"), np.float32))
    alike = graph.node("Div", [graph.node("MatMul", [queries, turned]), size])
    weights = graph.node("Softmax", [alike], axis=-1)
    told = layers.linear(graph.node("MatMul", [weights, values]), "att.pro_fun")
    columns = graph.node("Transpose", [told], perm=[0, 2, 1])
    graph.node("Unsqueeze", [columns, graph.integers(2)], "context")
    channels = _channels(layers, "conv_1d")
    return graph.to_bytes(
        ATTENTION, {"moments": (1, channels, ANY)}, {"context": (1, channels, 1, ANY)}
    )


def build_decoder(parameters: Parameters, nms_size: int) -> bytes:
    """Build what finds calls in what the encoder gave, and the ``context`` of it.

    It gives ``peaks``, how certain a call is at each pixel that no pixel near it
    exceeds, and 0 elsewhere; ``sizes``, the width and height of a call whose lower
    left corner is there; ``classes``, logarithms of the odds of each species
    against no call.

    Parameters
    ----------
    parameters
        Of the checkpoint.
    nms_size
        Side of the square, in pixels, that has one call.
    """
    graph = OnnxGraph()
    layers = Layers(graph, parameters)
    up = layers.up(graph.node("Add", ["coarse", "context"]), "conv_up_2")
    up = layers.up(graph.node("Add", [up, "middle"]), "conv_up_3")
    up = layers.up(graph.node("Add", [up, "fine"]), "conv_up_4")
    features = layers.around(up, "conv_op", "conv_op_bn")
    _add_sizes(layers, features)
    _add_peaks(graph, _add_classes(layers, features), nms_size)
    height = layers.numbers("conv_up_4.coords").shape[2]
    context = (1, _channels(layers, "conv_1d"), 1, f"{ANY}_8")
    return graph.to_bytes(
        DECODER,
        {**_seen(layers), "context": context},
        {
            "peaks": (1, 1, height, ANY),
            "sizes": (1, 2, height, ANY),
            "classes": (1, _channels(layers, "conv_classes_op") - 1, height, ANY),
        },
    )


def _seen(layers: Layers) -> dict[str, tuple[int | str, ...]]:
    """Return the shapes of what is handed from the encoder to the decoder."""
    height = layers.numbers("conv_dn_0.coords").shape[2]
    names = {"fine": "conv_dn_0.conv", "middle": "conv_dn_1.conv", "coarse": "conv_dn_3"}
    return {
        what: (1, _channels(layers, name), height // size, f"{ANY}_{size}")
        for (what, name), size in zip(names.items(), (2, 4, 8), strict=True)
    }


def _channels(layers: Layers, name: str) -> int:
    return layers.numbers(f"{name}.bias").shape[0]


def _add_sizes(layers: Layers, features: str) -> None:
    weight, bias = layers.numbers("conv_size_op.weight"), layers.numbers("conv_size_op.bias")
    layers.graph.node("Relu", [layers.convolution(features, weight, bias)], "sizes")


def _add_classes(layers: Layers, features: str) -> str:
    """Weigh each species against no call, which is the last class; return the probability of any.

    One softmax over all classes says the same and takes eight times as long.
    """
    graph = layers.graph
    weight, bias = layers.numbers("conv_classes_op.weight"), layers.numbers("conv_classes_op.bias")
    against = layers.convolution(features, weight[:-1] - weight[-1:], bias[:-1] - bias[-1:])
    graph.node("Identity", [against], "classes")
    limit, one = (graph.constant(np.array(each, np.float32)) for each in (MAX_LOG_ODDS, 1))
    odds = graph.node("Exp", [graph.node("Min", [against, limit])])
    any_of_them = graph.node("ReduceSum", [odds, graph.integers(1)], keepdims=1)
    return graph.node("Div", [any_of_them, graph.node("Add", [any_of_them, one])])


def _add_peaks(graph: OnnxGraph, value: str, size: int) -> None:
    """Keep what is the largest in the square around it; a row, then a column is cheaper."""
    pad = size // 2
    tall = graph.node("MaxPool", [value], kernel_shape=[size, 1], pads=[pad, 0, pad, 0])
    largest = graph.node("MaxPool", [tall], kernel_shape=[1, size], pads=[0, pad, 0, pad])
    zero = graph.constant(np.array(0, np.float32))
    graph.node("Where", [graph.node("Equal", [value, largest]), value, zero], "peaks")
