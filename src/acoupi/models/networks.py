"""Networks in files, and what runs them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from acoupi.errors import ModelError
from acoupi.models.parts import load_part

__all__ = [
    "RUNNABLE",
    "Floats",
    "Network",
    "OnnxSession",
    "checked",
    "find_network",
    "open_network",
]

Floats = NDArray[np.float32]

ONNX_LOG_FATAL = 4
EXTRA = "models"
RUNNABLE = (".onnx", ".tflite")


class Network(Protocol):
    """Maps a batch of inputs to one or several batches of outputs."""

    input_shape: Sequence[object]
    """Of what it takes; what is no number may be of any length."""

    def run(self, batch: Floats) -> list[Floats]:
        """Return the outputs, in the order of the file."""
        ...


class OnnxNetwork:
    """A network with one input, in an ``.onnx`` file, that onnxruntime runs."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        self._session = OnnxSession(path, threads)
        with _explained(path):
            self._input, self.input_shape = _only(self._session.inputs)

    def run(self, batch: Floats) -> list[Floats]:
        """Return the outputs, in the order of the file."""
        return self._session.run({self._input: batch})


class OnnxSession:
    """As `OnnxNetwork`, with any number of inputs."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        runtime = load_part("onnxruntime", EXTRA)
        options = runtime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = ONNX_LOG_FATAL
        self.path = path
        with _explained(path):
            self._session = runtime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
            self.inputs: dict[str, Sequence[object]] = {
                node.name: node.shape for node in self._session.get_inputs()
            }

    def run(self, inputs: Mapping[str, Floats]) -> list[Floats]:
        """Return the outputs, in the order of the file."""
        with _explained(self.path):
            return [np.asarray(each) for each in self._session.run(None, dict(inputs))]


def _only(inputs: Mapping[str, Sequence[object]]) -> tuple[str, Sequence[object]]:
    if len(inputs) != 1:
        listed = ", ".join(inputs) or "none"
        raise ValueError(f"it should have one input, and has {len(inputs)}: {listed}")
    return next(iter(inputs.items()))


class LiteRtNetwork:
    """A network with one input, in a ``.tflite`` file, that LiteRT runs, one row at a time."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        runtime = load_part("ai_edge_litert.interpreter", "litert")
        self.path = path
        with _explained(path):
            self._interpreter = runtime.Interpreter(str(path), num_threads=threads)
            self._interpreter.allocate_tensors()
            (taken,) = self._interpreter.get_input_details()
            self._input: int = taken["index"]
            self.input_shape: Sequence[object] = taken["shape"].tolist()
            self._outputs = [place["index"] for place in self._interpreter.get_output_details()]

    def run(self, batch: Floats) -> list[Floats]:
        """Return the outputs, in the order of the file."""
        with _explained(self.path):
            if len(self.input_shape) == 1:
                return self._run_one(batch)
            rows = [self._run_one(batch[index : index + 1]) for index in range(len(batch))]
        return [np.concatenate(parts) for parts in zip(*rows, strict=True)]

    def _run_one(self, one: Floats) -> list[Floats]:
        self._interpreter.set_tensor(self._input, one)
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(output) for output in self._outputs]


def find_network(folder: Path, stem: str) -> Path:
    """Return the file of a network, in whichever format it was installed.

    Raises
    ------
    ModelError
        If it is not there.
    """
    for suffix in RUNNABLE:
        path = folder / f"{stem}{suffix}"
        if path.is_file():
            return path
    raise ModelError(f"there is no {stem} in {folder}", help="install the model again")


def open_network(path: Path, threads: int = 1) -> Network:
    """Load a network with one input from a file, whose name says what runs it.

    Parameters
    ----------
    path
        An ``.onnx`` or a ``.tflite`` file.
    threads
        How many cores it may keep busy.

    Raises
    ------
    ModelError
        If it cannot be loaded, or what runs it is not installed.
    """
    if not path.is_file():
        raise ModelError(f"{path} is not there", help="install the model again")
    return (LiteRtNetwork if path.suffix == ".tflite" else OnnxNetwork)(path, threads)


def checked(output: Floats, shape: Sequence[int], who: str) -> Floats:
    """Return what a network said, if it makes sense.

    Parameters
    ----------
    output
        What it said.
    shape
        What it should look like.
    who
        The network's name, for the error.

    Raises
    ------
    ModelError
        If it is of another shape, or is not a number somewhere.
    """
    if not np.issubdtype(output.dtype, np.number):
        raise ModelError(f"{who} answers with {output.dtype} instead of numbers")
    if output.shape != tuple(shape):
        raise ModelError(f"{who} answers in the shape {output.shape} instead of {tuple(shape)}")
    if not np.isfinite(output).all():
        raise ModelError(f"{who} answers with what is no number")
    return output


class _explained:
    """Turn what a runtime raises into an error that names the file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, Exception) and not isinstance(error, ModelError):
            # Both runtimes raise classes that derive from RuntimeError, ValueError or Exception.
            reason = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
            raise ModelError(
                f"{self.path} cannot be run: {reason}",
                help="install the model again; acoupi models verify tells whether it is whole",
            ) from error
