"""Where recordings are kept."""

from typing import TYPE_CHECKING

from acoupi._lazy import attach

if TYPE_CHECKING:
    from acoupi.components.saving_managers.base import BaseFileManager as BaseFileManager
    from acoupi.components.saving_managers.by_date import DateFileManager as DateFileManager
    from acoupi.components.saving_managers.by_id import IDFileManager as IDFileManager
    from acoupi.components.saving_managers.by_result import (
        SaveRecordingManager as SaveRecordingManager,
    )
    from acoupi.components.saving_managers.filenames import (
        FilenameFormatter as FilenameFormatter,
        sanitize_filename as sanitize_filename,
    )

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "BaseFileManager": ".base",
        "DateFileManager": ".by_date",
        "FilenameFormatter": ".filenames",
        "IDFileManager": ".by_id",
        "SaveRecordingManager": ".by_result",
        "sanitize_filename": ".filenames",
    },
)
