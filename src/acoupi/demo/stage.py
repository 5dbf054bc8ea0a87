"""Where a demo plays: a home of its own, a source of sound, and what is set up."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from acoupi.errors import DeploymentError
from acoupi.system.settings import Settings

__all__ = ["PROGRAM", "RECORDING_S", "Stage", "choose_home"]

PROGRAM = "acoupi.programs.activity"
RECORDING_S = 3
SEND_INTERVAL_S = 5
HEARTBEAT_INTERVAL_S = 30


@dataclass(frozen=True)
class Stage:
    """A demo's home, the sound it plays, and who receives its messages."""

    home: Path
    audio: Path
    receiver_url: str

    @property
    def settings(self) -> Settings:
        """The settings of the demo's home."""
        return Settings(home=self.home)

    @property
    def environment(self) -> dict[str, str]:
        """What the demo's commands run in.

        The supervisor runs detached: a demo never touches the services of this
        computer's own sensor.
        """
        own = {"ACOUPI_HOME": str(self.home), "ACOUPI_SUPERVISION": "detached"}
        return {**os.environ, **own}

    @property
    def flags(self) -> list[str]:
        """What a user would type after ``acoupi setup``: record without a pause, send soon."""
        options = {
            "microphone.device_name": f"replay:{self.audio}?loop=yes",
            "recording.duration": RECORDING_S,
            "recording.interval": RECORDING_S,
            "recording.schedule_start": "00:00",
            "recording.schedule_end": "00:00",
            "paths.tmp_audio": self.home / "tmp",
            "messaging.message_send_interval": SEND_INTERVAL_S,
            "messaging.heartbeat_interval": HEARTBEAT_INTERVAL_S,
            "messaging.http.base_url": self.receiver_url,
        }
        return [text for key, value in options.items() for text in (f"--{key}", str(value))]


def choose_home(home: Path | None) -> Path:
    """Return the demo's home: a new one, or a folder with nothing of somebody's in it.

    Raises
    ------
    DeploymentError
        If the folder is in use.
    """
    if home is None:
        return Path(tempfile.mkdtemp(prefix="acoupi-demo-"))
    home = home.expanduser().absolute()
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise DeploymentError(
            f"the folder {home} is not empty",
            help="a demo wants a new home; name a folder that does not exist yet",
        )
    return home
