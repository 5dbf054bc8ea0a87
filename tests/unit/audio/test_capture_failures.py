"""How a capture names what is wrong with its device."""

import sys
from contextlib import closing
from pathlib import Path

import pytest

from acoupi.audio.capture import Capture
from acoupi.audio.listener import Listener
from acoupi.audio.wav import WavFormat
from acoupi.components.audio_recorder.captured import CaptureRecorder
from acoupi.errors import DeviceConfigurationError, DeviceUnavailableError

SLOW = """
import os, random, time
begun, sent = time.monotonic(), 0
while True:
    heard = int((time.monotonic() - begun) * 7350)
    os.write(1, random.randbytes(2 * (heard - sent)))
    sent = heard
    time.sleep(0.05)
"""


def test_a_device_that_runs_at_another_rate_is_noticed_within_three_seconds() -> None:
    slow = Listener(lambda *_: [sys.executable, "-c", SLOW], "", "")
    with closing(Capture(slow, "mic", WavFormat(8000, 1, 2), 8000)) as capture:
        with pytest.raises(DeviceConfigurationError, match=r"not record at 8000 Hz: .* 7\d\d\d "):
            capture.wait_for(10 * 8000)
        assert capture.frames < 4 * 7350
        assert capture.failed_why == "wrong_rate"


def test_of_a_microphone_that_is_in_use_it_is_told_by_whom(tmp_path: Path) -> None:
    says = "echo 'audio open error: Device or resource busy' >&2; exit 1"
    busy = Listener(
        lambda *_: ["sh", "-c", says], "", "", holder=lambda name: f"audacity (pid 7) at {name}"
    )
    recorder = CaptureRecorder(busy, "mic", 1, tmp_path)
    with pytest.raises(DeviceUnavailableError, match=r"in use by audacity \(pid 7\) at mic"):
        recorder.check()
