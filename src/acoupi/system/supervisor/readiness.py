"""When all is well enough to say so, and when it is so ill that we end."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from acoupi._files import write_atomic
from acoupi.errors import DeploymentError
from acoupi.system.deployments import get_current_deployment
from acoupi.system.settings import Settings
from acoupi.system.supervisor.children import Child

__all__ = ["Readiness", "has_proven_itself", "prove"]

logger = logging.getLogger(__name__)

START_BUDGET = 3
"""How many early deaths of a child are forgiven before all were ready once."""


@dataclass(frozen=True)
class Readiness:
    """What is asked of the children before the sensor counts as started.

    Somebody waits beside a deployment that starts: if a worker cannot start,
    they should hear of it. After a power cut nobody does, and the workers that
    can work should.

    Parameters
    ----------
    proven
        Whether all were ready at some time in this deployment.
    started_s
        When the sensor was started.
    patience_s
        How long those that work wait for those that do not start, if proven.
    """

    proven: bool
    started_s: float
    patience_s: float

    def is_reached(self, children: Sequence[Child], now_s: float) -> bool:
        """Tell whether the sensor has started."""
        if all(child.ready for child in children):
            return True
        if not self.proven or not any(child.ready for child in children):
            return False
        waited = now_s - self.started_s >= self.patience_s
        return waited or all(child.ready or _keeps_dying(child) for child in children)

    def is_out_of_reach(self, children: Sequence[Child]) -> bool:
        """Tell whether to end, and to leave it to whoever started the sensor."""
        return not self.proven and any(_keeps_dying(child) for child in children)


def has_proven_itself(settings: Settings) -> bool:
    """Tell whether all workers were ready at some time in the deployment that runs."""
    current = _deployment_id(settings)
    try:
        return current is not None and settings.proof_file.read_text().strip() == current
    except (OSError, ValueError):
        return False


def prove(settings: Settings) -> None:
    """Note that all workers were ready in the deployment that runs."""
    current = _deployment_id(settings)
    try:
        if current is not None:
            write_atomic(settings.proof_file, f"{current}\n")
    except OSError as error:
        logger.warning("%s cannot be written: %s", settings.proof_file, error.strerror)


def _deployment_id(settings: Settings) -> str | None:
    try:
        deployment = get_current_deployment(settings)
    except DeploymentError:
        return None
    return str(deployment.id) if deployment else None


def _keeps_dying(child: Child) -> bool:
    return child.given_up or len(child.history.early_deaths) > START_BUDGET
