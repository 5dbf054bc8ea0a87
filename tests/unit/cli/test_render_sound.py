"""Test recordings, measured and told."""

import json
import math
import random
from array import array
from pathlib import Path

import pytest

from acoupi.audio.level import Snippet
from acoupi.audio.wav import WavFormat, open_wav
from acoupi.cli.render_rows import row_lines
from acoupi.cli.render_sound import Sound, sound_document, sound_rows, title
from acoupi.cli.trying import keep_sound, measure_sound
from acoupi.errors import RecordingError

RATE_HZ = 8_000


def a_sound(samples: list[int], channels: int = 1, time_expansion: float = 1) -> Sound:
    snippet = Snippet(WavFormat(RATE_HZ, channels, 2), array("h", samples).tobytes())
    return measure_sound("batmic", snippet, time_expansion)


def a_tone(hz: float, seconds: float = 1) -> list[int]:
    count = round(seconds * RATE_HZ)
    return [round(16_384 * math.sin(2 * math.pi * hz * n / RATE_HZ)) for n in range(count)]


def told(sound: Sound) -> dict[str, str]:
    return dict(sound_rows(sound))


def test_everything_that_was_measured_is_told() -> None:
    sound = a_sound(a_tone(1_000))
    assert title(sound) == "batmic: 1 s at 8 kHz, 1 channel, 16 bit"
    rows = told(sound)
    assert rows["level"] == "peak -6.0, RMS -9.0 dBFS"
    assert rows["clipping"] == "none"
    assert rows["offset (DC)"] == "0 % of full scale"
    assert rows["dominant"].startswith("1.00 kHz at")
    assert rows["noise floor"] == "-9.0 dBFS (quietest tenth)"
    assert "file" not in rows


def test_a_time_expanded_sound_has_the_pitch_that_was_heard() -> None:
    sound = a_sound(a_tone(1_000), time_expansion=10)
    assert told(sound)["dominant"].startswith("10.00 kHz")
    assert title(sound).endswith("10 times expanded")


def test_noise_has_no_dominant_frequency() -> None:
    noise = [random.Random(n).randint(-99, 99) for n in range(RATE_HZ)]
    assert told(a_sound(noise))["dominant"] == "no frequency stands out"


def test_a_dead_channel_is_seen_beside_one_that_works() -> None:
    tone = a_tone(1_000)
    both = [sample for n in tone for sample in (n, 0)]
    rows = told(a_sound(both, channels=2))
    assert rows["channel 1"] == "peak -6.0, RMS -9.0 dBFS"
    assert rows["channel 2"] == "none: every sample is the same"


def test_clipped_samples_are_counted() -> None:
    assert told(a_sound([32767, -32768, 0, 5]))["clipping"] == "2 samples, 50 %"
    assert told(a_sound([32767, 0, 0, 5]))["clipping"] == "1 sample, 25 %"


def test_what_is_told_fits_narrow_terminals() -> None:
    lines = row_lines(sound_rows(a_sound(a_tone(1_000))), 40)
    assert len(lines) == 5
    assert all(len(line) <= 40 for line in lines)


def test_silence_is_told_in_json_too() -> None:
    document = json.loads(json.dumps(sound_document(a_sound([0] * 100)), allow_nan=False))
    assert document["peak_dbfs"] is None
    assert document["is_flat"] is True
    assert (document["rate_hz"], document["channels"], document["bits"]) == (RATE_HZ, 1, 16)


def test_no_sound_at_all_is_an_error() -> None:
    with pytest.raises(RecordingError, match="'batmic' gave no sound"):
        a_sound([])


def test_the_sound_that_is_kept_is_the_one_that_was_heard(tmp_path: Path) -> None:
    sound = a_sound(a_tone(1_000))
    path = tmp_path / "folder" / "kept.wav"
    kept = keep_sound(sound, path)
    assert told(kept)["file"] == str(path)
    wav = open_wav(path)
    assert (wav.format, wav.read()) == (sound.snippet.format, sound.snippet.samples)
    assert list(path.parent.iterdir()) == [path]
