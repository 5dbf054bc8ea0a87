"""Where the speech model is, and whether it is the right one."""

import hashlib
import zipfile
from pathlib import Path

import pytest

from acoupi.audio.privacy import model_file
from acoupi.errors import ConfigurationError

CONTENT = b"a network"
IN_WHEEL = f"silero_vad/data/{model_file.MODEL_NAME}"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ACOUPI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(model_file, "SHA256", hashlib.sha256(CONTENT).hexdigest())
    monkeypatch.setattr(model_file, "PACKAGE", "silero_vad")
    return tmp_path / "home"


def wheel_with(folder: Path, content: bytes, name: str = IN_WHEEL) -> Path:
    path = folder / "silero_vad-6.2.3-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(name, content)
    return path


def test_the_model_of_a_wheel_is_kept_in_the_home(tmp_path: Path, home: Path) -> None:
    path = model_file.install_from_wheel(wheel_with(tmp_path, CONTENT))
    assert path == home / "models" / model_file.MODEL_NAME
    assert model_file.find_model() == path
    assert model_file.read_model() == CONTENT


def test_a_model_that_is_not_the_one_that_was_tried_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="another model"):
        model_file.install_from_wheel(wheel_with(tmp_path, b"another network"))
    assert model_file.find_model() is None


def test_a_wheel_without_the_model_is_told_with_the_one_that_has_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no item named") as told:
        model_file.install_from_wheel(wheel_with(tmp_path, CONTENT, "silero_vad/data/other.onnx"))
    assert model_file.REQUIREMENT in (told.value.help or "")


def test_what_is_no_wheel_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.whl").write_bytes(b"PK?")
    with pytest.raises(ConfigurationError, match="does not give the speech model"):
        model_file.install_from_wheel(tmp_path / "x.whl")


def test_a_model_that_has_changed_since_is_not_loaded(tmp_path: Path) -> None:
    path = model_file.install_from_wheel(wheel_with(tmp_path, CONTENT))
    path.write_bytes(CONTENT + b"!")
    with pytest.raises(ConfigurationError, match="is not the model of"):
        model_file.read_model()


def test_the_package_that_brings_the_model_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "site" / "silero_brought" / "data"
    data.mkdir(parents=True)
    (data.parent / "__init__.py").write_text("raise ImportError('it wants PyTorch')")
    (data / model_file.MODEL_NAME).write_bytes(CONTENT)
    monkeypatch.setattr(model_file, "PACKAGE", "silero_brought")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    assert model_file.read_model() == CONTENT
