"""Every error acoupi raises, and the exit code its branch ends a command with.

::

    AcoupiError                      1
    ├── ConfigurationError           3   ParameterError, InvalidProgramError, ProgramNotFoundError
    │   └── NotConfiguredError       9
    ├── DeviceError                  4   DeviceUnavailableError,
    │                                    DeviceConfigurationError, RecordingError
    ├── HealthCheckError             5
    ├── StoreError                   6   MetadataStoreError, MessageStoreError, MigrationError,
    │                                    ClaimedError
    ├── MessageSendError             7   TransientSendError, PermanentSendError
    ├── DeploymentError              8   ServiceError
    └── ModelError                  10

Exit code 2 is Click's, for a command that was called the wrong way.
"""

from typing import ClassVar

__all__ = [
    "AcoupiError",
    "ClaimedError",
    "ConfigurationError",
    "DeploymentError",
    "DeviceConfigurationError",
    "DeviceError",
    "DeviceUnavailableError",
    "HealthCheckError",
    "InvalidProgramError",
    "MessageSendError",
    "MessageStoreError",
    "MetadataStoreError",
    "MigrationError",
    "ModelError",
    "NotConfiguredError",
    "ParameterError",
    "PermanentSendError",
    "ProgramNotFoundError",
    "RecordingError",
    "ServiceError",
    "StoreError",
    "TransientSendError",
]


class AcoupiError(Exception):
    """Anything that acoupi itself reports.

    Parameters
    ----------
    message
        What happened, and to which file, field or device.
    help
        What to do about it.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str = "", help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help

    def __str__(self) -> str:
        return self.message


class ConfigurationError(AcoupiError, ValueError):
    """A configuration that cannot be used."""

    exit_code = 3


class ParameterError(ConfigurationError):
    """One value of a configuration that cannot be used."""

    def __init__(self, value: object, message: str, help: str | None = None) -> None:
        super().__init__(message, help)
        self.value = value


class InvalidProgramError(ConfigurationError):
    """A module that holds no usable program."""

    def __init__(self, program: str, message: str | None = None) -> None:
        super().__init__(
            message or f"the module {program!r} holds no acoupi program",
            help="a program is a class derived from acoupi.programs.AcoupiProgram",
        )
        self.program = program


class ProgramNotFoundError(ConfigurationError):
    """A program module that cannot be imported."""

    def __init__(self, program: str, reason: str | None = None, help: str | None = None) -> None:
        super().__init__(
            f"the program {program!r} cannot be imported" + (f": {reason}" if reason else ""),
            help or "check the spelling, and that its package is installed in this environment",
        )
        self.program = program


class NotConfiguredError(ConfigurationError):
    """A command that needs a home that is set up."""

    exit_code = 9


class DeviceError(AcoupiError):
    """A device that does not do what it should."""

    exit_code = 4


class DeviceUnavailableError(DeviceError):
    """A device that is not there, or is in use."""


class DeviceConfigurationError(DeviceError):
    """A device that cannot work with the settings asked for."""


class RecordingError(DeviceError):
    """A recording that could not be made."""


class HealthCheckError(AcoupiError):
    """A health check that failed."""

    exit_code = 5


class StoreError(AcoupiError):
    """A database that cannot be used."""

    exit_code = 6


class MetadataStoreError(StoreError):
    """The store of recordings and detections failed."""


class MessageStoreError(StoreError):
    """The store of messages failed."""


class MigrationError(StoreError):
    """A database whose schema could not be brought up to date."""


class ClaimedError(StoreError):
    """Work that another process is at."""


class MessageSendError(AcoupiError):
    """A message that was not delivered."""

    exit_code = 7


class TransientSendError(MessageSendError):
    """Not delivered now; worth another try later."""


class PermanentSendError(MessageSendError):
    """Refused by the receiver for good."""


class DeploymentError(AcoupiError):
    """A deployment that cannot be started, stopped or found."""

    exit_code = 8


class ServiceError(DeploymentError):
    """A worker, supervisor or system service that cannot be controlled."""


class ModelError(AcoupiError):
    """A model that is not installed, is damaged, or answers nonsense."""

    exit_code = 10
