"""``acoupi models list``, ``info`` and ``remove``."""

from typing import TYPE_CHECKING, Any

import click

from acoupi.cli.base import Command
from acoupi.cli.render import note, result, result_json, size

if TYPE_CHECKING:
    from acoupi.models.shelf import InstalledModel

__all__ = ["info", "list_", "remove"]


@click.command("list", cls=Command, examples=("acoupi models list", "acoupi models list --json"))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(as_json: bool) -> None:
    """List the models that are installed, and those that packages offer."""
    from acoupi.models.shelf import find_model, installed_names
    from acoupi.models.shelf.offered import find_offered, offered_names

    found = [find_model(name) for name in installed_names()]
    offered = list(filter(None, map(find_offered, offered_names())))
    if as_json:
        offers = [{"name": model.entry.name, "title": model.title} for model in offered]
        result_json([*map(_document, found), *offers])
        return
    for model in found:
        result(f"{model.manifest.name:<14}{size(model.size_bytes):>8}  {model.manifest.title}")
    for model in offered:
        result(f"{model.entry.name:<14}{'':>8}  {model.title}")
    if not (found or offered):
        note("no model is installed; acoupi models install birdnet, or batdetect2")


@click.command(cls=Command, examples=("acoupi models info birdnet",))
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def info(name: str, as_json: bool) -> None:
    """Show what is known about a model."""
    from acoupi.models.shelf import find_model

    document = _document(find_model(name))
    if as_json:
        result_json(document)
        return
    for key, value in document.items():
        if value not in ("", None) and key not in ("files", "bench"):
            result(f"{key:<18}{value}")
    if bench := document["bench"]:
        per_s, measured_on = bench["compute_s_per_s"], bench["measured_on"]
        result(f"{'speed':<18}{per_s:.3g} s for 1 s of sound, {bench['board']}, {measured_on}")
    for file, sha256 in document["files"].items():
        result(f"{'file':<18}{file}  SHA-256 {sha256}")


@click.command(cls=Command, examples=("acoupi models remove birdnet",))
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(name: str, yes: bool) -> None:
    """Remove a model."""
    from acoupi.models.shelf import find_model, remove_model

    model = find_model(name)
    if yes or click.confirm(f"Remove {model.folder}, {size(model.size_bytes)}?", err=True):
        note(f"removed {remove_model(name)}")
    else:
        note("nothing was changed")


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
