"""A schema for tools that know JSON Schema."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

__all__ = ["json_schema"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Generous(GenerateJsonSchema):
    """Types of which JSON Schema knows nothing may be anything."""

    def handle_invalid_for_json_schema(self, schema: Any, error_info: str) -> JsonSchemaValue:
        return {}


def json_schema(schema: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON Schema of a configuration's class."""
    _Generous.ignored_warning_kinds = {"skipped-choice", "non-serializable-default"}
    return {"$schema": DIALECT, **schema.model_json_schema(schema_generator=_Generous)}
