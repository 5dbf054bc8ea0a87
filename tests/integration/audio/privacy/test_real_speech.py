"""The gate with the real model: real voices stay out, and real birds and bats pass."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from acoupi.audio.privacy.gate import GatePolicy, PrivacyGate
from acoupi.audio.privacy.silero import Silero
from acoupi.audio.sieve import Withheld
from acoupi.audio.sound import open_sound
from acoupi.audio.wav import WavFormat
from acoupi.data import Deployment, Recording

Samples = NDArray[np.float32]
Speak = Callable[[str, int], Samples]
Birds = Callable[[int], Samples]

VOICES = ["en-gb", "en-us+f3", "de", "fr+f2", "es", "cmn", "hi", "ar"]
BEFORE_S = 2
NEAR, FAR = 1.0, 0.03
"""People beside the sensor, and twenty metres away: -20 and -50 dBFS."""

STARTED = dt.datetime(2026, 5, 1, 6, tzinfo=dt.UTC)


def packed(samples: Samples, format: WavFormat) -> bytes:
    """Return samples as a microphone gives them, the same on all channels."""
    scale = 2 ** (8 * format.sample_bytes - 1) - 1
    whole = np.round(np.clip(samples, -1, 1).astype(np.float64) * scale).astype("<i4")
    octets = whole.view(np.uint8).reshape(-1, 4)[:, : format.sample_bytes]
    return np.repeat(octets[:, None], format.channels, axis=1).tobytes()


def recording_of(sound: bytes, format: WavFormat, time_expansion: float = 1) -> Recording:
    return Recording(
        path=Path("/dev/shm/x.wav"),
        created_on=STARTED,
        duration=len(sound) / format.frame_bytes / format.rate_hz,
        samplerate=format.rate_hz,
        audio_channels=format.channels,
        time_expansion=time_expansion,
        deployment=Deployment(name="meadow"),
    )


def sifted(
    silero: Silero,
    policy: GatePolicy,
    sound: bytes,
    format: WavFormat,
    time_expansion: float = 1,
) -> bytes:
    gate = PrivacyGate(policy, lambda: silero)
    gate.begin(format, recording_of(sound, format, time_expansion))
    return b"".join(gate.sift(pieces(sound, 4096 * format.frame_bytes)))


def pieces(sound: bytes, size: int) -> Iterator[bytes]:
    return (sound[start : start + size] for start in range(0, len(sound), size))


def meadow(birds: Birds, said: Samples, rate_hz: int, loudness: float = NEAR) -> Samples:
    """Return birds among whom somebody speaks after a while."""
    sound, start = birds(rate_hz).copy(), BEFORE_S * rate_hz
    sound[start : start + len(said)] += np.float32(loudness) * said
    return sound


def frames_of(sound: bytes, format: WavFormat) -> NDArray[np.uint8]:
    return np.frombuffer(sound, np.uint8).reshape(-1, format.frame_bytes)


def silenced_frames(before: bytes, after: bytes, format: WavFormat) -> NDArray[np.bool_]:
    """Return which frames were silenced; all others must be as they were."""
    was, now = frames_of(before, format), frames_of(after, format)
    changed = (was != now).any(axis=1)
    assert not now[changed].any()
    return changed


def share_silenced(said: Samples, after: bytes, format: WavFormat, rate_hz: int) -> float:
    """Return which share of the energy of what was said does not come through."""
    start = BEFORE_S * rate_hz
    silent = ~frames_of(after, format)[start : start + len(said)].any(axis=1)
    energy = said.astype(np.float64) ** 2
    return float(energy[silent].sum() / energy.sum())


@pytest.mark.parametrize("loudness", [NEAR, FAR])
@pytest.mark.parametrize("voice", VOICES)
def test_what_a_voice_says_among_birds_is_silenced(
    silero: Silero, speak: Speak, birds: Birds, voice: str, loudness: float
):
    format, said = WavFormat(48_000, 1, 2), speak(voice, 48_000)
    sound = packed(meadow(birds, said, 48_000, loudness), format)
    passed = sifted(silero, "silence", sound, format)
    silent = silenced_frames(sound, passed, format)
    assert share_silenced(said, passed, format, 48_000) > 0.9999
    after = (BEFORE_S + 2) * 48_000 + len(said)
    assert not silent[: 48_000 * (BEFORE_S - 1)].any()
    assert not silent[after:].any()


@pytest.mark.parametrize(
    "format",
    [
        WavFormat(8_000, 1, 2),
        WavFormat(16_000, 1, 2),
        WavFormat(44_100, 2, 3),
        WavFormat(192_000, 2, 2),
        WavFormat(250_000, 1, 2),
        WavFormat(384_000, 1, 2),
        WavFormat(384_000, 1, 3),
        WavFormat(500_000, 1, 2),
    ],
    ids=lambda f: f"{f.rate_hz}Hz-{f.channels}ch-{8 * f.sample_bytes}bit",
)
def test_what_is_said_is_silenced_in_every_format(
    silero: Silero, speak: Speak, birds: Birds, format: WavFormat
):
    said = speak("en-gb", format.rate_hz)
    sound = packed(meadow(birds, said, format.rate_hz), format)
    passed = sifted(silero, "silence", sound, format)
    silent = silenced_frames(sound, passed, format)
    assert share_silenced(said, passed, format, format.rate_hz) > 0.999
    assert not silent[: format.rate_hz * (BEFORE_S - 1)].any()


def test_expanded_sound_is_heard_at_its_true_rate(silero: Silero, speak: Speak, birds: Birds):
    said = speak("de", 192_000)
    format = WavFormat(19_200, 1, 2)  # ten times slower
    sound = packed(meadow(birds, said, 192_000), format)
    passed = sifted(silero, "silence", sound, format, 10)
    assert share_silenced(said, passed, format, 192_000) > 0.999


def test_a_recording_in_which_somebody_speaks_is_dropped(
    silero: Silero, speak: Speak, birds: Birds
):
    format = WavFormat(48_000, 1, 2)
    sound = packed(meadow(birds, speak("fr+f2", 48_000), 48_000, FAR), format)
    with pytest.raises(Withheld, match="people spoke"):
        sifted(silero, "drop", sound, format)


@pytest.mark.parametrize("policy", ["drop", "silence"])
def test_a_dawn_chorus_passes_untouched(silero: Silero, real_audio: Path, policy: GatePolicy):
    sound = open_sound(real_audio / "soundscape.wav")
    samples = sound.read(0, sound.frames)
    assert sifted(silero, policy, samples, sound.format) == samples


def test_bats_pass_untouched(silero: Silero, real_audio: Path):
    files = sorted((real_audio / "bats").iterdir())
    assert files
    for path in files:
        sound = open_sound(path)
        samples = sound.read(0, sound.frames)
        assert sifted(silero, "drop", samples, sound.format) == samples, path.name


@pytest.mark.parametrize("cut_s", [0.8, 1.5, 2.3, 3.1, 4.2])
def test_recordings_that_cut_a_sentence_let_no_word_through(
    silero: Silero, speak: Speak, birds: Birds, cut_s: float
):
    rate_hz, format, said = 48_000, WavFormat(48_000, 1, 2), speak("en-gb", 48_000)
    sound = packed(meadow(birds, said, rate_hz), format)
    cut = 2 * round((BEFORE_S + cut_s) * rate_hz)
    gate, after, passed = PrivacyGate("silence", lambda: silero), 0.0, b""
    for part in (sound[:cut], sound[cut:]):
        recording = recording_of(part, format)
        started = STARTED + dt.timedelta(seconds=after)
        gate.begin(format, recording.model_copy(update={"created_on": started}))
        passed += b"".join(gate.sift(pieces(part, 16_384)))
        after += recording.duration
    assert share_silenced(said, passed, format, rate_hz) > 0.999


@pytest.mark.parametrize("loudness", [NEAR, FAR])
@pytest.mark.parametrize("voice", ["en-gb", "fr+f2", "cmn"])
def test_somebody_who_begins_a_tenth_of_a_second_before_the_end_is_silenced(
    silero: Silero, speak: Speak, birds: Birds, voice: str, loudness: float
):
    rate_hz, format, said = 48_000, WavFormat(48_000, 1, 2), speak(voice, 48_000)
    begins = int(np.flatnonzero(np.abs(said) > 0.02)[0])
    sound = birds(rate_hz)[: 3 * rate_hz].copy()
    last = rate_hz // 10
    sound[-last:] += np.float32(loudness) * said[begins : begins + last]
    raw = packed(sound, format)
    passed = sifted(silero, "silence", raw, format)
    assert not any(passed[-2 * last :])
