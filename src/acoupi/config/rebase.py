"""Somebody's changes to a document, made to what it has become meanwhile."""

from typing import cast

from acoupi.config.values import Json

__all__ = ["rebased"]


def rebased(opened: Json, edited: Json, now: Json) -> Json:
    """Return ``now`` with the changes that lead from ``opened`` to ``edited``.

    >>> rebased({"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1, "b": 3})
    {'a': 2, 'b': 3}
    """
    if edited == opened:
        return now
    if not (isinstance(opened, dict) and isinstance(edited, dict) and isinstance(now, dict)):
        return cast("Json", edited)
    old, new = cast("dict[str, Json]", opened), cast("dict[str, Json]", edited)
    present = cast("dict[str, Json]", now)
    kept = {key: value for key, value in present.items() if key not in old or key in new}
    changed = {key: rebased(old.get(key), value, present.get(key)) for key, value in new.items()}
    removed = {
        key for key in changed if key in old and key not in present and new[key] == old[key]
    }
    return {key: value for key, value in (kept | changed).items() if key not in removed}
