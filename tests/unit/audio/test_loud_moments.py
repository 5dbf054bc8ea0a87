from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from acoupi.audio.band_level import SILENCE_DBFS, BandLevels
from acoupi.audio.loud_moments import LoudMoments
from acoupi.audio.loudness import Loudness, Trigger
from acoupi.audio.samples import Samples
from acoupi.audio.wav import WavFormat

RATE_HZ = 16_000
MONO = WavFormat(RATE_HZ, 1, 2)


def sound(samples: Samples, format: WavFormat = MONO) -> bytes:
    """Return samples from -1 to 1, a column for each channel, as the format has them."""
    scaled = np.round(samples * (2 ** (8 * format.sample_bytes - 1) - 1)).astype("<i4")
    return scaled.reshape(-1, 1).view(np.uint8)[:, : format.sample_bytes].tobytes()


def tone(
    frequency_hz: float, length_s: float, amplitude: float = 1, rate_hz: float = RATE_HZ
) -> Samples:
    moments = np.arange(round(length_s * rate_hz)) / rate_hz
    return (amplitude * np.sin(2 * np.pi * frequency_hz * moments)).astype(np.float32)


def noise(length_s: float, amplitude: float = 0.01, seed: int = 1) -> Samples:
    made = np.random.default_rng(seed).normal(size=round(length_s * RATE_HZ))
    return (amplitude * made).astype(np.float32)


def levels_of(band: BandLevels, data: bytes) -> list[float]:
    levels = [float(level) for part in band.feed(data) for level in part]
    return levels + band.rest().tolist()


@pytest.mark.parametrize("sample_bytes", [2, 3])
@pytest.mark.parametrize("amplitude_db", [0, -20, -60])
def test_the_level_is_that_of_what_sounds_in_the_band(
    sample_bytes: int, amplitude_db: float
) -> None:
    format = WavFormat(RATE_HZ, 1, sample_bytes)
    data = sound(tone(3000, 1, 10 ** (amplitude_db / 20)), format)
    inside = levels_of(BandLevels(format, 2000, 4000), data)
    outside = levels_of(BandLevels(format, 5000, 7000), data)
    assert np.allclose(inside, amplitude_db - 3.01, atol=0.3)
    assert max(outside) < max(amplitude_db - 60, -95)  # which 16 bit cannot go below


def test_the_loudest_channel_counts_and_an_offset_does_not() -> None:
    stereo = WavFormat(RATE_HZ, 2, 2)
    samples = np.stack([np.full(RATE_HZ, 0.5, np.float32), tone(3000, 1, 0.1)], axis=1)
    assert np.allclose(
        levels_of(BandLevels(stereo, 0, 8000), sound(samples, stereo)), -23, atol=0.3
    )
    only_offset = np.stack([samples[:, 0], samples[:, 0]], axis=1)
    assert max(levels_of(BandLevels(stereo, 0, 8000), sound(only_offset, stereo))) < -70


def test_frequencies_are_those_in_the_air() -> None:
    slowed = sound(tone(3000, 1))  # ten times slower than it was
    assert max(levels_of(BandLevels(MONO, 29_000, 31_000, time_expansion=10), slowed)) > -4
    assert max(levels_of(BandLevels(MONO, 2000, 4000, time_expansion=10), slowed)) < -60


def test_digital_silence_is_told_from_what_a_microphone_gives() -> None:
    quiet = np.zeros(RATE_HZ, np.float32)
    assert max(levels_of(BandLevels(MONO, 1000, 7000), sound(quiet))) <= SILENCE_DBFS
    quiet += np.random.default_rng(1).integers(-1, 2, RATE_HZ) * np.float32(2**-15)
    assert np.median(levels_of(BandLevels(MONO, 1000, 7000), sound(quiet))) > SILENCE_DBFS


@given(
    length=st.integers(1, 3 * RATE_HZ),
    cuts=st.lists(st.floats(0, 1), max_size=12),
    seed=st.integers(0, 99),
    band_hz=st.sampled_from([(500, 7000), (3000, 3200), (7000, 9000)]),
)
@settings(max_examples=80, deadline=None)
def test_how_the_sound_is_cut_into_pieces_makes_no_difference(
    length: int, cuts: list[float], seed: int, band_hz: tuple[float, float]
) -> None:
    data = sound(np.random.default_rng(seed).uniform(-1, 1, length).astype(np.float32))
    edges = [0, *sorted(2 * round(cut * length) for cut in cuts), len(data)]
    pieces = [data[start:end] for start, end in pairwise(edges)]
    whole, cut_up = BandLevels(MONO, *band_hz), BandLevels(MONO, *band_hz)
    fed = [float(level) for piece in pieces for part in cut_up.feed(piece) for level in part]
    assert fed + cut_up.rest().tolist() == levels_of(whole, data)


