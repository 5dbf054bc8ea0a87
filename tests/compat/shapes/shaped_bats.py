"""A program in the shape of one that hears bats: it narrows fields, and keeps by score too."""

import datetime
from typing import Optional

import shaped_birds as birds
from pydantic import Field

from acoupi import components, data
from acoupi.components import types
from acoupi.programs.templates import AudioConfiguration


class LongNights(AudioConfiguration):
    schedule_start: datetime.time = Field(default=datetime.time(hour=0))
    schedule_end: datetime.time = Field(default=datetime.time(hour=0))


class Saving(birds.Saving):
    saving_threshold: float = 0.25


class Config(birds.Config):
    recording: LongNights = Field(default_factory=LongNights)
    saving_filters: Optional[Saving] = Field(default_factory=Saving)  # noqa: UP045


class LateApiModel(types.Model):
    """Loads what it needs when it is first used, and finds calls as plain dictionaries."""

    name: str = "Late"

    def __init__(self):
        self._api = None

    @property
    def api(self):
        if self._api is None:
            self._api = birds.loudness
        return self._api

    def run(self, recording: data.Recording) -> data.ModelOutput:
        calls = [
            {"det_prob": score, "class": "Myotis daubentonii", "class_prob": score / 2, "at": at}
            for at, score in self.api(str(recording.path))
        ]
        detections = [
            data.Detection(
                detection_score=call["det_prob"],
                location=data.BoundingBox.from_coordinates(call["at"], 0, call["at"] + 0.1, 90),
                tags=[
                    data.PredictedTag(
                        tag=data.Tag(key="species", value=call["class"]),
                        confidence_score=call["class_prob"],
                    ),
                ],
            )
            for call in calls
        ]
        return data.ModelOutput(name_model="Late", recording=recording, detections=detections)


class BatProgram(birds.BirdProgram):
    config_schema = Config

    def configure_model(self, config):
        return LateApiModel()

    def get_recording_filters(self, config) -> list[types.RecordingSavingFilter]:
        if not config.saving_filters:
            return []
        return [components.SavingThreshold(config.saving_filters.saving_threshold)]
