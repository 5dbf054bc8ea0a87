"""``acoupi models verify`` and ``bench``."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from acoupi.cli.base import Command
from acoupi.cli.render import note, result, result_json, room
from acoupi.cli.render_rows import Row, row_lines

if TYPE_CHECKING:
    from acoupi.models.shelf.bench import Bench
    from acoupi.system.pace import Pace

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
    damage = model.problems()
    found = damage or find_faults(model.open(), model.rate_hz, model.window_s)
    if found:
        whose = "its files are whole: this is for whoever made it to mend"
        advice = "install the model again" if damage else whose
        raise ModelError(f"{name} fails: {'; '.join(found)}", help=advice)
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
    """Measure how fast a model is here, and say which schedule it can hold.

    That is also said of the program that is set up, whichever model it has. Of
    a model that is installed, the figures are kept; acoupi models info shows
    them.
    """
    from acoupi.system.pace import pace_here
    from acoupi.system.settings import Settings

    measured = _measure(name, seconds)
    pace = pace_here(Settings(), measured.compute_s_per_s)
    if as_json:
        result_json({"model": name, **_document(measured, pace)})
        return
    rows = list(_rows(measured)) + ([] if pace is None else [("set up here", _verdict(pace))])
    for line in row_lines(rows, room()):
        result(line)


def _rows(measured: "Bench") -> Iterator[Row]:
    yield "speed", f"{measured.compute_s_per_s:.3g} s of computing for 1 s of sound"
    yield "recordings", f"{measured.compute_s:.3g} s for one of {measured.sound_s:g} s"
    yield "schedule", _schedule(measured)
    yield "first answer", f"after {measured.load_s + measured.first_s:.2g} s"
    yield "memory", f"{measured.peak_mb:.0f} MB at most"


def _measure(name: str, seconds: float | None) -> "Bench":
    """Measure a model, and keep the figures if it is on the shelf."""
    from acoupi.models.shelf import InstalledModel, find_any
    from acoupi.models.shelf.bench import write_bench
    from acoupi.models.trials import measure_bench

    model = find_any(name)
    measured = measure_bench(model.open, model.rate_hz, seconds or model.window_s)
    if isinstance(model, InstalledModel):
        try:
            write_bench(model.folder, measured)
        except OSError as error:
            note(f"the figures cannot be kept in {model.folder}: {error.strerror}")
    return measured


def _schedule(measured: "Bench") -> str:
    load = measured.compute_s_per_s
    if load < 1:
        return "it keeps up with a sensor that records without a pause"
    return (
        f"it keeps up with one every {measured.compute_s:.3g} s, and no more, "
        f"or with {24 / load:.1f} hours a day without a pause"
    )


def _verdict(pace: "Pace") -> str:
    if pace.keeps_up:
        return f"yes, {pace.load:.1%} of the time there is"
    if pace.catches_up:
        return (
            f"not at once, {pace.load:.0%} of the time there is, but {pace.by_day:.0%} of the day"
        )
    longer = f"an interval {pace.load:.2g} times as long"
    return f"no, {pace.load:.0%} of the time there is; it would with {longer}"


def _document(measured: "Bench", pace: "Pace | None") -> dict[str, object]:
    here = pace and {"load": pace.load, "by_day": pace.by_day, "keeps_up": pace.keeps_up}
    return {
        **measured.model_dump(mode="json"),
        "least_interval_s": max(measured.compute_s, measured.sound_s),
        "program": here,
    }
