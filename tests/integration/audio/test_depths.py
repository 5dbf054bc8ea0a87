"""Every depth, rate and number of channels, from an ALSA device into a file."""

from pathlib import Path
from typing import Any

import pytest

from acoupi.audio.guano import read_identity
from acoupi.audio.level import Snippet, measure_level
from acoupi.audio.samples import read_mono
from acoupi.audio.wav import WavFormat, open_wav
from acoupi.components.audio_recorder import AlsaRecorder, MicrophoneConfig, create_recorder
from acoupi.data import Deployment
from acoupi.devices.audio.alsa import probe
from acoupi.errors import DeviceConfigurationError

DEPLOYMENT = Deployment(name="Old oak", latitude=51.5, longitude=-0.125)


@pytest.mark.parametrize(
    ("words", "rate_hz", "channels"),
    [
        ("S16_LE", 8_000, 2),
        ("S16_LE", 500_000, 2),
        ("S24_3LE", 8_000, 1),
        ("S24_3LE", 500_000, 2),
        ("S24_LE", 48_000, 1),
        ("S32_LE", 384_000, 2),
    ],
)
def test_what_a_device_gives_is_in_the_files_bit_for_bit(
    microphone: Any, tmp_path: Path, words: str, rate_hz: int, channels: int
) -> None:
    sound = microphone.plug_in(words, rate_hz, channels)
    depth = 16 if words == "S16_LE" else 24
    config = MicrophoneConfig(
        device_name="anymic",
        samplerate=rate_hz,
        audio_channels=channels,
        time_expansion=10,
        bit_depth=depth,
    )
    recorder: Any = create_recorder(config, 0.2, tmp_path / "out")
    recorder.joins_within_s = 9  # on a busy computer the second may be asked for late
    try:
        recordings = [recorder.record(DEPLOYMENT) for _ in range(2)]
    finally:
        recorder.close()
    files = [open_wav(recording.path) for recording in recordings if recording.path]
    assert [file.format for file in files] == [WavFormat(rate_hz, channels, depth // 8)] * 2
    heard = b"".join(file.read() for file in files)
    assert len(heard) == 2 * (rate_hz // 5) * channels * depth // 8
    assert heard in sound * 2
    identities = [read_identity(file.path) for file in files]
    assert [identity and identity.recording_id for identity in identities] == [
        recording.id for recording in recordings
    ]
    assert {identity and identity.time_expansion for identity in identities} == {10}


def test_level_and_detector_hear_24_bit_as_loud_as_it_is(microphone: Any, tmp_path: Path) -> None:
    microphone.plug_in("S32_LE", 48_000, 2)
    recorder = AlsaRecorder(
        "anymic", 0.2, tmp_path / "out", samplerate_hz=48_000, audio_channels=2, bit_depth=24
    )
    try:
        file = open_wav(recorder.record(DEPLOYMENT).path or tmp_path)
    finally:
        recorder.close()
    level = measure_level(Snippet(file.format, file.read()))
    assert level
    assert level.rms_dbfs == pytest.approx(-4.77, abs=0.2)  # evenly spread noise
    mono = read_mono(file, 0, file.frames)
    assert float((mono**2).mean()) == pytest.approx(1 / 6, rel=0.1)


def test_24_bit_of_a_microphone_that_has_only_16_are_refused(
    microphone: Any, tmp_path: Path
) -> None:
    assert probe("birdmic").formats == ("S16_LE",)
    with pytest.raises(DeviceConfigurationError, match="no samples of 24 bit: it has S16_LE") as e:
        AlsaRecorder("birdmic", 0.2, tmp_path, bit_depth=24).check()
    assert "bit_depth" in str(e.value.help)
