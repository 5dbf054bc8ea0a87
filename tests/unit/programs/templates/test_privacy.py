"""What a program does about speech, as configured."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import Celery

from acoupi.audio.privacy.gate import PrivacyGate
from acoupi.audio.privacy.marks import mark_private
from acoupi.components import MicrophoneConfig
from acoupi.components.types import AudioRecorder, RecordingSavingManager
from acoupi.data import Deployment, ModelOutput, Recording
from acoupi.errors import ConfigurationError, HealthCheckError
from acoupi.programs.templates import BasicProgram, BasicProgramConfiguration, PathsConfiguration
from acoupi.programs.templates.privacy import (
    PrivacyConfiguration,
    PrivacyPolicy,
    check_privacy,
    keep_unless_private,
    privacy_sieves,
)
from acoupi.system.checks.privacy import disks_of_swap
from acoupi.testing import FakeRecorder

DISK = Path("/var/tmp/acoupi")


def config_of(policy: PrivacyPolicy, waiting: Path = DISK) -> BasicProgramConfiguration:
    return BasicProgramConfiguration(
        timezone="UTC",
        microphone=MicrophoneConfig(device_name="none"),
        paths=PathsConfiguration(
            tmp_audio=waiting, recordings=waiting / "kept", db_metadata=waiting / "metadata.db"
        ),
        privacy=PrivacyConfiguration(policy=policy),
    )


@pytest.fixture
def memory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)


@pytest.fixture
def no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACOUPI_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "path", [p for p in sys.path if "silero" not in p])


def test_nothing_is_done_unless_it_is_asked_for() -> None:
    assert privacy_sieves(config_of("off"), finds_detections=True) == []
    assert check_privacy(config_of("off")) is None
    assert BasicProgramConfiguration.model_fields["privacy"].get_default(
        call_default_factory=True
    ) == PrivacyConfiguration(policy="off")


def test_a_configuration_that_says_nothing_of_privacy_has_none() -> None:
    assert privacy_sieves(MicrophoneConfig(device_name="none"), finds_detections=True) == []


def test_each_microphone_has_a_gate_of_its_own() -> None:
    config = config_of("silence")
    [one], [other] = (privacy_sieves(config, finds_detections=False) for _ in range(2))
    assert isinstance(one, PrivacyGate)
    assert one is not other
    assert (one.policy, one.margin_s, one.threshold) == ("silence", 0.5, 0.3)


def test_only_a_program_with_a_model_keeps_detections_alone() -> None:
    with pytest.raises(ConfigurationError, match="no model"):
        privacy_sieves(config_of("keep_detection"), finds_detections=False)


def test_sound_for_models_only_is_refused_on_a_disk() -> None:
    with pytest.raises(HealthCheckError, match="not in memory"):
        check_privacy(config_of("keep_detection"))


@pytest.mark.usefixtures("no_model")
def test_a_missing_model_is_told_with_what_gets_it() -> None:
    with pytest.raises(ConfigurationError, match="not installed") as told:
        check_privacy(config_of("drop"))
    assert told.value.help == "install it with: acoupi privacy install"


@pytest.mark.parametrize("package", ["soxr", "onnxruntime"])
def test_a_missing_package_is_told_with_what_gets_it(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.setattr("acoupi.audio.privacy.model_file.read_model", lambda: b"")
    with pytest.raises(ConfigurationError, match=f"package {package}") as told:
        check_privacy(config_of("drop"))
    assert "acoupi[privacy]" in (told.value.help or "")


class Place(RecordingSavingManager):
    """Has a place for everything."""

    def save_recording(
        self, recording: Recording, model_outputs: list[ModelOutput] | None = None
    ) -> Path | None:
        return Path("/kept/x.wav")


def test_no_manager_has_a_place_for_what_may_not_be_kept(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    recording = Recording(
        path=path, duration=1, samplerate=8000, deployment=Deployment(name="wood")
    )
    [manager] = keep_unless_private([Place()])
    assert manager.save_recording(recording) == Path("/kept/x.wav")
    mark_private(path)
    assert manager.save_recording(recording) is None


class Recording08(BasicProgram[BasicProgramConfiguration]):
    """Has a recorder whose sound no gate can hear."""

    def configure_recorder(self, config: BasicProgramConfiguration) -> AudioRecorder:
        return FakeRecorder(config.paths.tmp_audio)


def test_a_recorder_that_no_gate_can_hear_is_refused(memory: Path) -> None:
    with pytest.raises(ConfigurationError, match="PrivacyGate"):
        Recording08(program_config=config_of("drop", memory), app=Celery())


def test_swap_on_a_disk_is_seen_and_swap_in_memory_is_none() -> None:
    table = (
        "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
        "/var/swap                               file\t\t102396\t\t0\t\t-2\n"
        "/dev/zram0                              partition\t524284\t0\t100\n"
    )
    assert disks_of_swap(table) == ["/var/swap"]
    assert disks_of_swap(table.splitlines()[0]) == []
