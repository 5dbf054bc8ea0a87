"""The examples do what their READMEs say, command by command."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from acoupi.data import Deployment, ModelOutput, Recording
from acoupi.testing import write_calls

ENOUGH = 2


@dataclass
class Trial:
    """What came of an example: its deployment's recordings, and what was said on the way."""

    reader: Any
    said: list[str] = field(default_factory=list)

    @property
    def results(self) -> list[tuple[Recording, list[ModelOutput]]]:
        store = self.reader.store
        outputs = store.get_model_outputs()
        found = {output.recording.id for output in outputs}
        return store.get_recordings(list(found))

    def kept(self) -> list[Path]:
        return sorted((self.reader.home / "storages" / "recordings").rglob("*.wav"))


@pytest.fixture
def try_out(
    reader: Any,
    repository: Path,
    blocks_of: Callable[[Path, str], list[str]],
    wait_until: Callable[..., None],
) -> Callable[..., Trial]:
    """Follow the README of an example, and wait for results before its last commands."""

    def try_out(name: str, is_enough: Callable[[Trial], bool]) -> Trial:
        shutil.copytree(
            repository / "examples" / name,
            reader.folder,
            dirs_exist_ok=True,
            ignore=shutil.ignore_patterns("__pycache__", ".*"),
        )
        write_calls(reader.folder / "garden.wav", duration_s=3)
        trial = Trial(reader)
        for commands in blocks_of(reader.folder / "README.md", "sh"):
            trial.said.append(reader.succeed(commands))
            if "deployment start" in commands:
                wait_until(lambda: is_enough(trial), timeout_s=60)
        return trial

    return try_out


def has_outputs(trial: Trial) -> bool:
    return len(trial.results) >= ENOUGH


def is_over(trial: Trial) -> bool:
    result = trial.reader.run("acoupi deployment status --json")
    return json.loads(result.stdout)["deployment"] is None


def test_the_one_with_only_a_configuration(try_out: Callable[..., Trial]) -> None:
    trial = try_out("only_configuration", lambda trial: len(trial.kept()) >= ENOUGH)
    help_text, trying, _ = trial.said
    assert "[default: 03:30:00]" in help_text
    first_config = json.JSONDecoder().raw_decode(trying[trying.index("{") :])[0]
    assert (first_config["duration"], first_config["schedule_start"]) == (60, "03:30:00")
    in_one_line = " ".join(trying.split())
    assert "BeforeDawnDusk and AfterDawnDusk go by the sun and need coordinates" in in_one_line
    assert "keeps recordings that any of these wants: SaveIfInInterval 00:00 to 00:00" in trying
    recordings = [r for r, _ in trial.reader.store.get_recordings_by_path(trial.kept())]
    assert {recording.duration for recording in recordings} == {1}
    assert {recording.deployment.latitude for recording in recordings} == {52.1}
    assert is_over(trial)


def test_the_one_with_its_own_model(try_out: Callable[..., Trial]) -> None:
    trial = try_out("own_model", has_outputs)
    assert "passed" in trial.said[0]
    for recording, [output] in trial.results:
        assert output.name_model == "loudness-1"
        assert isinstance(recording.deployment, Deployment)
        # The tape calls once in each second, and each recording is a second of it.
        [call] = output.detections
        assert call.location is not None
        assert call.location.coordinates[0] == pytest.approx(0.4, abs=0.06)
    assert is_over(trial)


def test_the_one_with_its_own_component(try_out: Callable[..., Trial]) -> None:
    trial = try_out("own_component", has_outputs)
    assert "passed" in trial.said[0]
    lines = (trial.reader.home / "journal.jsonl").read_text().splitlines()
    written = [json.loads(line) for line in lines]
    outputs = [
        ModelOutput.model_validate_json(line["content"])
        for line in written
        if line["message_type"] == "detection"
    ]
    stored = {output.id for _, found in trial.results for output in found if output.detections}
    assert {output.id for output in outputs} == stored
    assert len(stored) >= ENOUGH
    assert len({line["id"] for line in written}) == len(written)
    assert is_over(trial)
