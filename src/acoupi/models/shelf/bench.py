"""How fast an installed model was when it was last measured."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from acoupi._files import write_atomic
from acoupi.data.times import Instant

__all__ = ["BENCH", "Bench", "read_bench", "write_bench"]

BENCH = "bench.json"


class Bench(BaseModel):
    """A measurement of a model, beside its manifest."""

    model_config = ConfigDict(extra="ignore")

    compute_s_per_s: float
    """Seconds of computing for a second of sound."""

    compute_s: float
    sound_s: float
    """How much sound it was given, each time."""

    load_s: float
    first_s: float
    peak_mb: float
    board: str
    measured_on: Instant


def read_bench(folder: Path) -> Bench | None:
    """Read what was measured of a model; None if nothing was, or it makes no sense."""
    try:
        return Bench.model_validate_json((folder / BENCH).read_bytes())
    except (OSError, ValidationError):
        return None


def write_bench(folder: Path, bench: Bench) -> None:
    """Keep what was measured of a model until it is measured or installed again."""
    write_atomic(folder / BENCH, bench.model_dump_json(indent=2) + "\n")