@given(
    start=st.floats(0, 0.99),
    amplitude_db=st.floats(-22, -3),
    seed=st.integers(0, 50),
    pieces=st.integers(1, 9),
)
@settings(max_examples=60, deadline=None)
def test_a_call_is_heard_wherever_it_is_and_noise_is_not(
    start: float, amplitude_db: float, seed: int, pieces: int
) -> None:
    ears = LoudMoments(Trigger(2000, 7000, 12), MONO, 1)
    before, after = noise(1, seed=seed), noise(1, seed=seed + 100)
    call = tone(4000, 0.02, 10 ** (amplitude_db / 20))
    first = round(start * (len(after) - len(call)))
    after[first : first + len(call)] += call
    ears.begin()
    assert not [*ears.hear(sound(before)), *ears.hear_rest()]
    ears.begin()
    size = 2 * -(-len(after) // pieces)
    data = sound(after)
    heard = [at for n in range(0, len(data), size) for at in ears.hear(data[n : n + size])]
    heard += ears.hear_rest()
    assert heard
    assert first / RATE_HZ - 0.02 <= min(heard) <= max(heard) <= first / RATE_HZ + 0.04


def test_an_hour_of_noise_triggers_nothing() -> None:
    ears = LoudMoments(Trigger(2000, 3000, 12), MONO, 1)
    data = sound(noise(60))
    for _ in range(60):
        ears.begin()
        assert not [*ears.hear(data), *ears.hear_rest()]


def test_the_background_follows_rain_and_the_trigger_with_it() -> None:
    ears = LoudMoments(Trigger(2000, 7000, 12), MONO, 1)

    def heard_in(samples: Samples) -> bool:
        ears.begin()
        return bool([*ears.hear(sound(samples)), *ears.hear_rest()])

    assert not any(heard_in(noise(3, 0.001, seed)) for seed in range(20))
    rain = [heard_in(noise(3, 0.1, seed)) for seed in range(20)]
    assert rain[0]
    assert not any(rain[6:])
    assert not any(heard_in(noise(3, 0.001, seed)) for seed in range(20))


def test_a_threshold_may_be_counted_from_full_scale() -> None:
    ears = LoudMoments(Trigger(2000, 7000, -30, above="full_scale"), MONO, 1)
    ears.begin()
    assert not [*ears.hear(sound(tone(3000, 0.5, 0.04))), *ears.hear_rest()]
    ears.begin()
    assert [*ears.hear(sound(tone(3000, 0.5, 0.05))), *ears.hear_rest()]


@pytest.mark.parametrize(("length_s", "is_heard"), [(0.05, False), (0.4, True)])
def test_what_is_too_short_does_not_count(length_s: float, is_heard: bool) -> None:
    trigger = Trigger(2000, 7000, -30, above="full_scale", min_length_s=0.2)
    ears = LoudMoments(trigger, MONO, 1)
    samples = np.zeros(2 * RATE_HZ, np.float32)
    call = tone(3000, length_s)
    samples[3900 : 3900 + len(call)] = call  # across the first quarter of a second
    ears.begin()
    assert bool([*ears.hear(sound(samples)), *ears.hear_rest()]) == is_heard


def test_a_stretch_does_not_go_on_into_sound_that_begins_anew() -> None:
    loudness = Loudness(-10, "full_scale", least=3)
    assert loudness.loud([-20, 0, 0]) == []
    assert loudness.loud([0, 0, -20, 0]) == [0, 1]
    loudness.begin()
    assert loudness.loud([0, 0, -20]) == []


@given(st.lists(st.floats(-100, 0), max_size=40), st.integers(1, 5), st.integers(0, 40))
def test_runs_are_counted_across_stretches(levels: list[float], least: int, cut: int) -> None:
    whole, parts = (Loudness(-50, "full_scale", least) for _ in "ab")
    first = parts.loud(levels[:cut])
    then = [cut + n for n in parts.loud(levels[cut:])]
    expected = [
        n
        for n in range(len(levels))
        if n + 1 >= least and all(level >= -50 for level in levels[n + 1 - least : n + 1])
    ]
    assert whole.loud(levels) == expected
    assert first + then == expected


def test_a_format_without_the_band_is_said(caplog: pytest.LogCaptureFixture) -> None:
    ears = LoudMoments(Trigger(20_000, 90_000, 12), MONO, 1)
    assert ears.is_deaf
    assert "no sound from 20000 to 90000 Hz" in caplog.text
    assert not [*ears.hear(sound(noise(1))), *ears.hear_rest()]
