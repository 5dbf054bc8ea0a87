"""``acoupi devices``."""

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import click

from acoupi.audio.addresses import without_password
from acoupi.cli.base import Command
from acoupi.cli.render import note, result, result_json, width
from acoupi.cli.wrapping import tell

if TYPE_CHECKING:
    from acoupi.components.audio_recorder import MicrophoneConfig
    from acoupi.devices.audio.inputs import System
    from acoupi.system.microphones import Found, Microphone

__all__ = ["devices"]

TEST_S = 3.0
LONGEST_TEST_S = 30.0


@click.command(
    cls=Command,
    examples=(
        "acoupi devices",
        "acoupi devices --meter",
        "acoupi devices --test hw:CARD=r0,DEV=0 --rate 384000 --out test.wav",
        "acoupi devices --test replay:dawn.wav",
        "acoupi devices --forget bats",
    ),
)
@click.argument("name", required=False)
@click.option("--meter", is_flag=True, help="Show the level until Ctrl-C.")
@click.option("--test", "tests", is_flag=True, help="Record a moment, and draw what was heard.")
@click.option("--forget", "forgets", is_flag=True, help="Forget how NAME was, to learn it anew.")
@click.option("--yes", is_flag=True, help="Do not ask before forgetting.")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0.1),
    help=f"How long to listen. [default: {TEST_S:g} for a test, a meter until Ctrl-C]",
)
@click.option("--rate", type=click.IntRange(min=1), metavar="HZ", help="Samples a second.")
@click.option("--channels", type=click.IntRange(min=1), help="How many channels to record.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.wav",
    help="Keep the sound of a test.",
)
@click.option(
    "--via",
    type=click.Choice(["alsa", "pipewire", "portaudio"]),
    help="Only what this system knows. [default: all of them]",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def devices(
    name: str | None,
    meter: bool,
    tests: bool,
    forgets: bool,
    yes: bool,
    seconds: float | None,
    rate: int | None,
    channels: int | None,
    out: Path | None,
    via: "System | None",
    as_json: bool,
) -> None:
    """List microphones, watch their level, make a test recording.

    NAME is one of those listed, another name that ALSA knows, or replay:PATH
    for a WAV file or a folder of them. Without it, a meter or a test listens
    to the microphone of the program that is set up, or else to the only one
    there is. The rate and the channels are the program's, or else usual ones.

    A microphone that is in use is not opened: who has it is told.

    With --forget, NAME is what acoupi deployment status calls it, or its
    device. Forget one that was replaced, so that the new one is compared with
    itself; recordings and the account of effort stay.
    """
    _refuse(meter, tests, seconds, (rate, channels), out)
    if forgets or yes:
        _refuse_beside_forgetting(forgets, meter or tests or via or as_json)
        _forget(name, yes)
        return
    systems = _systems(via)
    if not (meter or tests):
        _list(name, systems, as_json)
        return
    from acoupi.system.microphones import find_microphone, with_settings

    configured = _configured(is_needed=name is None)
    chosen = name or (configured and configured.device_name) or _only(systems)
    microphone = find_microphone(chosen, systems, configured)
    microphone = with_settings(microphone, rate, channels)
    if meter:
        _meter(microphone, seconds, as_json)
    else:
        _test(microphone, seconds or TEST_S, out, as_json)


def _refuse(
    meter: bool,
    tests: bool,
    seconds: float | None,
    settings: Collection[int | None],
    out: Path | None,
) -> None:
    """Refuse options that make no sense together."""
    if meter and tests:
        raise click.UsageError("--meter and --test exclude each other.")
    if not (meter or tests) and (seconds or any(settings)):
        raise click.UsageError("--seconds, --rate and --channels are for --meter and --test.")
    if out and not tests:
        raise click.UsageError("--out is for --test.")
    if tests and seconds and seconds > LONGEST_TEST_S:
        raise click.BadParameter(
            f"a test lasts {LONGEST_TEST_S:g} s at most", param_hint="'--seconds'"
        )


def _refuse_beside_forgetting(forgets: bool, other: object) -> None:
    if not forgets:
        raise click.UsageError("--yes is for --forget.")
    if other:
        raise click.UsageError("--forget takes NAME and --yes, and nothing else.")


def _forget(name: str | None, yes: bool) -> None:
    from acoupi.cli.home import require_home
    from acoupi.system.forgetting import find_histories, forget

    if not name:
        raise click.UsageError("Name the microphone to forget.")
    histories = find_histories(require_home(), without_password(name))
    called = ", ".join(dict.fromkeys(health.called for health in histories.values()))
    question = f"Forget how {called} was at first, and learn it anew?"
    if not (yes or click.confirm(question, err=True)):
        note("nothing was changed")
        return
    forget(histories)
    note(f"{called} is compared with what it gives from now on")


def _systems(via: "System | None") -> "tuple[System, ...]":
    from acoupi.devices.audio.inputs import SYSTEMS

    return (via,) if via else SYSTEMS


def _configured(is_needed: bool) -> "MicrophoneConfig | None":
    """Return the microphone of the home; a home that is broken matters only if it is needed."""
    from acoupi.cli.home import load_settings
    from acoupi.errors import ConfigurationError
    from acoupi.system.microphones import configured_microphone

    try:
        return configured_microphone(load_settings())
    except ConfigurationError:
        if is_needed:
            raise
        return None


def _only(systems: "Collection[System]") -> str:
    from acoupi.devices.audio.inputs import find_inputs
    from acoupi.system.microphones import only_microphone

    found = find_inputs(systems)
    name = only_microphone(found)
    if name is None:
        names = dict.fromkeys(device.name for devices in found.values() for device in devices)
        raise click.UsageError(f"There are several microphones; name one: {', '.join(names)}.")
    return name


def _list(name: str | None, systems: "Collection[System]", as_json: bool) -> None:
    from acoupi.cli.render_devices import device_documents
    from acoupi.devices.audio.inputs import find_inputs
    from acoupi.system.microphones import chosen_names, matching

    found = find_inputs(systems)
    if name is not None:
        found = matching(name, found)
    configured = _configured(is_needed=False)
    chosen = chosen_names(configured, found)
    if as_json:
        result_json(device_documents(found, chosen))
    elif any(found.values()):
        _show(found, chosen)
        if configured and name is None and not chosen:
            _tell_of_absent(configured.device_name)
    else:
        _tell_of_nothing()


def _show(found: "Found", chosen: Collection[str]) -> None:
    from acoupi.cli.render_devices import device_lines

    for line in device_lines(found, chosen, width()):
        result(line)


def _tell_of_absent(device_name: str) -> None:
    from acoupi.components.audio_recorder.source import parse_replay

    if not parse_replay(device_name):
        tell(f"none of them is the microphone of this home, {without_password(device_name)}")


def _tell_of_nothing() -> None:
    from acoupi.devices.audio.inputs import absence_hint

    note("no microphone was found")
    tell(f"hint: {absence_hint()}")


def _meter(microphone: "Microphone", seconds: float | None, as_json: bool) -> None:
    from acoupi.cli.metering import BLOCK_S, run_meter
    from acoupi.system.microphones import open_microphone

    recorder = open_microphone(microphone, BLOCK_S)
    tell(_listening(microphone) + ("" if seconds else ", until Ctrl-C"))
    run_meter(recorder, seconds, as_json)


def _test(microphone: "Microphone", seconds: float, out: Path | None, as_json: bool) -> None:
    from acoupi.cli import trying
    from acoupi.system.microphones import open_microphone

    recorder = open_microphone(microphone, seconds)
    if microphone.via != "replay":
        tell(f"{_listening(microphone)}, for {seconds:g} s")
    config = microphone.config
    snippet = recorder.listen(seconds)
    sound = trying.measure_sound(
        without_password(config.device_name), snippet, config.time_expansion
    )
    if out:
        sound = trying.keep_sound(sound, out)
    if as_json:
        trying.write_sound_document(sound)
    else:
        trying.write_sound_picture(sound)


def _listening(microphone: "Microphone") -> str:
    config, shown_name = microphone.config, without_password(microphone.config.device_name)
    if microphone.via == "replay":
        return f"listening to {shown_name}"
    channels = "1 channel" if config.audio_channels == 1 else f"{config.audio_channels} channels"
    return f"listening to {shown_name}, at {config.samplerate / 1000:g} kHz, {channels}"
