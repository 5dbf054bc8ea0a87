"""The home a command works on."""

from typing import TYPE_CHECKING

from pydantic import ValidationError

from acoupi.errors import ConfigurationError, NotConfiguredError

if TYPE_CHECKING:
    from acoupi.system.settings import Settings

__all__ = ["load_settings", "program_name", "require_home"]


def load_settings() -> "Settings":
    """Return the settings of the home in use.

    Raises
    ------
    ConfigurationError
        If a variable of the environment has a value that cannot be.
    """
    from acoupi.system import Settings

    try:
        return Settings()
    except ValidationError as error:
        names = ", ".join(f"ACOUPI_{str(item['loc'][0]).upper()}" for item in error.errors())
        raise ConfigurationError(f"the environment variable {names} cannot be used") from error


def require_home() -> "Settings":
    """Return the settings of a home that is set up.

    Raises
    ------
    NotConfiguredError
        If no program is set up there.
    """
    from acoupi.system import is_configured
    from acoupi.system.pending import finish_writing

    settings = load_settings()
    finish_writing(settings)
    if not is_configured(settings):
        raise NotConfiguredError(
            f"{settings.home} is not set up",
            help="run acoupi setup --program acoupi.programs.default, "
            "or set ACOUPI_HOME to the home you mean",
        )
    return settings


def program_name(settings: "Settings") -> str:
    """Return the module of the program that is set up."""
    return settings.program_name_file.read_text(encoding="utf-8").strip()
