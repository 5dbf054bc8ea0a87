"""A USB microphone that is plugged into another port, where it is another card."""

import shutil
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from virtual_microphone import VirtualMicrophone, install

from acoupi._clock import monotonic_s
from acoupi.components.audio_recorder import plugged
from acoupi.devices.audio.plugged import alsa_name

CARDS = """
pcm.!hw {
  @args [ CARD DEV ]
  @args.CARD { type string }
  @args.DEV { type integer default 0 }
  type virtualmic
  file { @func concat strings [ "@DIR@/" $CARD ".raw" ] }
  ctl { @func concat strings [ "@DIR@/" $CARD ".ctl" ] }
  rate 48000
}
"""


def plug(root: Path, card: int, port: str, name: str) -> None:
    """Let the kernel tell of a USB microphone, and of nothing else."""
    shutil.rmtree(root, ignore_errors=True)
    device = root / f"sys/devices/usb1/{port}"
    (device / f"{port}:1.0").mkdir(parents=True)
    for file, text in (("idVendor", "0869"), ("idProduct", "0389"), ("serial", "A7")):
        (device / file).write_text(text + "\n")
    (root / f"sys/class/sound/card{card}").mkdir(parents=True)
    (root / f"sys/class/sound/card{card}/device").symlink_to(device / f"{port}:1.0")
    (root / "proc/asound").mkdir(parents=True)
    (root / "proc/asound/cards").write_text(f" {card} [{name:15}]: USB-Audio - {name}\n")
    (root / "proc/asound/pcm").write_text(f"{card:02}-00: USB Audio : USB Audio : capture 1\n")


def test_a_microphone_is_found_on_the_port_it_was_moved_to(
    plugin: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    listen: Any,
    wait_until: Callable[..., None],
) -> None:
    folder, root = tmp_path / "cards", tmp_path / "root"
    first, second = (VirtualMicrophone(folder, name) for name in ("Mic", "Mic_1"))
    cards = CARDS.replace("@DIR@", str(folder))
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(install(plugin, [first, second], cards)))
    monkeypatch.setattr(plugged, "alsa_name", partial(alsa_name, root=root))
    plug(root, 1, "1-1", "Mic")
    with listen(first, device_name="usb:A7") as listening:
        wait_until(lambda: listening.recordings)
        first.fail("unplug")
        shutil.rmtree(root)
        time.sleep(3)
        plug(root, 2, "1-2", "Mic_1")
        back_s, made = monotonic_s(), len(listening.recordings)
        wait_until(lambda: len(listening.recordings) > made)
        begun_s = listening.begun_s(listening.recordings[-1])
        assert 0 <= begun_s - back_s < 3
        (reason,) = {span.reason for span in listening.spans()}
    assert reason.startswith("gone: the microphone 'usb:A7' stopped")
    assert second.frame_of(listening.sounds()[-1]) >= 0
