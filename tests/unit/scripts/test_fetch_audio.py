"""The script that fetches real recordings."""

import hashlib
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[3] / "scripts" / "fetch-audio"
CONTENT = b"birds"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    loader = SourceFileLoader("fetch_audio", str(SCRIPT))
    spec = spec_from_loader("fetch_audio", loader)
    assert spec
    module = module_from_spec(spec)
    loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "AUDIO", tmp_path / "audio")
    monkeypatch.setattr(module, "SOURCES", {"sound==1": {"a.wav": ("a.wav", SHA256)}})
    return module


def fetched_by(script: ModuleType) -> list[tuple[object, ...]]:
    fetched: list[tuple[object, ...]] = []

    def fetch(*what: object) -> None:
        fetched.append(what)

    vars(script)["fetch"] = fetch
    assert script.main() == 0
    return fetched


def test_a_file_with_another_sum_is_refused_and_not_kept(script: ModuleType) -> None:
    with pytest.raises(SystemExit, match=r"a\.wav has SHA-256 .* expected"):
        script.put(script.AUDIO / "a.wav", b"something else", SHA256)
    assert not script.AUDIO.exists()


def test_what_is_there_and_right_is_not_fetched_again(script: ModuleType) -> None:
    script.put(script.AUDIO / "a.wav", CONTENT, SHA256)
    assert fetched_by(script) == []


@pytest.mark.parametrize("spoiled", [None, b"bi"])
def test_what_is_missing_or_spoiled_is_fetched(script: ModuleType, spoiled: bytes | None) -> None:
    script.AUDIO.mkdir()
    if spoiled:
        (script.AUDIO / "a.wav").write_bytes(spoiled)
    assert fetched_by(script) == [("sound==1", {"a.wav": ("a.wav", SHA256)})]
