"""Which recordings are worth keeping."""

from typing import TYPE_CHECKING

from acoupi._lazy import attach

if TYPE_CHECKING:
    from acoupi.components.saving_filters.results import (
        DetectionTags as DetectionTags,
        DetectionTagValue as DetectionTagValue,
        SavingThreshold as SavingThreshold,
    )
    from acoupi.components.saving_filters.schedules import (
        FrequencySchedule as FrequencySchedule,
        SaveIfInInterval as SaveIfInInterval,
    )
    from acoupi.components.saving_filters.sun import (
        After_DawnDuskTimeInterval as After_DawnDuskTimeInterval,
        AfterDawnDusk as AfterDawnDusk,
        Before_DawnDuskTimeInterval as Before_DawnDuskTimeInterval,
        BeforeDawnDusk as BeforeDawnDusk,
    )
    from acoupi.components.saving_filters.surroundings import (
        SavingSurroundings as SavingSurroundings,
    )

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "AfterDawnDusk": ".sun",
        "After_DawnDuskTimeInterval": ".sun",
        "BeforeDawnDusk": ".sun",
        "Before_DawnDuskTimeInterval": ".sun",
        "DetectionTagValue": ".results",
        "DetectionTags": ".results",
        "FrequencySchedule": ".schedules",
        "SaveIfInInterval": ".schedules",
        "SavingSurroundings": ".surroundings",
        "SavingThreshold": ".results",
    },
)
