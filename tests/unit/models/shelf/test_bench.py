from pathlib import Path

import pytest
from small_models import bench_of

from acoupi.models.shelf.bench import BENCH, read_bench, write_bench

MEASURED = bench_of(0.25)


def test_a_measurement_is_read_as_it_was_written_and_the_newest_counts(tmp_path: Path) -> None:
    write_bench(tmp_path, MEASURED)
    assert read_bench(tmp_path) == MEASURED
    write_bench(tmp_path, MEASURED.model_copy(update={"compute_s": 1}))
    assert read_bench(tmp_path) == MEASURED.model_copy(update={"compute_s": 1})


@pytest.mark.parametrize("content", [None, "", "{}", '{"compute_s_per_s": "fast"}'])
def test_what_makes_no_sense_is_as_if_nothing_had_been_measured(
    tmp_path: Path, content: str | None
) -> None:
    if content is not None:
        (tmp_path / BENCH).write_text(content)
    assert read_bench(tmp_path) is None
