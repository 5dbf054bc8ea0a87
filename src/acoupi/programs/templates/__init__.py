"""Programs to derive from: record, send, detect, classify.

Each adds to the one before it. What a step does is one method to override;
what it needs is one section of the configuration.
"""

from typing import TYPE_CHECKING

from acoupi._lazy import attach

if TYPE_CHECKING:
    from acoupi.programs.templates.basic import BasicProgram as BasicProgram
    from acoupi.programs.templates.classifying import (
        ClassifierConfiguration as ClassifierConfiguration,
        ClassifierProgram as ClassifierProgram,
        GateConfiguration as GateConfiguration,
        SavingConfiguration as SavingConfiguration,
        SummaryConfiguration as SummaryConfiguration,
    )
    from acoupi.programs.templates.configuration import (
        AudioConfiguration as AudioConfiguration,
        BasicProgramConfiguration as BasicProgramConfiguration,
        DetectionProgramConfiguration as DetectionProgramConfiguration,
        DetectionsConfiguration as DetectionsConfiguration,
        FurtherMicrophone as FurtherMicrophone,
        MessagingConfig as MessagingConfig,
        MessagingProgramConfiguration as MessagingProgramConfiguration,
        PathsConfiguration as PathsConfiguration,
        StorageConfiguration as StorageConfiguration,
    )
    from acoupi.programs.templates.detection import DetectionProgram as DetectionProgram
    from acoupi.programs.templates.messaging import MessagingProgram as MessagingProgram

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "AudioConfiguration": ".configuration",
        "BasicProgram": ".basic",
        "BasicProgramConfiguration": ".configuration",
        "ClassifierConfiguration": ".classifying",
        "ClassifierProgram": ".classifying",
        "DetectionProgram": ".detection",
        "DetectionProgramConfiguration": ".configuration",
        "DetectionsConfiguration": ".configuration",
        "FurtherMicrophone": ".configuration",
        "GateConfiguration": ".classifying",
        "MessagingConfig": ".configuration",
        "MessagingProgram": ".messaging",
        "MessagingProgramConfiguration": ".configuration",
        "PathsConfiguration": ".configuration",
        "SavingConfiguration": ".classifying",
        "StorageConfiguration": ".configuration",
        "SummaryConfiguration": ".classifying",
    },
)
