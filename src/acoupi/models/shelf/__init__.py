"""Installed models: where they come from, where they are kept, what is known of them."""

from typing import TYPE_CHECKING

from acoupi._lazy import attach

if TYPE_CHECKING:
    from acoupi.models.shelf.install import (
        Installation as Installation,
        install_source as install_source,
    )
    from acoupi.models.shelf.installed import (
        InstalledModel as InstalledModel,
        find_any as find_any,
        find_model as find_model,
        installed_names as installed_names,
        open_model as open_model,
        remove_model as remove_model,
    )
    from acoupi.models.shelf.manifest import Manifest as Manifest
    from acoupi.models.shelf.place import models_dir as models_dir
    from acoupi.models.shelf.source import Source as Source

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "InstalledModel": ".installed",
        "Installation": ".install",
        "Manifest": ".manifest",
        "Source": ".source",
        "find_any": ".installed",
        "find_model": ".installed",
        "install_source": ".install",
        "installed_names": ".installed",
        "models_dir": ".place",
        "open_model": ".installed",
        "remove_model": ".installed",
    },
)
