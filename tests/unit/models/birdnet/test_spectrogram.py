"""A spectrogram as one convolution."""

import numpy as np
import onnxruntime
import pytest

from acoupi.errors import ModelError
from acoupi.models.birdnet.spectrogram import MelSpectrogram, add_spectrogram, find_spectrograms
from acoupi.models.convert.onnx_graph import OnnxGraph
from acoupi.models.convert.tflite_file import TfliteGraph

RANDOM = np.random.default_rng(5)
LENGTH, HOP, BANDS = 64, 10, 7


def a_spectrogram() -> MelSpectrogram:
    return MelSpectrogram(
        samples=0,
        image=1,
        window=np.hanning(LENGTH + 1)[:-1].astype(np.float32),
        mel=RANDOM.random((BANDS, LENGTH // 2 + 1)).astype(np.float32),
        hop=HOP,
        exponent=np.array(0.3, np.float32),
    )


def test_a_convolution_gives_what_window_transform_and_bands_give() -> None:
    spectrogram, samples = a_spectrogram(), RANDOM.normal(size=300).astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, LENGTH)[::HOP] * spectrogram.window
    bands = np.fft.rfft(frames).real @ spectrogram.mel.T
    expected = ((bands**2) ** 0.3).T[::-1]

    onnx = OnnxGraph()
    name = add_spectrogram(onnx, spectrogram, "samples")
    content = onnx.to_bytes("s", {"samples": [1, 1, 300]}, {name: [1, 1, BANDS, "frames"]})
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    found = session.run(None, {"samples": samples[None, None]})[0]
    np.testing.assert_allclose(found[0, 0], expected, rtol=1e-3, atol=1e-3)


def test_a_network_without_them_is_not_birdnet() -> None:
    with pytest.raises(ModelError, match="has 0 spectrograms"):
        find_spectrograms(TfliteGraph([], [], (), ()))
