"""Reading tflite files."""

from pathlib import Path

import pytest

from acoupi.errors import ModelError
from acoupi.models.convert.tflite_file import read_tflite


@pytest.mark.parametrize("content", [b"", b"TFL3", b"RIFF....WAVE", b"\0" * 100])
def test_what_is_no_tflite_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.tflite"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"x\.tflite is no tflite file"):
        read_tflite(path)


@pytest.mark.parametrize("rest", [b"", b"\0" * 4, b"\xff" * 60])
def test_a_file_that_leads_nowhere_is_not_whole(tmp_path: Path, rest: bytes) -> None:
    path = tmp_path / "x.tflite"
    path.write_bytes(b"\x1c\0\0\0TFL3" + rest)
    with pytest.raises(ModelError, match="is not whole"):
        read_tflite(path)
