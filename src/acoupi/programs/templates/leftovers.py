"""Deployments that were never ended."""

from acoupi.components.types import Store
from acoupi.data import Deployment
from acoupi.errors import StoreError

__all__ = ["end_leftovers"]


def end_leftovers(store: Store, deployment: Deployment) -> None:
    """End what a cut left open before a deployment starts.

    Of several open ones the last that started would be the current one, and
    where the clock was set back that need not be this one.
    """
    seen = {deployment.id}
    while (left := _open_deployment(store)) is not None and left.id not in seen:
        ended_on = max(left.started_on, deployment.started_on)
        store.update_deployment(left.model_copy(update={"ended_on": ended_on}))
        seen.add(left.id)


def _open_deployment(store: Store) -> Deployment | None:
    try:
        return store.get_current_deployment()
    except StoreError:
        return None
