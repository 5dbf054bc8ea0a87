"""What an import may load: a sensor pays for it in every process, at every start."""

import subprocess
import sys
from pathlib import Path

import pytest

from acoupi.testing.sounds import write_silence

LIBRARIES = {
    *("celery", "kombu", "requests", "paho", "numpy", "click", "rich", "jinja2", "psutil"),
    *("astral", "guano", "sounddevice", "pyaudio", "soundfile", "onnxruntime"),
}
RECORDERS = [
    "acoupi.components.audio_recorder.portaudio",
    "acoupi.components.audio_recorder.pipewire",
    "acoupi.devices.audio.pyaudio",
    "acoupi.devices.audio.pipewire",
    "acoupi.devices.audio.portaudio_child",
]


def modules_after(statement: str) -> set[str]:
    """Return what a fresh interpreter has loaded after a statement."""
    code = f"import sys; {statement}; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(ran.stdout.splitlines()[-1].split())


def libraries_after(statement: str) -> set[str]:
    return {name.partition(".")[0] for name in modules_after(statement)} & LIBRARIES


@pytest.mark.parametrize("module", ["acoupi.components.types", "acoupi.data", "acoupi.components"])
def test_the_interfaces_load_no_library_that_implements_them(module: str) -> None:
    assert libraries_after(f"import {module}") == set()


def test_the_interfaces_load_no_component() -> None:
    loaded = modules_after("import acoupi.components.types")
    components = {name for name in loaded if name.startswith("acoupi.components")}
    interfaces = {"acoupi.components.types", "acoupi.components.logs"}
    assert components == {"acoupi.components", *interfaces}


@pytest.mark.parametrize("module", RECORDERS)
def test_a_recorder_loads_its_library_only_to_record(module: str) -> None:
    assert (
        libraries_after(f"import {module}") & {"sounddevice", "pyaudio", "numpy", "celery"}
        == set()
    )


@pytest.mark.parametrize("module", RECORDERS)
def test_a_recorder_can_be_imported_where_its_library_is_not_installed(module: str) -> None:
    absent = "sys.modules.update(dict.fromkeys(['sounddevice', 'pyaudio']))"
    assert module in modules_after(f"{absent}; import {module}")


def test_the_help_of_the_command_line_loads_neither_queue_nor_numbers() -> None:
    loaded = libraries_after(
        "from acoupi.cli import acoupi; acoupi(['--help'], standalone_mode=False)"
    )
    assert loaded & {"celery", "kombu", "numpy", "requests", "paho"} == set()


def test_what_is_known_of_a_microphone_is_read_without_numbers() -> None:
    templates = "acoupi.programs.templates"
    loaded = libraries_after(f"import {templates}.hearing, {templates}.microphone_alarm")
    assert "numpy" not in loaded


def test_models_are_timed_without_numbers() -> None:
    assert "numpy" not in libraries_after(
        "import acoupi.models.trials, acoupi.system.checks.model"
    )


HEAVY = {"celery", "kombu", "numpy", "requests", "paho", "jinja2", "pydantic", "psutil", "astral"}
COMMANDS = [
    "check",
    "devices",
    "deployment",
    "deployment status",
    "deployment start",
    "logs",
    "recordings",
    "detections",
    "effort",
    "messages",
]


@pytest.mark.parametrize("words", COMMANDS)
def test_the_help_of_a_command_loads_nothing_that_its_work_needs(words: str) -> None:
    called = [*words.split(), "--help"]
    loaded = modules_after(
        f"from acoupi.cli import acoupi; acoupi({called}, standalone_mode=False)"
    )
    assert {name.partition(".")[0] for name in loaded} & (HEAVY | {"rich", "sqlite3"}) == set()


@pytest.mark.parametrize("words", ["recordings", "detections", "effort", "messages", "logs"])
def test_listing_needs_no_program_and_nothing_to_draw_with(words: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "config").mkdir(parents=True)
    (home / "app.py").write_text("")
    (home / "config" / "name").write_text("nothing.of.the.kind")
    (home / "config" / "program.json").write_text(
        '{"timezone": "UTC", "paths": {"db_metadata": "/x/m.db", "tmp_audio": "/x"},'
        ' "messaging": {"messages_db": "/x/n.db"}}'
    )
    loaded = libraries_after(
        f"import os; os.environ['ACOUPI_HOME'] = {str(home)!r}; "
        f"from acoupi.cli import acoupi; acoupi([{words!r}], standalone_mode=False)"
    )
    assert loaded == {"click"}


@pytest.mark.parametrize("words", ["--via alsa", "--meter --seconds 0.1 replay:{tone}"])
def test_looking_at_microphones_needs_no_numbers_and_no_queue(words: str, tmp_path: Path) -> None:
    write_silence(tmp_path / "tone.wav", 0.1)
    called = ["devices", *words.format(tone=tmp_path / "tone.wav").split()]
    loaded = libraries_after(
        f"import os; os.environ['ACOUPI_HOME'] = {str(tmp_path / 'home')!r}; "
        f"from acoupi.cli import acoupi; acoupi({called!r}, standalone_mode=False)"
    )
    assert loaded == {"click"}
