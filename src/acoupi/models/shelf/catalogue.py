"""The models that acoupi knows how to install."""

from importlib import import_module

from acoupi.errors import ModelError
from acoupi.models.shelf.source import Source

__all__ = ["KNOWN", "known_source"]

KNOWN = {
    "birdnet": "acoupi.models.birdnet.source",
    "birdnet-names": "acoupi.models.birdnet.names",
    "batdetect2": "acoupi.models.batdetect2.source",
}
"""Name to the module whose ``SOURCE`` it is."""


def known_source(name: str) -> Source:
    """Return where a model comes from.

    Raises
    ------
    ModelError
        If nobody knows it.
    """
    module = KNOWN.get(name)
    if module is None:
        raise ModelError(
            f"acoupi knows no model {name!r}",
            help=f"it knows {', '.join(sorted(KNOWN))}; for a network of your own, "
            "give --from-file and --labels",
        )
    return import_module(module).SOURCE
