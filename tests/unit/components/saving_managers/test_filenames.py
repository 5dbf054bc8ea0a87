import datetime as dt
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from acoupi.components.saving_managers import sanitize_filename
from acoupi.components.saving_managers.filenames import render_filename
from acoupi.data import Deployment, Recording
from acoupi.errors import ParameterError

HOSTILE = [
    "../../etc/passwd",
    "..",
    ".",
    "",
    "/",
    "a\0b",
    "x" * 500,
    "CON?",
    "né*",
    "\u202egpj.wav",
]
any_text = st.text(st.characters()) | st.sampled_from(HOSTILE)


def recording_of(name: str) -> Recording:
    return Recording(
        created_on=dt.datetime(2024, 3, 5, 7, 8, 9, tzinfo=dt.UTC),
        duration=2.5,
        samplerate=48_000,
        deployment=Deployment(name=name, latitude=51.5),
    )


def is_one_plain_name(name: str) -> bool:
    return (
        name not in {"", ".", ".."}
        and not set(name) & set('<>:"/\\|?*\0\n')
        and len(os.fsencode(name)) <= 255 - len(".12345678.")
        and Path("/folder", name).parent == Path("/folder")
    )


@given(any_text)
def test_any_text_becomes_one_plain_name(text: str) -> None:
    assert is_one_plain_name(sanitize_filename(text))


@given(any_text)
def test_a_sanitised_name_stays_as_it_is(text: str) -> None:
    once = sanitize_filename(text)
    assert sanitize_filename(once) == once


@pytest.mark.parametrize("name", ["a b.wav", "né.wav", "A-b_c+d~1.wav", "森.flac", "no-suffix"])
def test_a_harmless_name_is_left_alone(name: str) -> None:
    assert sanitize_filename(name) == name


def test_a_long_name_keeps_its_suffix() -> None:
    assert sanitize_filename("ü" * 300 + ".wav").endswith("ü.wav")


@given(
    any_text,
    st.sampled_from(["{deployment.name}.wav", "{recording.deployment.name}", "{deployment.name}"]),
)
def test_a_hostile_deployment_name_cannot_leave_the_folder(name: str, template: str) -> None:
    assert is_one_plain_name(render_filename(template, recording_of(name)))


@given(any_text)
def test_a_hostile_template_gives_a_plain_name_or_an_error(template: str) -> None:
    try:
        name = render_filename(template, recording_of("wood"))
    except ParameterError:
        return
    assert is_one_plain_name(name)


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("{recording.created_on:%Y%m%d_%H%M%S}.wav", "20240305_070809.wav"),
        ("{deployment.name}_{recording.samplerate}.wav", "wood_48000.wav"),
        ("{recording.deployment.name}.wav", "wood.wav"),
        ("{recording.duration:06.2f}.wav", "002.50.wav"),
        ("{deployment.latitude:.3f}.wav", "51.500.wav"),
        ("{deployment.longitude:.3f}x.wav", "x.wav"),
        ("{recording.created_on}", "2024-03-05 07_08_09+00_00"),
        ("sub/{deployment.name}.wav", "sub_wood.wav"),
        ("{{{deployment.name}}}.wav", "{wood}.wav"),
        ("{deployment.name!r}.wav", "'wood'.wav"),
    ],
)
def test_templates_use_the_fields_of_recording_and_deployment(template: str, name: str) -> None:
    assert render_filename(template, recording_of("wood")) == name


@pytest.mark.parametrize(
    "template",
    [
        "{0}",
        "{}",
        "{name}.wav",
        "{recording.nope}",
        "{recording}",
        "{recording.deployment}",
        "{recording.__class__}",
        "{recording.model_dump}",
        "{recording.path.parent}",
        "{recording.deployment.__init__.__globals__}",
        "{recording.created_on:%Y",
        "{recording.samplerate:%Y}",
        "{deployment.name[0]}",
    ],
)
def test_a_template_with_anything_else_is_refused_by_name(template: str) -> None:
    with pytest.raises(ParameterError) as caught:
        render_filename(template, recording_of("wood"))
    assert template in str(caught.value)
    assert caught.value.help is not None


def test_the_examples_in_the_documentation_are_true() -> None:
    import doctest

    from acoupi.components.saving_managers import filenames

    results: Any = doctest.testmod(filenames)
    assert (results.failed, results.attempted > 0) == (0, True)
