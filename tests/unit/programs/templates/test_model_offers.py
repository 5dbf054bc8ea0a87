"""What the wizard proposes where a program asks for models."""

from pathlib import Path

import numpy as np
import pytest
from small_models import install_small_birdnet, linear_network

from acoupi.models.shelf.own_file import OwnFile, install_file
from acoupi.programs.templates.model_offers import offer_models

RATE_HZ = 48_000


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ACOUPI_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def install_frogs(tmp_path: Path, *labels: str) -> None:
    (tmp_path / "labels.txt").write_text("".join(f"{label}\n" for label in labels))
    zeros = np.zeros((len(labels), 1), np.float32)
    network = linear_network(tmp_path / "frogs.onnx", RATE_HZ, zeros, [0.5] * len(labels))
    file = OwnFile(network, tmp_path / "labels.txt", RATE_HZ, 1.0, licence="CC0")
    install_file("frogs", file)


def details() -> dict[str, tuple[str, str]]:
    return {choice.value: (choice.label, choice.details) for choice in offer_models({}).choices}


def test_what_is_installed_comes_first_and_what_is_not_says_how_it_is_had(home: Path) -> None:
    install_small_birdnet(home)
    found = details()
    assert list(found) == ["birdnet", "activity", "batdetect2"]
    assert found["birdnet"][1].endswith("installed")
    assert found["activity"][0].startswith("activity: Finds sounds")
    label, said = found["batdetect2"]
    assert "17 British bats" in label
    assert said == "licence CC BY-NC 4.0; not installed yet: acoupi models install batdetect2"


@pytest.mark.parametrize(
    ("labels", "said"),
    [(["toad", "newt"], "toad, newt"), (list("abcd"), "4 labels, such as a, b, c")],
)
def test_a_network_of_ones_own_says_what_it_can_name(
    tmp_path: Path, labels: list[str], said: str
) -> None:
    install_frogs(tmp_path, *labels)
    assert details()["frogs"][1] == f"{said}; licence CC0; installed"


def test_a_model_that_cannot_be_used_is_listed_with_the_reason(home: Path, tmp_path: Path) -> None:
    install_frogs(tmp_path, "toad")
    (home / "models" / "frogs" / "manifest.json").write_text("{")
    label, said = details()["frogs"]
    assert label == "frogs"
    assert said.startswith("cannot be used: ")
    assert said.endswith("install the model again")


def test_the_names_of_birds_are_no_model(home: Path) -> None:
    folder = home / "models" / "birdnet-names"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text("{}")
    assert list(details()) == ["activity", "batdetect2", "birdnet"]


def test_the_only_one_that_is_installed_is_the_usual_answer_where_nothing_was_said(
    home: Path, tmp_path: Path
) -> None:
    assert offer_models({}).usual is None
    install_small_birdnet(home)
    assert offer_models({}).usual == ["birdnet"]
    assert offer_models({"models": ["activity"]}).usual is None
    assert offer_models({}, is_needed=False).usual is None
    install_frogs(tmp_path, "toad")
    assert offer_models({}).usual is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2", "batdetect2"),
        ("1, 3", "activity, birdnet"),
        ("3 1", "birdnet, activity"),
        ("1,owls", "activity, owls"),
        ("night owls", "night owls"),
        ('[{"name": "owls", "options": {"top": 1 }}]',) * 2,
    ],
)
def test_numbers_may_stand_for_names(typed: str, meant: str) -> None:
    assert offer_models({}).spelled_out(typed) == meant


def test_a_number_that_is_not_in_the_list_is_refused_unless_a_model_is_called_so() -> None:
    offer = offer_models({})
    assert offer.refuses("activity, 9") == "asks for number 9, which is not in the list"
    assert offer.refuses("activity, owls") is None


def test_what_is_not_installed_is_doubted_with_the_command_for_it() -> None:
    offer = offer_models({})
    assert offer.doubts("activity") is None
    assert offer.doubts([{"name": "owls"}, "birdnet"]) == (
        "owls is not installed; before the start: "
        "acoupi models install owls --from-file FILE --labels FILE; "
        "birdnet is not installed; before the start: acoupi models install birdnet"
    )


def test_models_with_options_are_shown_by_their_names() -> None:
    held = [{"name": "owls", "options": {"threshold": 0.2}}, {"name": "birdnet", "options": {}}]
    assert offer_models({}).shows(held) == "owls, birdnet"
    assert offer_models({}).shows(None) is None
