"""What a program says of models that fail."""

from acoupi.components.stores import SqliteStore
from acoupi.components.types import Store

__all__ = ["describe_failing"]


def describe_failing(store: Store) -> list[str]:
    """Say in heartbeats that models failed on all of the latest recordings."""
    from acoupi.components.stores.sqlite.failing import find_failing

    why = find_failing(store.db_path) if isinstance(store, SqliteStore) else None
    return [] if why is None else [why]
