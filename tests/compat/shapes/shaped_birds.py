"""A program in the shape of one that hears birds: what it imports, derives, builds and calls."""

import datetime
import wave
from typing import Optional

from like_pytz import timezone
from pydantic import BaseModel, Field

from acoupi import components, data, tasks
from acoupi.components import types
from acoupi.programs.templates import (
    AudioConfiguration,
    DetectionProgram,
    DetectionProgramConfiguration,
)


class LongDays(AudioConfiguration):
    schedule_start: datetime.time = Field(default=datetime.time(hour=0))
    schedule_end: datetime.time = Field(default=datetime.time(hour=0))


class ModelConfig(BaseModel):
    detection_threshold: float = 0.4


class Saving(BaseModel):
    starttime: datetime.time = datetime.time(hour=0)
    endtime: datetime.time = datetime.time(hour=0)
    before_dawndusk_duration: int = 30
    after_dawndusk_duration: int = 30
    frequency_duration: int = 5
    frequency_interval: int = 30


class Keeping(BaseModel):
    true_dir: str = "heard"
    false_dir: str = "unsure"
    timeformat: str = "%Y%m%d_%H%M%S"
    saving_threshold: float = 0.2


class Summary(BaseModel):
    interval: Optional[float] = 3600  # noqa: UP045 - as they write it
    low_band_threshold: Optional[float] = 0.1  # noqa: UP045
    mid_band_threshold: Optional[float] = 0.5  # noqa: UP045
    high_band_threshold: Optional[float] = 0.9  # noqa: UP045


class Config(DetectionProgramConfiguration):
    recording: AudioConfiguration = Field(default_factory=LongDays)
    model: ModelConfig = Field(default_factory=ModelConfig)
    saving_filters: Saving = Field(default_factory=Saving)
    saving_managers: Keeping = Field(default_factory=Keeping)
    summariser_config: Optional[Summary] = Field(default_factory=Summary)  # noqa: UP045


class LoudModel(types.Model):
    """Hears a wren in every half second that is loud enough."""

    name = "Loud"

    def __init__(self, min_conf: float = 0.25):
        self.min_conf = min_conf

    def run(self, recording: data.Recording) -> data.ModelOutput:
        if not recording.path:
            return data.ModelOutput(name_model="Loud", recording=recording)
        return data.ModelOutput(
            name_model="Loud",
            recording=recording,
            detections=[
                data.Detection(
                    detection_score=score,
                    location=data.BoundingBox.from_coordinates(
                        start, 0, start + 0.5, recording.samplerate / 2
                    ),
                    tags=[
                        data.PredictedTag(
                            tag=data.Tag(key="Scientific Taxon Name", value="Troglodytes"),
                            confidence_score=score,
                        )
                    ],
                )
                for start, score in loudness(str(recording.path))
                if score >= self.min_conf
            ],
        )


def loudness(path: str) -> list[tuple[float, float]]:
    with wave.open(path) as file:
        rate_hz, samples = file.getframerate(), file.readframes(file.getnframes())
    halves = [samples[at : at + rate_hz] for at in range(0, len(samples), rate_hz)]
    peaks = [max(memoryview(half).cast("h")) / 32768 for half in halves]
    return [(number / 2, peak) for number, peak in enumerate(peaks)]


class BirdProgram(DetectionProgram[Config]):
    config_schema = Config

    def setup(self, config: Config):
        super().setup(config)
        if config.summariser_config and config.summariser_config.interval:
            self.add_task(
                function=tasks.generate_summariser_task(
                    summarisers=self.get_summarisers(config),
                    message_store=self.message_store,
                    logger=self.logger.getChild("summary"),
                ),
                schedule=datetime.timedelta(minutes=config.summariser_config.interval),
            )

    def configure_model(self, config):
        return LoudModel()

    def get_summarisers(self, config) -> list[types.Summariser]:
        wanted = config.summariser_config
        return [
            components.StatisticsDetectionsSummariser(store=self.store, interval=wanted.interval),
            components.ThresholdsDetectionsSummariser(
                store=self.store,
                interval=wanted.interval,
                low_band_threshold=wanted.low_band_threshold,
                mid_band_threshold=wanted.mid_band_threshold,
                high_band_threshold=wanted.high_band_threshold,
            ),
        ]

    def get_file_managers(self, config: Config) -> list[types.RecordingSavingManager]:
        return [
            components.SaveRecordingManager(
                dirpath=config.paths.recordings,
                dirpath_true=config.paths.recordings / config.saving_managers.true_dir,
                dirpath_false=config.paths.recordings / config.saving_managers.false_dir,
                timeformat=config.saving_managers.timeformat,
                detection_threshold=config.model.detection_threshold,
                saving_threshold=config.saving_managers.saving_threshold,
            )
        ]

    def get_message_factories(self, config: Config) -> list[types.MessageBuilder]:
        return [
            components.DetectionThresholdMessageBuilder(
                detection_threshold=config.model.detection_threshold
            )
        ]

    def get_recording_filters(self, config: Config) -> list[types.RecordingSavingFilter]:
        zone = timezone(config.timezone)
        saving = config.saving_filters
        return [
            components.SaveIfInInterval(
                interval=data.TimeInterval(start=saving.starttime, end=saving.endtime),
                timezone=zone,
            ),
            components.FrequencySchedule(
                duration=saving.frequency_duration, frequency=saving.frequency_interval
            ),
            components.Before_DawnDuskTimeInterval(
                duration=saving.before_dawndusk_duration, timezone=zone
            ),
            components.After_DawnDuskTimeInterval(
                duration=saving.after_dawndusk_duration, timezone=zone
            ),
        ]
