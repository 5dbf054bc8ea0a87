"""Record, let any models that are installed hear it, and keep and send what they found.

``acoupi models list`` names them.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    field_validator,
    model_validator,
)

from acoupi.components.output_cleaners import ThresholdDetectionCleaner
from acoupi.components.types import Model, ModelOutputCleaner
from acoupi.config.fields import NoUserPrompt
from acoupi.config.wizard import Offer, Proposed
from acoupi.programs.templates import (
    ClassifierConfiguration,
    ClassifierProgram,
    DetectionsConfiguration,
    FurtherMicrophone,
)
from acoupi.programs.templates.configuration import ASKED_EACH
from acoupi.programs.templates.late_models import LateModel

__all__ = ["ModelChoice", "ModelsConfig", "ModelsMicrophone", "Program"]


class ModelChoice(BaseModel):
    """A model, and how it listens."""

    name: str = Field(min_length=1, description="what acoupi models list calls it")
    options: Annotated[dict[str, Any], NoUserPrompt] = Field(
        default_factory=dict[str, Any],
        description="what else it is told, such as its threshold; as it comes if left out",
    )

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value

    @field_validator("name")
    @classmethod
    def _is_no_json(cls, name: str) -> str:
        if set(name) & set('[]{}"'):
            raise ValueError(f"no model is called {name}; acoupi models list has the names")
        return name


def _each_once(models: list[ModelChoice]) -> list[ModelChoice]:
    names = [model.name for model in models]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"{twice} is named twice: its outputs could not be told apart")
    return models


def _names(value: object) -> object:
    """Split what is easily typed: ``birdnet, frogs``."""
    return [name.strip() for name in value.split(",")] if isinstance(value, str) else value


Choices = Annotated[
    list[ModelChoice],
    BeforeValidator(_names),
    Field(min_length=1),
    AfterValidator(_each_once),
]


def _offer(so_far: Mapping[str, Any], is_needed: bool = True) -> Offer:
    from acoupi.programs.templates.model_offers import offer_models

    return offer_models(so_far, is_needed)


class ModelsMicrophone(FurtherMicrophone):
    """A microphone beside the first, heard by models of its own if it names some."""

    models: Annotated[Choices | None, Proposed(partial(_offer, is_needed=False))] = Field(
        default=None, description="what hears it; as the first if this is left out"
    )


class ModelsConfig(ClassifierConfiguration):
    """The configuration of the program that runs any models."""

    further_microphones: Annotated[list[ModelsMicrophone], ASKED_EACH] = Field(  # pyright: ignore[reportIncompatibleVariableOverride]
        default_factory=list[ModelsMicrophone],
        description="microphones that are recorded beside the first, each with a name",
    )
    models: Annotated[Choices, Proposed(_offer)] = Field(
        description="the models that hear each recording: birdnet, frogs; or a JSON list, with "
        "options; acoupi models list names them"
    )
    detections: DetectionsConfiguration = Field(
        default_factory=lambda: DetectionsConfiguration(threshold=0)
    )


class Program(ClassifierProgram[ModelsConfig]):
    """Record, let any models hear it, keep and send what they found."""

    config_schema = ModelsConfig

    def configure_model(self, config: ModelsConfig) -> Model:
        """Take the first from those that are installed, or that packages offer."""
        return self.opening(config.models[0], config)()

    def configure_further_models(self, config: ModelsConfig) -> Sequence[Model]:
        """Take the others, each of which may fail by itself."""
        return [LateModel(self.opening(choice, config)) for choice in config.models[1:]]

    def opening(self, choice: ModelChoice, config: ModelsConfig) -> Callable[[], Model]:
        """Return what makes a model; one on the shelf reports what may be believed at times."""
        from acoupi.models.shelf import installed_names, open_model

        options = choice.options
        if config.detections.dynamic_threshold and choice.name in installed_names():
            options = {"threshold": self.least_score(config), **options}
        return partial(open_model, choice.name, options)

    def get_output_cleaners(self, config: ModelsConfig) -> list[ModelOutputCleaner]:
        """Leave thresholds to the models, unless one is given for them all."""
        further = super().get_output_cleaners(config)
        if config.detections.threshold == 0:
            return further
        return [ThresholdDetectionCleaner(self.least_score(config)), *further]
