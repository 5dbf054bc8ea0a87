"""The errors of acoupi, under the names programs know."""

from acoupi.errors import (
    AcoupiError,
    ConfigurationError,
    DeploymentError,
    DeviceConfigurationError,
    DeviceError,
    DeviceUnavailableError,
    HealthCheckError,
    InvalidProgramError,
    MessageSendError,
    MessageStoreError,
    MetadataStoreError,
    NotConfiguredError,
    ParameterError,
    ProgramNotFoundError,
    RecordingError,
    ServiceError,
)

__all__ = [
    "AcoupiError",
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
    "NotConfiguredError",
    "ParameterError",
    "ProgramNotFoundError",
    "RecordingError",
    "ServiceError",
]
