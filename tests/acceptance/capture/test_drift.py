"""A minute with a microphone whose clock is fast."""

from collections.abc import Callable
from typing import Any

import pytest

MINUTE_S, PPM = 60, 200


def test_recordings_begin_when_they_say_and_the_drift_is_told(
    plug_in: Any, listen: Any, wait_until: Callable[..., None]
) -> None:
    microphone = plug_in(ppm=PPM)
    with listen(microphone) as listening:
        wait_until(lambda: len(listening.recordings) >= MINUTE_S // 2, MINUTE_S + 30)
        drift_ppm = listening.recorder.drift_ppm
    off_s = []
    for recording, sound in zip(listening.recordings, listening.sounds(), strict=True):
        begun_s = listening.begun_s(recording)
        off_s.append(begun_s - microphone.heard_s(microphone.frame_of(sound), begun_s))
    # The first is placed by the first read alone.
    assert max(map(abs, off_s[1:])) < 0.005
    # A fast clock's second is shorter.
    assert drift_ppm == pytest.approx(-PPM, abs=20)
    assert (listening.really_lost(), listening.lost()) == (0, 0)
