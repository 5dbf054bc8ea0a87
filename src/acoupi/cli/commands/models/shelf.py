"""``acoupi models list``, ``info`` and ``remove``."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from acoupi.cli.base import Command
from acoupi.cli.render import note, result, result_json, room, size
from acoupi.cli.render_rows import Row, row_lines
from acoupi.cli.wrapping import tell

if TYPE_CHECKING:
    from acoupi.models.shelf import InstalledModel

__all__ = ["info", "list_", "remove"]

OF_OWN = {"overlap_s", "low_hz", "high_hz", "input", "output", "tag", "threshold"}
"""What a manifest says of a network of one's own alone: the others have options instead."""


@click.command("list", cls=Command, examples=("acoupi models list", "acoupi models list --json"))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(as_json: bool) -> None:
    """List the models that are installed, and those that packages offer."""
    from acoupi.models.shelf import installed_names
    from acoupi.models.shelf.catalogue import KNOWN
    from acoupi.models.shelf.offered import find_offered, offered_names

    found = list(filter(None, map(_readable, installed_names())))
    offered = list(filter(None, map(find_offered, offered_names())))
    if as_json:
        offers = [{"name": model.entry.name, "title": model.title} for model in offered]
        result_json([*map(_document, found), *offers])
        return
    rows = [(it.manifest.name, f"{it.manifest.title}, {size(it.size_bytes)}") for it in found]
    rows += [(model.entry.name, model.title) for model in offered]
    _show(rows)
    missing = sorted(set(KNOWN) - set(installed_names()))
    if missing:
        tell(f"to be had with acoupi models install: {', '.join(missing)}")


@click.command(cls=Command, examples=("acoupi models info birdnet",))
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def info(name: str, as_json: bool) -> None:
    """Show what is known about a model; hashes are whole in JSON."""
    from acoupi.models.shelf import find_model

    document = _document(find_model(name))
    if as_json:
        result_json(document)
        return
    left_out = {"files", "bench", "model_hash"}
    if document["kind"] == "source":
        left_out |= OF_OWN
    rows = [(k, str(v)) for k, v in document.items() if v not in ("", None) and k not in left_out]
    rows.append(("model_hash", _short(document["model_hash"])))
    if bench := document["bench"]:
        per_s, measured_on = bench["compute_s_per_s"], bench["measured_on"]
        speed = f"{per_s:.3g} s for 1 s of sound, {bench['board']}, {measured_on}"
        rows.append(("speed", speed))
    hashes = document["files"].items()
    _show([*rows, *(("file", f"{file}, SHA-256 {_short(sha256)}") for file, sha256 in hashes)])


@click.command(cls=Command, examples=("acoupi models remove birdnet",))
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(name: str, yes: bool) -> None:
    """Remove a model."""
    from acoupi.models.shelf.installed import find_folder, remove_model

    folder = find_folder(name)
    taken = sum(file.stat().st_size for file in folder.iterdir())
    _warn_of_sensor()
    if yes or click.confirm(f"Remove {folder}, {size(taken)}?", err=True):
        note(f"removed {remove_model(name)}")
    else:
        note("nothing was changed")


def _warn_of_sensor() -> None:
    from acoupi.cli.home import load_settings
    from acoupi.system.supervisor.locks import is_held

    if is_held(load_settings().lock_file):
        note("the sensor runs; should it need this model, it fails when it next loads it")


def _readable(name: str) -> "InstalledModel | None":
    """Return a model; of one whose manifest makes no sense, say so, and go on with the others."""
    from acoupi.errors import ModelError
    from acoupi.models.shelf import find_model

    try:
        return find_model(name)
    except ModelError as error:
        note(f"{error.message}; {error.help or 'it is left out'}")
        return None


def _show(rows: Sequence[Row]) -> None:
    for line in row_lines(rows, room()):
        result(line)


def _short(sha256: str) -> str:
    return f"{sha256[:16]}…"


def _document(model: "InstalledModel") -> dict[str, Any]:
    from acoupi.models.shelf.bench import read_bench

    bench = read_bench(model.folder)
    return {
        **model.manifest.model_dump(mode="json"),
        "bench": bench and bench.model_dump(mode="json"),
        "folder": str(model.folder),
        "size_bytes": model.size_bytes,
        "model_hash": model.manifest.sha256,
    }
