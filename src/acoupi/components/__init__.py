"""The parts that programs are made of: the interfaces in ``types``, and ready-made ones."""

from typing import TYPE_CHECKING

from acoupi._lazy import attach

if TYPE_CHECKING:
    from acoupi.components.audio_recorder import (
        MicrophoneConfig as MicrophoneConfig,
        PARecorder as PARecorder,
        PARecorderConfig as PARecorderConfig,
        PWRecorder as PWRecorder,
        PWRecorderConfig as PWRecorderConfig,
        PyAudioRecorder as PyAudioRecorder,
    )
    from acoupi.components.message_factories import (
        DetectionThresholdMessageBuilder as DetectionThresholdMessageBuilder,
        FullModelOutputMessageBuilder as FullModelOutputMessageBuilder,
    )
    from acoupi.components.message_stores import SqliteMessageStore as SqliteMessageStore
    from acoupi.components.messengers import (
        HTTPConfig as HTTPConfig,
        HTTPMessenger as HTTPMessenger,
        MQTTConfig as MQTTConfig,
        MQTTMessenger as MQTTMessenger,
        MQTTTransport as MQTTTransport,
    )
    from acoupi.components.output_cleaners import (
        DynamicThreshold as DynamicThreshold,
        RepeatConfirmation as RepeatConfirmation,
        ThresholdDetectionCleaner as ThresholdDetectionCleaner,
    )
    from acoupi.components.processing_filters import (
        TrivialProcessingFilter as TrivialProcessingFilter,
    )
    from acoupi.components.recording_conditions import (
        DawnTimeInterval as DawnTimeInterval,
        HasSufficientSpace as HasSufficientSpace,
        IsInInterval as IsInInterval,
        IsInIntervals as IsInIntervals,
    )
    from acoupi.components.recording_schedulers import IntervalScheduler as IntervalScheduler
    from acoupi.components.saving_filters import (
        After_DawnDuskTimeInterval as After_DawnDuskTimeInterval,
        AfterDawnDusk as AfterDawnDusk,
        Before_DawnDuskTimeInterval as Before_DawnDuskTimeInterval,
        BeforeDawnDusk as BeforeDawnDusk,
        DetectionTags as DetectionTags,
        DetectionTagValue as DetectionTagValue,
        FrequencySchedule as FrequencySchedule,
        SaveIfInInterval as SaveIfInInterval,
        SavingSurroundings as SavingSurroundings,
        SavingThreshold as SavingThreshold,
    )
    from acoupi.components.saving_managers import (
        BaseFileManager as BaseFileManager,
        DateFileManager as DateFileManager,
        IDFileManager as IDFileManager,
        SaveRecordingManager as SaveRecordingManager,
    )
    from acoupi.components.stores import SqliteStore as SqliteStore
    from acoupi.components.summariser import (
        StatisticsDetectionsSummariser as StatisticsDetectionsSummariser,
        ThresholdsDetectionsSummariser as ThresholdsDetectionsSummariser,
    )

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "AfterDawnDusk": ".saving_filters",
        "After_DawnDuskTimeInterval": ".saving_filters",
        "BaseFileManager": ".saving_managers",
        "BeforeDawnDusk": ".saving_filters",
        "Before_DawnDuskTimeInterval": ".saving_filters",
        "DateFileManager": ".saving_managers",
        "DawnTimeInterval": ".recording_conditions",
        "DetectionTagValue": ".saving_filters",
        "DetectionTags": ".saving_filters",
        "DetectionThresholdMessageBuilder": ".message_factories",
        "DynamicThreshold": ".output_cleaners",
        "FrequencySchedule": ".saving_filters",
        "FullModelOutputMessageBuilder": ".message_factories",
        "HTTPConfig": ".messengers",
        "HTTPMessenger": ".messengers",
        "HasSufficientSpace": ".recording_conditions",
        "IDFileManager": ".saving_managers",
        "IntervalScheduler": ".recording_schedulers",
        "IsInInterval": ".recording_conditions",
        "IsInIntervals": ".recording_conditions",
        "MQTTConfig": ".messengers",
        "MQTTMessenger": ".messengers",
        "MQTTTransport": ".messengers",
        "MicrophoneConfig": ".audio_recorder",
        "PARecorder": ".audio_recorder",
        "PARecorderConfig": ".audio_recorder",
        "PWRecorder": ".audio_recorder",
        "PWRecorderConfig": ".audio_recorder",
        "PyAudioRecorder": ".audio_recorder",
        "RepeatConfirmation": ".output_cleaners",
        "SaveIfInInterval": ".saving_filters",
        "SaveRecordingManager": ".saving_managers",
        "SavingSurroundings": ".saving_filters",
        "SavingThreshold": ".saving_filters",
        "SqliteMessageStore": ".message_stores",
        "SqliteStore": ".stores",
        "StatisticsDetectionsSummariser": ".summariser",
        "ThresholdDetectionCleaner": ".output_cleaners",
        "ThresholdsDetectionsSummariser": ".summariser",
        "TrivialProcessingFilter": ".processing_filters",
    },
)
