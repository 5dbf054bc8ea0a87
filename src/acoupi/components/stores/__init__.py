"""Where deployments, recordings and detections are kept."""

from typing import TYPE_CHECKING

from acoupi._lazy import attach

if TYPE_CHECKING:
    from acoupi.components.stores.sqlite import (
        DeploymentTally as DeploymentTally,
        SqliteStore as SqliteStore,
    )

__getattr__, __dir__, __all__ = attach(
    __name__, {"DeploymentTally": ".sqlite", "SqliteStore": ".sqlite"}
)
