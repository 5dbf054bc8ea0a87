"""A pydantic schema on one side; flags, questions, files and dotted names on the other."""

from typing import TYPE_CHECKING

from acoupi._lazy import attach

if TYPE_CHECKING:
    from acoupi.config.edit import (
        get_config_field as get_config_field,
        set_config_field as set_config_field,
        set_field_from_text as set_field_from_text,
        unset_config_field as unset_config_field,
    )
    from acoupi.config.fields import NoUserPrompt as NoUserPrompt, walk as walk
    from acoupi.config.io import (
        dump_config as dump_config,
        file_text as file_text,
        load_config as load_config,
        read_document as read_document,
        write_config as write_config,
    )
    from acoupi.config.parse import (
        parse_config_from_args as parse_config_from_args,
        parse_section as parse_section,
    )

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "NoUserPrompt": ".fields",
        "dump_config": ".io",
        "file_text": ".io",
        "get_config_field": ".edit",
        "load_config": ".io",
        "parse_config_from_args": ".parse",
        "parse_section": ".parse",
        "read_document": ".io",
        "set_config_field": ".edit",
        "set_field_from_text": ".edit",
        "unset_config_field": ".edit",
        "walk": ".fields",
        "write_config": ".io",
    },
)
