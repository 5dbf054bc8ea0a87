"""Configurations, under the names programs know."""

from acoupi.config import (
    dump_config,
    get_config_field,
    load_config,
    parse_config_from_args,
    set_config_field,
    write_config,
)

__all__ = [
    "dump_config",
    "get_config_field",
    "load_config",
    "parse_config_from_args",
    "set_config_field",
    "write_config",
]
