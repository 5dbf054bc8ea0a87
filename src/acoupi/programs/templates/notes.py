"""What people are told of a program before it starts."""

from collections.abc import Sequence

from acoupi.components.solar import Place
from acoupi.components.types import RecordingCondition, RecordingSavingFilter, Store
from acoupi.errors import MetadataStoreError
from acoupi.tasks.management import SavingRule

__all__ = ["describe_missing_place", "describe_saving", "knows_place"]


def describe_saving(filters: Sequence[RecordingSavingFilter], rule: SavingRule) -> str:
    """Say which recordings are kept."""
    if not filters:
        return "keeps every recording"
    which = "any of these wants" if rule == "any" else "all of these want"
    return f"keeps recordings that {which}: {', '.join(map(str, filters))}"


def describe_missing_place(
    parts: Sequence[RecordingCondition | RecordingSavingFilter], store: Store
) -> list[str]:
    """Say which parts go by the sun, if nobody has said where the device is."""
    needing = dict.fromkeys(type(part).__name__ for part in parts if part.needs_coordinates)
    if not needing or knows_place(store):
        return []
    return [
        f"{' and '.join(needing)} go by the sun and need coordinates: "
        "start the deployment with --latitude and --longitude"
    ]


def knows_place(store: Store) -> bool:
    """Tell whether the deployment that runs has coordinates."""
    try:
        return Place.of_deployment(store.get_current_deployment()) is not None
    except MetadataStoreError:
        return False
