"""Which scores count."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, strategies as st

from acoupi.data import Deployment, Recording
from acoupi.errors import ConfigurationError, ModelError
from acoupi.models.birdnet.choice import NEVER, least_scores, scores_of
from acoupi.models.birdnet.labels import Label, Labels, read_labels
from acoupi.models.birdnet.options import BirdNetOptions
from acoupi.models.birdnet.season import Place, place_of, week_of

WREN = Label("Troglodytes troglodytes", "Eurasian Wren")
TIT = Label("Parus major", "Great Tit")
VOICE = Label("Human vocal", "Human vocal")
ENGINE = Label("Engine", "Engine")
LABELS = Labels([WREN, TIT, VOICE, ENGINE])
OUT = pytest.approx(NEVER)


def least(**options: object) -> list[float]:
    return least_scores(LABELS, BirdNetOptions.model_validate(options)).tolist()


def test_people_and_engines_are_left_out() -> None:
    assert least(threshold=0.5) == [0.5, 0.5, OUT, OUT]


def test_people_and_engines_are_reported_to_whom_wants_them() -> None:
    assert least(threshold=0.5, keep_noise=True) == [0.5, 0.5, OUT, 0.5]
    assert least(threshold=0.5, keep_human=True) == [0.5, 0.5, 0.5, OUT]


def test_a_species_has_a_threshold_of_its_own() -> None:
    assert least(threshold=0.5, thresholds={"great tit": 0.75}) == [0.5, 0.75, OUT, OUT]


def test_only_listed_species_are_reported() -> None:
    assert least(threshold=0.5, species=["Parus major"]) == [OUT, 0.5, OUT, OUT]
    both = least(species=["Parus major"], thresholds={"Eurasian Wren": 0.5}, threshold=0.25)
    assert both == [OUT, 0.25, OUT, OUT]


def test_noise_that_is_named_is_wanted_and_people_are_not() -> None:
    assert least(threshold=0.5, thresholds={"Engine": 0.75}) == [0.5, 0.5, OUT, 0.75]
    assert least(threshold=0.5, species=["Human vocal", "Engine"]) == [OUT, OUT, OUT, 0.5]


def test_a_species_that_nobody_knows_is_named_with_what_looks_alike() -> None:
    with pytest.raises(ConfigurationError, match="Parus mayor") as caught:
        least(species=["Parus mayor"])
    assert caught.value.help == "perhaps 'Parus major'"


def test_an_option_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="treshold"):
        BirdNetOptions.model_validate({"treshold": 0.5})


def test_a_sensitivity_spreads_scores_around_a_half() -> None:
    logits = np.array([-1.0, 0.0, 1.0], np.float32)
    usual, spread = scores_of(logits), scores_of(logits, 1.5)
    assert spread[0] < usual[0]
    assert spread[1] == usual[1] == 0.5
    assert spread[2] > usual[2]


@given(st.floats(width=32, allow_nan=False))
def test_a_score_is_a_score_whatever_the_network_says(logit: float) -> None:
    (score,) = scores_of(np.array([logit], np.float32))
    assert 0 <= score <= 1


@pytest.mark.parametrize(
    ("day", "week"),
    [
        ((1, 1), 1),
        ((1, 7), 1),
        ((1, 8), 2),
        ((1, 25), 4),
        ((1, 31), 4),
        ((2, 1), 5),
        ((12, 31), 48),
    ],
)
def test_a_year_has_four_weeks_a_month(day: tuple[int, int], week: int) -> None:
    assert week_of(dt.date(2026, *day)) == week


def test_a_place_needs_coordinates() -> None:
    somewhere = Deployment(name="x", latitude=42.48, longitude=-76.45)
    instant = dt.datetime(2026, 1, 25, tzinfo=dt.UTC)
    for deployment, place in [
        (somewhere, Place(42.48, -76.45, 4)),
        (Deployment(name="x"), None),
        (Deployment(name="x", latitude=1), None),
        (Deployment(name="x", latitude=0, longitude=0), Place(0, 0, 4)),
    ]:
        recording = Recording(
            duration=3, samplerate=48_000, deployment=deployment, created_on=instant
        )
        assert place_of(recording) == place


def test_a_line_that_is_no_label_is_named(tmp_path) -> None:
    path = tmp_path / "labels.txt"
    path.write_text("Parus major_Great Tit\nnonsense\n")
    with pytest.raises(ModelError, match="line 2 of"):
        read_labels(path)


def test_labels_that_are_not_there_are_named(tmp_path) -> None:
    with pytest.raises(ModelError, match=r"labels\.txt cannot be read"):
        read_labels(tmp_path / "labels.txt")
