"""``acoupi privacy``."""

from pathlib import Path

import click

from acoupi.cli.base import Command, Group
from acoupi.cli.render import note, result, result_json

__all__ = ["privacy"]


@click.group(cls=Group)
def privacy() -> None:
    """Keep what people say from the disk.

    Set privacy.policy to drop, silence or keep_detection for that; this gets
    what it needs.
    """


@privacy.command(
    cls=Command,
    examples=(
        "acoupi privacy install",
        "acoupi privacy install --from-wheel silero_vad-6.2.3-py3-none-any.whl",
    ),
)
@click.option(
    "--from-wheel",
    "wheel",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Take it out of this wheel, without a network.",
)
def install(wheel: Path | None) -> None:
    """Get the model that finds speech, Silero VAD (MIT licence).

    It is taken out of the package silero-vad from PyPI, 11 MB, and kept in the
    home, 1.2 MB; nothing else of the package is installed.
    """
    from acoupi.audio.privacy.model_file import REQUIREMENT, find_model
    from acoupi.system.speech_model import has_speech_model, install_speech_model

    if wheel is None and has_speech_model():
        note(f"it is there already: {find_model()}")
        return
    note(f"taking the model out of {wheel or REQUIREMENT} …")
    result(f"{install_speech_model(wheel)}")


@privacy.command(
    cls=Command,
    examples=("acoupi privacy scan recordings/*.wav", "acoupi privacy scan --json meadow.wav"),
)
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option(
    "--threshold", type=click.FloatRange(0, 1, min_open=True), help="From which probability on."
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def scan(files: tuple[Path, ...], threshold: float | None, as_json: bool) -> None:
    """Show where people speak in recordings, and change nothing.

    Ends with exit code 1 if they do in any.
    """
    from acoupi.audio.privacy.gate import THRESHOLD
    from acoupi.audio.privacy.model_file import load_silero
    from acoupi.audio.privacy.scanning import find_speech

    model = load_silero()
    found = {file: find_speech(file, model, threshold or THRESHOLD) for file in files}
    if as_json:
        result_json([{"file": str(file), "speech": spans} for file, spans in found.items()])
    else:
        for file, spans in found.items():
            result(f"{file}: {_told(spans)}")
    if any(found.values()):
        click.get_current_context().exit(1)


def _told(spans: list[tuple[float, float]]) -> str:
    return ", ".join(f"{start:.1f}–{end:.1f} s" for start, end in spans) or "no speech"  # noqa: RUF001
