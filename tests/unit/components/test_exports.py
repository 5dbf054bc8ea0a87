import subprocess
import sys

import pytest

import acoupi.components
import acoupi.components.messengers

HEAVY = ["celery", "requests", "paho", "numpy", "astral", "psutil", "sounddevice"]


@pytest.mark.parametrize("package", [acoupi.components, acoupi.components.messengers])
def test_every_name_that_is_exported_is_there(package: object) -> None:
    missing = [name for name in package.__all__ if not hasattr(package, name)]  # type: ignore[attr-defined]
    assert missing == []


@pytest.mark.parametrize(
    "module",
    [
        "acoupi.components",
        "acoupi.components.types",
        "acoupi.components.messengers.http",
        "acoupi.components.messengers.mqtt",
        "acoupi.components.recording_conditions",
        "acoupi.components.saving_filters.sun",
        "acoupi.devices.metrics",
    ],
)
def test_a_component_loads_what_it_works_with_only_when_it_works(module: str) -> None:
    code = f"import sys, {module}; print([m for m in {HEAVY} if m in sys.modules])"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == "[]"
