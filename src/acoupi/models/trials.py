"""Trying a model: whether it keeps what every model must, and how fast it is."""

import tempfile
from array import array
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from acoupi._clock import monotonic_s, utc_now
from acoupi.components.types import Model
from acoupi.data import ModelOutput, Recording
from acoupi.devices.board import describe_board
from acoupi.errors import AcoupiError
from acoupi.models.answers import find_nonsense
from acoupi.models.shelf.bench import Bench
from acoupi.models.timing import NOISE, run_s, write_sound

__all__ = ["Speed", "find_faults", "measure_bench", "measure_speed"]

SLACK_S = 0.01
TRIALS = 5
BYTES_PER_MB = 1_000_000
BYTES_PER_KB = 1024
"""What /proc calls a kB."""
SILENCE = bytes(len(NOISE))
CLIPPING = array("h", 2000 * [*[32_767] * 12, *[-32_767] * 13]).tobytes()


@dataclass(frozen=True)
class Speed:
    """How long a model takes here."""

    load_s: float
    first_s: float
    sound_s: float
    """How much sound it was given, each time."""

    compute_s: float
    """The median of several times."""

    peak_mb: float
    """The most memory this process has had."""

    @property
    def compute_s_per_s(self) -> float:
        """Seconds of computing for a second of sound."""
        return self.compute_s / self.sound_s


def find_faults(model: Model, rate_hz: int, window_s: float) -> list[str]:
    """Try a model on several sounds, and say what it does that no model may."""
    with tempfile.TemporaryDirectory() as folder:
        return [
            f"{what}: {fault}"
            for what, block, frames in _sounds(rate_hz, window_s)
            for fault in _faults_on(model, _write(folder, block, rate_hz, frames))
        ]


def measure_speed(open_model: Callable[[], Model], rate_hz: int, sound_s: float) -> Speed:
    """Time a model on noise.

    Parameters
    ----------
    open_model
        Makes it; what it loads when it is first used counts as loading.
    rate_hz
        Of the sound.
    sound_s
        How much sound it is given at a time.
    """
    with tempfile.TemporaryDirectory() as folder:
        recording = _write(folder, NOISE, rate_hz, round(rate_hz * sound_s))
        begun_s = monotonic_s()
        model = open_model()
        load_s = monotonic_s() - begun_s
        first_s, *rest_s = [run_s(model, recording) for _ in range(TRIALS + 1)]
    return Speed(load_s, first_s, sound_s, median(rest_s), _peak_mb())


def measure_bench(open_model: Callable[[], Model], rate_hz: int, sound_s: float) -> Bench:
    """Time a model on noise, and say where and when."""
    speed = measure_speed(open_model, rate_hz, sound_s)
    return Bench(
        compute_s_per_s=speed.compute_s_per_s,
        board=describe_board(),
        measured_on=utc_now(),
        **asdict(speed),
    )


def _sounds(rate_hz: int, window_s: float) -> Iterator[tuple[str, bytes, int]]:
    """Return what each is, of which block, and how many frames of it."""
    length = round(rate_hz * window_s)
    yield "noise", NOISE, 2 * length
    yield "silence", SILENCE, 2 * length
    yield "a tone that clips", CLIPPING, length
    yield "a very short sound", NOISE, max(1, rate_hz // 100)


def _write(folder: str, block: bytes, rate_hz: int, frames: int) -> Recording:
    path = Path(folder) / "sound.wav"
    path.unlink(missing_ok=True)
    return write_sound(path, block, rate_hz, frames)


def _faults_on(model: Model, recording: Recording) -> Iterator[str]:
    path = recording.path or Path()
    before = path.read_bytes()
    try:
        output = model.run(recording)
    except AcoupiError as error:
        yield error.message
        return
    except Exception as error:  # noqa: BLE001 - the model is somebody else's
        yield f"it raises {type(error).__name__}: {error}"
        return
    if not path.is_file() or path.read_bytes() != before:
        yield "it changes the file"
    yield from _faults_of(output, model, recording)


def _faults_of(output: object, model: Model, recording: Recording) -> Iterator[str]:
    yield from find_nonsense(output, recording)
    if not isinstance(output, ModelOutput):
        return
    if output.name_model != model.name or not model.name.strip():
        yield f"its output is called {output.name_model!r} and itself {model.name!r}"
    yield from _faulty_boxes(output, recording)


def _faulty_boxes(output: ModelOutput, recording: Recording) -> Iterator[str]:
    for detection in output.detections:
        if detection.location is None:
            continue
        start_s, low_hz, end_s, high_hz = detection.location.coordinates
        if start_s < 0 or end_s > recording.duration + SLACK_S:
            yield f"it finds something from {start_s:g} to {end_s:g} s"
            return
        if low_hz < 0 or high_hz > recording.samplerate / 2:
            yield f"it finds something from {low_hz:g} to {high_hz:g} Hz"
            return


def _peak_mb() -> float:
    """Return this program's own peak; that of the system call is its parent's if that had more."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * BYTES_PER_KB / BYTES_PER_MB
