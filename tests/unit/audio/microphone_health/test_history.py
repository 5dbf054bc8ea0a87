"""A microphone over days: what is believed of it, and when."""

import datetime as dt
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from made_sounds import RATE_HZ, Sound, ambience, covered, hiss, rain, to_bytes, wind

from acoupi.audio.microphone_health.history import FIRST_HOURS, Channel, MicrophoneHealth
from acoupi.audio.microphone_health.measure import Measure
from acoupi.audio.microphone_health.octaves import octaves_of
from acoupi.audio.microphone_health.symptoms import LEAST_HOURS, Symptom
from acoupi.audio.microphone_health.wording import describe_figures, describe_symptoms
from acoupi.audio.wav import WavFormat

START = dt.datetime(2026, 5, 1, 6, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)

Hears = Callable[[int], Sound]


def quiet_place(hour: int) -> Sound:
    """Make what a good microphone hears: by day 6 dB more than by night."""
    return ambience(seed=hour, rms=3e-3 * (2 if hour % 24 < 12 else 1))


def dying(hour: int) -> Sound:
    return 0.02 * ambience(seed=hour) + hiss(seed=hour)


def under_mud(hour: int) -> Sound:
    return covered(ambience(seed=hour), above_hz=400) + hiss(seed=hour, rms=1e-5)


def in_wind(hour: int) -> Sound:
    return quiet_place(hour) + wind(seed=hour)


def in_rain(hour: int) -> Sound:
    return quiet_place(hour) + rain(seed=hour)


class Field:
    """A sensor in the field that records once an hour."""

    def __init__(self, channels: int = 1, rate_hz: int = RATE_HZ) -> None:
        self.rate_hz = rate_hz
        self.hours = 0
        self.health = MicrophoneHealth(
            device_name="hw:1",
            octaves_hz=octaves_of(rate_hz),
            place="meadow",
            updated_on=START,
            channels=[Channel() for _ in range(channels)],
        )

    def hear(self, *channels: Hears, hours: int) -> Iterator[set[tuple[int, Symptom]]]:
        """Hear so many hours, and yield what is believed after each."""
        for _ in range(hours):
            format = WavFormat(self.rate_hz, len(channels), 2)
            measure = Measure(format, self.rate_hz)
            measure.note(to_bytes(*(hears(self.hours) for hears in channels)))
            self.health.note(measure.figures(), START + self.hours * HOUR)
            self.hours += 1
            yield set(self.health.symptoms)

    def hears(self, *channels: Hears, hours: int) -> set[tuple[int, Symptom]]:
        *_, last = self.hear(*channels, hours=hours)
        return last


@pytest.fixture(scope="module")
def after_days() -> str:
    """A history of four good days."""
    field = Field()
    field.hears(quiet_place, hours=4 * 24)
    return field.health.model_dump_json()


@pytest.fixture
def field(after_days: str) -> Field:
    """A sensor that has heard well for four days."""
    field = Field()
    field.health, field.hours = MicrophoneHealth.model_validate_json(after_days), 4 * 24
    return field


def test_a_good_microphone_is_never_suspected() -> None:
    field = Field()
    assert all(believed == set() for believed in field.hear(quiet_place, hours=5 * 24))


def test_the_first_hours_are_kept_and_no_more(field: Field) -> None:
    (channel,) = field.health.channels
    assert len(channel.first_dbfs) == FIRST_HOURS
    assert len(channel.hours) == 24
    assert len(field.health.model_dump_json()) < 20_000


@pytest.mark.parametrize(
    ("hears", "symptom"), [(dying, Symptom.QUIETER), (under_mud, Symptom.MUFFLED)]
)
def test_a_microphone_that_hears_less_is_told_within_three_hours(
    field: Field, hears: Hears, symptom: Symptom
) -> None:
    assert field.hears(hears, hours=3) == {(0, symptom)}
    assert field.hears(quiet_place, hours=3) == set()


def test_one_strange_hour_is_no_failure(field: Field) -> None:
    assert field.hears(dying, hours=1) == set()
    assert all(believed == set() for believed in field.hear(quiet_place, hours=4))


def test_a_microphone_that_fails_is_no_measure_for_later_ones() -> None:
    field = Field()
    field.hears(quiet_place, hours=LEAST_HOURS + 2)
    assert (0, Symptom.QUIETER) in field.hears(dying, hours=30)
    assert len(field.health.channels[0].first_dbfs) < LEAST_HOURS + 4


