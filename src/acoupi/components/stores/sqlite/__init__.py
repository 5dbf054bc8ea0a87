"""The store of deployments, recordings and detections in one SQLite file."""

from typing import TYPE_CHECKING

from acoupi._lazy import attach

if TYPE_CHECKING:
    from acoupi.components.stores.sqlite.store import SqliteStore as SqliteStore
    from acoupi.components.stores.sqlite.tally import DeploymentTally as DeploymentTally

__getattr__, __dir__, __all__ = attach(
    __name__, {"DeploymentTally": ".tally", "SqliteStore": ".store"}
)
