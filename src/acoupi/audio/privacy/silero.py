"""The model that tells speech from other sound: Silero VAD, in ONNX Runtime."""

import importlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acoupi.audio.samples import Samples
from acoupi.errors import ConfigurationError

__all__ = ["FRAME", "RATE_HZ", "Silero", "load_package"]

RATE_HZ = 16_000
FRAME = 512
"""How many samples one probability is for."""

CONTEXT = 64
"""How many of the samples before them are looked at again."""

MEMORY_SHAPE = (1, 1, 128)
ERRORS_ONLY = 3


class Silero:
    """Hears one stream of sound.

    Parameters
    ----------
    content
        The model's file.
    """

    def __init__(self, content: bytes) -> None:
        runtime = load_package("onnxruntime")
        options = runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = ERRORS_ONLY
        providers = ["CPUExecutionProvider"]
        self._session = runtime.InferenceSession(content, options, providers=providers)
        self.forget()

    def forget(self) -> None:
        """Begin with sound that does not continue what was heard."""
        self._context = np.zeros(CONTEXT, np.float32)
        self._memory: list[Any] = [np.zeros(MEMORY_SHAPE, np.float32) for _ in range(2)]

    def hear(self, samples: Samples) -> list[float]:
        """Return how probable speech is in each ``FRAME`` of the samples, which are whole ones."""
        if not len(samples):
            return []
        hidden, cell = self._memory
        inputs = {"input": self._overlapping(samples), "h": hidden, "c": cell}
        probabilities, *self._memory = self._session.run(None, inputs)
        self._context = samples[-CONTEXT:]
        return [float(probability) for probability in probabilities]

    def _overlapping(self, samples: Samples) -> NDArray[np.float32]:
        all_of_it = np.concatenate([self._context, samples])
        windows = np.lib.stride_tricks.sliding_window_view(all_of_it, CONTEXT + FRAME)
        return np.ascontiguousarray(windows[::FRAME])


def load_package(name: str) -> Any:
    """Import what finding speech needs.

    Raises
    ------
    ConfigurationError
        If it is not installed.
    """
    try:
        return importlib.import_module(name)
    except (ImportError, OSError) as error:
        raise ConfigurationError(
            f"speech cannot be found: the package {name} is not installed",
            help="install it with: pip install 'acoupi[privacy]'",
        ) from error