def test_nothing_is_compared_with_too_few_hours() -> None:
    field = Field()
    field.hears(quiet_place, hours=LEAST_HOURS - 3)
    assert field.hears(dying, hours=3) == set()


def test_interference_is_told_when_no_hour_of_a_day_is_without(field: Field) -> None:
    def humming(hour: int) -> Sound:
        t = np.arange(3 * RATE_HZ) / RATE_HZ
        return quiet_place(hour) + 0.1 * np.sin(2 * np.pi * 130 * t)

    believed = list(field.hear(humming, hours=26))
    assert believed[10] == set()
    assert believed[-1] == {(0, Symptom.NOISIER)}


def test_weather_is_a_hint_and_no_failure(field: Field) -> None:
    for hears, hint in ((in_wind, "wind"), (in_rain, "rain")):
        assert field.hears(hears, hours=3) == set()
        said = describe_figures(field.health.channels[0])
        assert f"sounds like {hint}" in said
        assert field.hears(quiet_place, hours=3) == set()
        assert "sounds like" not in describe_figures(field.health.channels[0])


def test_clipping_is_told_and_withdrawn(field: Field) -> None:
    def too_loud(hour: int) -> Sound:
        return 400 * quiet_place(hour)

    assert field.hears(too_loud, hours=2) == {(0, Symptom.CLIPPING)}
    assert "lower its gain" in describe_symptoms(field.health)[0]
    assert field.hears(quiet_place, hours=2) == set()


def test_a_middle_that_is_off_zero_is_told_after_three_recordings(field: Field) -> None:
    def off_zero(hour: int) -> Sound:
        return quiet_place(hour) + 0.2

    assert [len(believed) for believed in field.hear(off_zero, hours=3)] == [0, 0, 1]
    assert "20% off zero" in describe_symptoms(field.health)[0]
    assert field.hears(quiet_place, hours=3) == set()


def test_a_dead_channel_is_named_and_the_other_is_judged_as_ever() -> None:
    def dead(_: int) -> Sound:
        return np.zeros(3 * RATE_HZ)

    field = Field(channels=2)
    field.hears(quiet_place, quiet_place, hours=30)
    assert field.hears(quiet_place, dead, hours=4) == {(1, Symptom.DEAD)}
    (said,) = describe_symptoms(field.health)
    assert said.startswith("the microphone 'hw:1' (channel 2) gives nothing but one value")
    assert field.hears(dying, dead, hours=3) == {(0, Symptom.QUIETER), (1, Symptom.DEAD)}


def test_an_ultrasonic_microphone_is_judged_in_all_its_octaves() -> None:
    rate_hz = 384_000

    def hears(hour: int) -> Sound:
        return ambience(0.5, rate_hz, seed=hour)

    def behind_foil(hour: int) -> Sound:
        sound = covered(ambience(0.5, rate_hz, seed=hour), rate_hz, above_hz=3_000)
        return sound + hiss(0.5, rate_hz, seed=hour, rms=1e-5)

    field = Field(rate_hz=rate_hz)
    assert field.hears(hears, hours=LEAST_HOURS + 1) == set()
    assert field.hears(behind_foil, hours=3) == {(0, Symptom.MUFFLED)}


def test_a_clock_that_is_set_back_ends_the_hour() -> None:
    field = Field()
    field.hours = 200
    field.hears(quiet_place, hours=2)
    field.hours = 100
    field.hears(quiet_place, hours=2)
    assert len(field.health.channels[0].hours) == 3


def test_recordings_within_an_hour_become_one() -> None:
    field = Field()
    measure = Measure(WavFormat(RATE_HZ, 1, 2), RATE_HZ)
    measure.note(to_bytes(ambience()))
    for minute in range(0, 60, 10):
        field.health.note(measure.figures(), START + dt.timedelta(minutes=minute))
    (channel,) = field.health.channels
    assert channel.hours == []
    assert channel.hour is not None
    assert channel.hour.measured_s == pytest.approx(6 * measure.figures()[0].measured_s)
    assert channel.hour.floor_dbfs == pytest.approx(measure.figures()[0].floor_dbfs)
