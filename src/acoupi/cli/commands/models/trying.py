"""``acoupi models verify`` and ``bench``."""

from typing import TYPE_CHECKING

import click

from acoupi.cli.base import Command
from acoupi.cli.render import note, result, result_json

if TYPE_CHECKING:
    from acoupi.models.trials import Speed

__all__ = ["bench", "verify"]


@click.command(cls=Command, examples=("acoupi models verify birdnet",))
@click.argument("name")
def verify(name: str) -> None:
    """Check that a model's files are those installed, and try it.

    It is run on noise, silence, a tone that clips and a very short sound. It
    must answer with scores from 0 to 1, about the recording and inside it, and
    leave the file alone.
    """
    from acoupi.errors import ModelError
    from acoupi.models.shelf import find_any
    from acoupi.models.trials import find_faults

    model = find_any(name)
    found = model.problems() or find_faults(model.open(), model.rate_hz, model.window_s)
    if found:
        raise ModelError(f"{name} fails: {'; '.join(found)}", help="install the model again")
    note(f"{name} is whole, and does what a model must")


@click.command(cls=Command, examples=("acoupi models bench birdnet --seconds 15",))
@click.argument("name")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0.1),
    help="Length of a recording. [default: what the model looks at at a time]",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def bench(name: str, seconds: float | None, as_json: bool) -> None:
    """Measure how fast a model is here, and say which schedule it can hold."""
    from acoupi.models.shelf import find_any
    from acoupi.models.trials import measure_speed

    model = find_any(name)
    sound_s = seconds or model.window_s
    speed = measure_speed(model.open, model.rate_hz, sound_s)
    if as_json:
        result_json({"model": name, **_document(speed)})
        return
    result(f"{speed.load:.3g} s of computing for 1 s of sound")
    result(f"{speed.compute_s:.3g} s for a recording of {sound_s:g} s; {_schedule(speed)}")
    result(f"{speed.load_s + speed.first_s:.2g} s until the first answer, {speed.peak_mb:.0f} MB")


def _schedule(speed: "Speed") -> str:
    if speed.load < 1:
        return "it keeps up with a sensor that records without a pause"
    return f"it keeps up with one every {speed.compute_s:.3g} s, and no more"


def _document(speed: "Speed") -> dict[str, float]:
    return {
        "compute_s_per_s": speed.load,
        "compute_s": speed.compute_s,
        "sound_s": speed.sound_s,
        "load_s": speed.load_s,
        "first_s": speed.first_s,
        "peak_mb": speed.peak_mb,
        "least_interval_s": max(speed.compute_s, speed.sound_s),
    }
