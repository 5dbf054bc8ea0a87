"""Which recordings the model should look at."""

from acoupi.components.types import ProcessingFilter
from acoupi.data import Recording

__all__ = ["TrivialProcessingFilter"]


class TrivialProcessingFilter(ProcessingFilter):
    """Let the model look at every recording."""

    def should_process_recording(self, recording: Recording) -> bool:
        """Tell that it should."""
        return True
