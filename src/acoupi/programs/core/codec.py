"""How objects travel between tasks: as JSON, pydantic models whole.

Pickle would let whoever can write to the queue run code. A model is decoded
only into a class that is a pydantic model of a module already imported here.
"""

import sys
from typing import Any

from kombu.utils.json import register_type
from pydantic import BaseModel

__all__ = ["register_models"]

MARKER = "acoupi-model"


def register_models() -> None:
    """Teach Celery's JSON to carry any pydantic model."""
    register_type(BaseModel, MARKER, _encode, _decode)


def _encode(model: BaseModel) -> dict[str, Any]:
    kind = type(model)
    return {
        "class": f"{kind.__module__}:{kind.__qualname__}",
        "value": model.model_dump(mode="json", serialize_as_any=True),
    }


def _decode(data: dict[str, Any]) -> BaseModel:
    return _model_class(data["class"]).model_validate(data["value"])


def _model_class(path: str) -> type[BaseModel]:
    module_name, _, names = path.partition(":")
    found: Any = sys.modules.get(module_name)
    for name in names.split("."):
        found = getattr(found, name, None)
    if not (isinstance(found, type) and issubclass(found, BaseModel)):
        raise ValueError(f"a task was sent an object of the unknown class {path!r}")
    return found
