"""The kinds of layers that the network has.

Each layer on the way down and up also sees how high in the spectrogram it looks.
Those coordinates are the same for all spectrograms, so they are convolved apart
from the rest, whose channels then remain a multiple of what processors work on
at once.
"""

import numpy as np
from numpy.typing import NDArray

from acoupi.errors import ModelError
from acoupi.models.batdetect2.checkpoint import Parameters
from acoupi.models.convert.onnx_graph import OnnxGraph

__all__ = ["Layers"]

EPSILON = 1e-5
Array = NDArray[np.float32]


class Layers:
    """Adds layers to a graph, with the parameters of a checkpoint.

    Parameters
    ----------
    graph
        What is added to.
    parameters
        Of the checkpoint; a layer finds its own by its name.
    """

    def __init__(self, graph: OnnxGraph, parameters: Parameters) -> None:
        self.graph = graph
        self._parameters = parameters

    def numbers(self, name: str) -> Array:
        """Return a parameter.

        Raises
        ------
        ModelError
            If the checkpoint does not have it.
        """
        if name not in self._parameters:
            raise ModelError(
                f"the checkpoint has no {name}: it is of another network",
                help="only checkpoints of BatDetect2's Net2DFast can be used",
            )
        return np.asarray(self._parameters[name], np.float32)

    def down(self, value: str, name: str) -> str:
        """Look around, and keep the strongest of each four pixels."""
        weight, bias = self.numbers(f"{name}.conv.weight"), self.numbers(f"{name}.conv.bias")
        seen = self._with_height(value, name, weight, bias)
        pooled = self.graph.node("MaxPool", [seen], kernel_shape=[2, 2], strides=[2, 2])
        statistics = [self.graph.constant(each) for each in self._statistics(f"{name}.conv_bn")]
        normal = self.graph.node("BatchNormalization", [pooled, *statistics], epsilon=EPSILON)
        return self._relu(normal)

    def up(self, value: str, name: str) -> str:
        """Double both sides, and look around."""
        twice = self.graph.constant(np.array([1, 1, 2, 2], np.float32))
        larger = self.graph.node(
            "Resize",
            [value, "", twice],
            mode="linear",
            coordinate_transformation_mode="half_pixel",
        )
        weight, bias = self._normal(f"{name}.conv", f"{name}.conv_bn")
        return self._relu(self._with_height(larger, name, weight, bias))

    def around(self, value: str, name: str, norm: str, pad: int = 1) -> str:
        """Look around, as far as the kernel reaches."""
        return self._relu(self.convolution(value, *self._normal(name, norm), pad=pad))

    def linear(self, value: str, name: str) -> str:
        """Weigh the last axis."""
        weight = self.graph.constant(self.numbers(f"{name}.weight").T)
        bias = self.graph.constant(self.numbers(f"{name}.bias"))
        return self.graph.node("Add", [self.graph.node("MatMul", [value, weight]), bias])

    def convolution(self, value: str, weight: Array, bias: Array | None, pad: int = 0) -> str:
        """Convolve, with zeros for what is beyond the edges."""
        arrays = [weight] if bias is None else [weight, bias]
        inputs = [value, *(self.graph.constant(array) for array in arrays)]
        return self.graph.node("Conv", inputs, kernel_shape=list(weight.shape[2:]), pads=[pad] * 4)

    def _relu(self, value: str) -> str:
        return self.graph.node("Relu", [value])

    def _with_height(self, value: str, name: str, weight: Array, bias: Array) -> str:
        """Convolve with a kernel whose last channel is for the coordinates."""
        heights = self._heights(value, name)
        if weight.shape[1] == 2:
            both = self.graph.node("Concat", [value, heights], axis=1)
            return self.convolution(both, weight, bias, pad=1)
        seen = self.convolution(value, weight[:, :-1], bias, pad=1)
        return self.graph.node(
            "Add", [seen, self.convolution(heights, weight[:, -1:], None, pad=1)]
        )

    def _heights(self, value: str, name: str) -> str:
        """Return an image as wide as another, that says of each pixel how high it is."""
        width = self.graph.node("Shape", [value], start=3)
        shape = self.graph.node("Concat", [self.graph.integers(1, 1, 1), width], axis=0)
        column = self.graph.constant(self.numbers(f"{name}.coords"))
        return self.graph.node("Expand", [column, shape])

    def _normal(self, name: str, norm: str) -> tuple[Array, Array]:
        """Return weights and bias with the normalisation that follows worked into them."""
        gain, shift, mean, variance = self._statistics(norm)
        scale = (gain / np.sqrt(variance + EPSILON)).astype(np.float32)
        weight, bias = self.numbers(f"{name}.weight"), self.numbers(f"{name}.bias")
        return weight * scale[:, None, None, None], (bias - mean) * scale + shift

    def _statistics(self, norm: str) -> tuple[Array, Array, Array, Array]:
        gain, shift = self.numbers(f"{norm}.weight"), self.numbers(f"{norm}.bias")
        mean, variance = self.numbers(f"{norm}.running_mean"), self.numbers(f"{norm}.running_var")
        return gain, shift, mean, variance
