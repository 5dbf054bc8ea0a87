"""The board a program runs on, and what it measures of itself."""

from typing import TYPE_CHECKING

from acoupi._lazy import attach

if TYPE_CHECKING:
    from acoupi.devices.board import (
        get_device_id as get_device_id,
        get_device_info as get_device_info,
        get_rpi_host_name as get_rpi_host_name,
        get_rpi_serial_number as get_rpi_serial_number,
        is_rpi as is_rpi,
    )

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "get_device_id": ".board",
        "get_device_info": ".board",
        "get_rpi_host_name": ".board",
        "get_rpi_serial_number": ".board",
        "is_rpi": ".board",
    },
)
