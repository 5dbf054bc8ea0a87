"""What can be set of a model that does not keep up."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from acoupi.config.fields import NoUserPrompt

__all__ = ["KeepingUpConfiguration", "Policy"]

Policy = Literal["wait", "skip_oldest", "thin_out", "gate"]


class KeepingUpConfiguration(BaseModel):
    """What happens while more sound waits for the model than should."""

    policy: Annotated[Policy, NoUserPrompt] = Field(
        default="wait",
        description="wait: all is heard, however late; skip_oldest: the oldest is left unheard; "
        "thin_out: one of 2 recordings is heard, of 4 and so on; gate: only those in which "
        "something stands out of the noise",
    )
    after_min: Annotated[float, NoUserPrompt] = Field(
        default=60, gt=0, description="how much sound may wait before that (min)"
    )
    keep_unheard: Annotated[bool, NoUserPrompt] = Field(
        default=True,
        description="whether the files of recordings left unheard are kept; "
        "otherwise the saving filters decide, as if nothing was found",
    )
